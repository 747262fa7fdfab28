//! More comes than Postgres can take: it is waited for, and the memory of the processes stays where it was.

use std::time::Duration;

use wiredesk_tests::{BusChoice, Process};

use crate::postgres::{quick, slow};
use crate::report::Report;
use crate::stand::{STAGES, Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["items that waited"];

/// Most megabytes of one process, with its vocabularies and models.
const MOST: f64 = 500.0;

/// One run: twenty items come in the time that one takes. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(mut stand) = Stand::begin(bus, seed, Servers::default(), STAGES).await else { return false };
    let before: Vec<f64> = stand.processes.iter().map(|process| process.memory().0).collect();
    let mut waited = 0;
    stand
        .suffer(report, "overload", async |stand| {
            slow(stand, 0.02).await;
            for _ in 0..10 {
                stand.life.oracle.issue(100);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
            let stored = stand.stored().await.unwrap_or_default();
            waited = stand.life.oracle.versions() as u64 - stored as u64;
            quick(stand).await;
        })
        .await;
    report.saw("items that waited", waited);
    for ((process, before), stage) in stand.processes.iter().zip(before).zip(STAGES) {
        let most = Process::memory(process).1;
        println!("{stage}: {before:.0} MB before, {most:.0} MB at most");
        assert!(
            most < MOST,
            "{stage} took {most:.0} MB under load, {before:.0} MB before; at most {MOST:.0} are allowed"
        );
    }
    stand.finish(report).await;
    true
}
