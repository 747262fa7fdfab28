//! The disk of Postgres, or that of Kafka, is full: everything stops, nothing breaks, and it goes on when there is space again.

use std::time::Duration;

use wiredesk_tests::BusChoice;
use wiredesk_tests::mount::SmallDisk;
use wiredesk_tests::servers::{OwnKafka, OwnPostgres};

use crate::report::Report;
use crate::stand::{Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["disks filled", "nothing came through a full disk"];

/// One run with Postgres's disk full. False where a part is missing.
pub async fn postgres(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(disk) = SmallDisk::mount(400) else { return false };
    let folder = disk.folder().join("postgres");
    std::fs::create_dir_all(&folder).unwrap();
    let Some(own) = OwnPostgres::start_in(folder) else { return false };
    let servers = Servers { postgres: Some(own), ..Servers::default() };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut stopped = 0;
    stand
        .suffer(report, "Postgres: disk full", async |stand| {
            assert!(disk.fill() > 0, "the disk was full before");
            stopped = full(stand).await;
            disk.free();
            // A server that gave up is started by its operator; one that runs is left alone.
            stand.servers.postgres.as_ref().unwrap().again().unwrap();
        })
        .await;
    report.saw("disks filled", 1);
    report.saw("nothing came through a full disk", stopped);
    stand.finish(report).await;
    drop(disk);
    true
}

/// One run with Kafka's disk full.
pub async fn kafka(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(disk) = SmallDisk::mount(600) else { return false };
    let folder = disk.folder().join("kafka");
    std::fs::create_dir_all(&folder).unwrap();
    let Some(own) = OwnKafka::start_in(folder, None, "") else { return false };
    let servers = Servers { kafka: Some(own), ..Servers::default() };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut stopped = 0;
    stand
        .suffer(report, "Kafka: disk full", async |stand| {
            assert!(disk.fill() > 0, "the disk was full before");
            stopped = full(stand).await;
            disk.free();
            let kafka = stand.servers.kafka.as_ref().unwrap();
            if kafka.runs(1) {
                kafka.stop();
            }
            kafka.again().unwrap();
        })
        .await;
    report.saw("disks filled", 1);
    report.saw("nothing came through a full disk", stopped);
    stand.finish(report).await;
    drop(disk);
    true
}

/// More and more work while the disk is full, until nothing comes through any more: 1, or 0 where something always did.
async fn full(stand: &mut Stand) -> u64 {
    for _ in 0..40 {
        // What space the server had kept is soon used up.
        stand.life.oracle.issue(25);
        let before = stand.stored().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let after = stand.stored().await;
        if after.is_none() || after == before {
            return 1;
        }
    }
    0
}
