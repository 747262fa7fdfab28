//! Kafka's brokers stop, are killed, and come again: a single one, and one of three.

use rand::RngExt;
use rand::seq::SliceRandom;
use wiredesk_tests::BusChoice;
use wiredesk_tests::servers::OwnKafka;

use crate::report::Report;
use crate::stand::{Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["broker restarts"];

/// One run with a single broker: it is stopped in order, and it is killed.
pub async fn single(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(kafka) = OwnKafka::start(None) else { return false };
    let servers = Servers { kafka: Some(kafka), ..Servers::default() };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut faults = [("Kafka: broker stopped and back", false), ("Kafka: broker killed and back", true)];
    faults.shuffle(&mut stand.random);
    let mut restarts = 0;
    for (name, kill) in faults {
        stand
            .suffer(report, name, async |stand| {
                let kafka = stand.servers.kafka.as_ref().unwrap();
                let before = kafka.pid(1);
                if kill {
                    kafka.kill(1)
                } else {
                    kafka.stop()
                }
                assert!(!kafka.runs(1), "the broker still runs");
                kafka.again().unwrap();
                restarts += u64::from(kafka.runs(1) && kafka.pid(1) != before);
            })
            .await;
    }
    report.saw("broker restarts", restarts);
    stand.finish(report).await;
    true
}

/// One run with three brokers, of which any one is killed, twice; what must be done without it is done while it is away.
pub async fn cluster(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(kafka) = OwnKafka::cluster() else { return false };
    let servers = Servers { kafka: Some(kafka), ..Servers::default() };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut restarts = 0;
    for _ in 0..2 {
        let broker = stand.random.random_range(1..=3);
        stand
            .suffer(report, "Kafka: one broker of three killed", async |stand| {
                stand.servers.kafka.as_ref().unwrap().kill(broker);
            })
            .await;
        stand
            .suffer(report, "Kafka: the broker of three back", async |stand| {
                let kafka = stand.servers.kafka.as_ref().unwrap();
                let before = kafka.pid(broker);
                kafka.again().unwrap();
                restarts += u64::from(kafka.runs(broker) && kafka.pid(broker) != before);
            })
            .await;
    }
    report.saw("broker restarts", restarts);
    stand.finish(report).await;
    true
}
