//! Members of cleaner and processor come and go, in order and by kill -9, while there is work.

use std::time::{Duration, Instant};

use rand::RngExt;
use wiredesk_tests::{BusChoice, Process};

use crate::report::Report;
use crate::stand::{STAGES, Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["members came", "members left", "members killed"];

/// How many members come and go in a run.
fn comings() -> u32 {
    std::env::var("WIREDESK_FAULT_MEMBERS").ok().and_then(|value| value.parse().ok()).unwrap_or(6)
}

/// One run. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(mut stand) = Stand::begin(bus, seed, Servers::default(), STAGES).await else { return false };
    let mut members: Vec<Process> = Vec::new();
    for n in 0..comings() {
        let stage = if stand.random.random_bool(0.5) { "cleaner" } else { "processor" };
        members.push(stand.start(stage));
        report.saw("members came", 1);
        stand.work();
        let pause = if comings() > 6 { Duration::from_secs(5) } else { stand.time(1_000, 2_500) };
        tokio::time::sleep(pause).await;
        // One to three at a time.
        if members.len() > 2 || (members.len() > 1 && stand.random.random_bool(0.5)) {
            let mut gone = members.remove(stand.random.random_range(0..members.len()));
            if n % 2 == 0 {
                report.saw("members killed", 1);
                gone.kill();
            } else {
                report.saw("members left", 1);
                let status =
                    tokio::task::spawn_blocking(|| gone.stop(Duration::from_secs(30))).await.unwrap();
                assert!(status.is_some_and(|status| status.success()), "a member did not leave: {status:?}");
            }
        }
        // What comes now, comes while the group is of two minds.
        stand.settled().await;
    }
    stand.work();
    let began = Instant::now();
    for mut member in members {
        report.saw("members killed", 1);
        member.kill();
    }
    stand.settled().await;
    report.recovered("members come and go", began.elapsed());
    stand.finish(report).await;
    true
}
