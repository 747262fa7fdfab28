//! An hour, or as long as `WIREDESK_SOAK_MINUTES` says, at two hundred items a second with a fault every twenty seconds; the memory
//! of each process is looked at all the time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::RngExt;
use wiredesk_oracle::SHOWN;
use wiredesk_tests::BusChoice;

use crate::network;
use crate::report::Report;
use crate::stand::{STAGES, Stand};
use crate::zombies;

/// What must be seen to happen.
pub const SEEN: &[&str] = &["items", "faults"];

/// Items a second.
const RATE: usize = 200;
/// Every so long a fault comes, and everything must be through before the next.
const EVERY: Duration = Duration::from_secs(20);

/// Megabytes of each process, one sample a second.
type Memory = BTreeMap<&'static str, Vec<f64>>;

/// The mean of the second quarter and that of the last.
fn drift(samples: &[f64]) -> (f64, f64) {
    let quarter = (samples.len() / 4).max(1);
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
    (
        mean(&samples[quarter.min(samples.len())..(2 * quarter).min(samples.len())]),
        mean(&samples[samples.len() - quarter..]),
    )
}

/// One soak. False where a part is missing, or where no time was given to it.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let minutes = std::env::var("WIREDESK_SOAK_MINUTES").ok().and_then(|value| value.parse::<u64>().ok());
    let Some(minutes) = minutes.filter(|minutes| *minutes > 0) else { return false };
    let Some(servers) = network::servers(bus).await else { return false };
    let Some(mut stand) = Stand::begin(bus, seed, servers, STAGES).await else { return false };
    let faults = network::faults(bus);
    let mut memory = Memory::new();
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    while Instant::now() < end {
        let round = Instant::now();
        while round.elapsed() < EVERY {
            flow(&mut stand, &mut memory).await;
        }
        let halted = stand.random.random_range(0..faults.len() + 2);
        let (name, harm) = match faults.get(halted) {
            Some((name, before, fault)) => (*name, Some((*before, *fault))),
            None => ("halted for five seconds", None),
        };
        stand
            .suffer(report, name, async |stand| match harm {
                Some((before, fault)) => network::harm(stand, before, fault).await,
                None => {
                    let pid = stand.processes[stand.random.random_range(0..STAGES.len())].id();
                    zombies::signal(pid, "-STOP");
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    zombies::signal(pid, "-CONT");
                }
            })
            .await;
        report.saw("faults", 1);
    }
    report.saw("items", stand.life.oracle.versions() as u64);
    println!("{minutes} minutes, {} versions", stand.life.oracle.versions());
    for (stage, samples) in &memory {
        let (warm, last) = drift(samples);
        println!(
            "memory of {stage}: {warm:.0} MB in the second quarter, {last:.0} MB in the last: {:+.1} %",
            (last / warm - 1.0) * 100.0
        );
        // What the cleaner knows of the last 96 hours and what stories are open are kept in memory: these grow with the items.
        if !matches!(*stage, "cleaner" | "stories") && minutes >= 30 {
            assert!(last < warm * 1.05, "the memory of {stage} grows: {warm:.0} MB, then {last:.0} MB");
        }
    }
    stand.finish(report).await;
    true
}

/// A second of the flow; less comes where what came before is not through.
async fn flow(stand: &mut Stand, memory: &mut Memory) {
    for _ in 0..10 {
        stand.life.oracle.issue(RATE / 10);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for _ in 0..5 {
        stand.life.oracle.correct();
        stand.life.oracle.repeat();
    }
    for (process, stage) in stand.processes.iter().zip(STAGES) {
        memory.entry(stage).or_default().push(process.memory().0);
    }
    while stand.stored().await.unwrap_or_default() as usize + SHOWN < stand.life.oracle.versions() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_seen_after_the_warm_up() {
        let flat: Vec<f64> = (0..40).map(|n| if n < 10 { f64::from(n) } else { 50.0 }).collect();
        assert_eq!(drift(&flat), (50.0, 50.0));
        let growing: Vec<f64> = (0..40).map(f64::from).collect();
        let (warm, last) = drift(&growing);
        assert!(last > warm * 2.0, "{warm} {last}");
    }
}
