//! A week of 1,000 feeds on 50 hosts under a virtual clock, with a mass 429, `Retry-After` in both forms on 429 and 503,
//! and fetchers that die and join: is any server asked more than it allows?
//!
//! `cargo run --release -p wiredesk-fetcher --example simulator [SEED]`

#[path = "../tests/simulator/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod simulator;

use std::time::Instant;

use simulator::{World, run};

fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    let began = Instant::now();
    let r = run(&World { feeds: 1000, hosts: 50, hours: 7 * 24, fetchers: 5, seed });
    println!(
        "1,000 feeds, 50 hosts, 7 days, up to 5 fetchers, seed {seed}: {:.1} s",
        began.elapsed().as_secs_f64()
    );
    for (what, count) in [
        ("requests", r.requests),
        ("answers 429", r.refused),
        ("  with Retry-After in seconds", r.told_429[0]),
        ("  with Retry-After as a date", r.told_429[1]),
        ("answers 503", r.unavailable),
        ("  with Retry-After in seconds", r.told_503[0]),
        ("  with Retry-After as a date", r.told_503[1]),
        ("fetchers that died or joined", r.moves),
        ("BROKEN gap of a host", r.gap_broken),
        ("BROKEN concurrency of a host", r.concurrency_broken),
        ("BROKEN Retry-After of a 429, seconds", r.retry_after_429_broken[0]),
        ("BROKEN Retry-After of a 429, date", r.retry_after_429_broken[1]),
        ("BROKEN Retry-After of a 503, seconds", r.retry_after_503_broken[0]),
        ("BROKEN Retry-After of a 503, date", r.retry_after_503_broken[1]),
        ("most requests to a host within 10 s", r.most_in_ten_seconds as u64),
        ("busiest second in the hour before the mass 429", r.busiest_second_before as u64),
        ("busiest second in the 3 hours after it", r.busiest_second_after as u64),
        ("feeds not asked in the last 4 hours", r.starved as u64),
    ] {
        println!("{count:>10}  {what}");
    }
}
