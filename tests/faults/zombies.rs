//! A stage's process is halted (SIGSTOP) for longer than its leases while another takes over, and wakes up as a zombie.

use std::process::Command;
use std::time::{Duration, Instant};

use rand::seq::SliceRandom;
use wiredesk_tests::BusChoice;

use crate::report::Report;
use crate::stand::{STAGES, Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["halted"];

/// Sends a signal.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "kill {name} {pid}");
}

fn state(pid: u32) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    text.rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().next().map(str::to_owned))
        .unwrap_or_default()
}

/// Seconds that a process stays halted.
fn halt() -> u64 {
    std::env::var("WIREDESK_FAULT_HALT").ok().and_then(|value| value.parse().ok()).unwrap_or(15)
}

/// One run: each stage once, in a seeded order; in the fast cut all five at the same time. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(mut stand) = Stand::begin(bus, seed, Servers::default(), STAGES).await else { return false };
    // Anything may be in a process's hands when it is halted.
    stand.work();
    let before = stand.time(0, 1_500);
    tokio::time::sleep(before).await;
    let mut order: Vec<usize> = (0..STAGES.len()).collect();
    order.shuffle(&mut stand.random);
    let mut zombies: Vec<u32> = Vec::new();
    for place in &order {
        let pid = stand.processes[*place].id();
        signal(pid, "-STOP");
        zombies.push(pid);
        let pause = stand.time(0, 300);
        tokio::time::sleep(pause).await;
    }
    let began = Instant::now();
    assert!(zombies.iter().all(|pid| state(*pid) == "T"), "a process is not halted");
    report.saw("halted", zombies.len() as u64);
    // What comes now is the seconds' to do, also where the first were through with theirs.
    stand.work();
    for stage in STAGES {
        let second = stand.start(stage);
        stand.push(second, stage);
    }
    // The seconds do the work of the first.
    stand.settled().await;
    report.recovered("halted: a second takes over", began.elapsed());
    stand.work();
    stand.settled().await;
    let left = Duration::from_secs(halt()).saturating_sub(began.elapsed());
    tokio::time::sleep(left).await;
    stand.work();
    let woken = Instant::now();
    for pid in zombies {
        signal(pid, "-CONT");
    }
    stand.settled().await;
    report.recovered("halted: it wakes as a zombie", woken.elapsed());
    for _ in 0..3 {
        stand.work();
        stand.settled().await;
    }
    stand.finish(report).await;
    true
}
