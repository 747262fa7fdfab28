//! `kill -9` at each named place, at its first, second or third time, one place after another in a seeded order.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use wiredesk_tests::BusChoice;

use crate::life::{Life, Waited};

/// Rounds of new items within which a place must be come by three times.
const ROUNDS: usize = 12;

/// Places that a process comes by at its start alone.
const ONCE: &[&str] = &["relay.fenced", "relay.read_back"];

/// What happened in all lives.
#[derive(Debug, Default)]
pub struct Report {
    lives: u32,
    versions: usize,
    places: BTreeMap<&'static str, Place>,
}

/// What happened at one place.
#[derive(Debug, Default)]
struct Place {
    kills: usize,
    /// From the next start until everything was through, where no other kill came first.
    recovered: Vec<Duration>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills: usize = self.places.values().map(|place| place.kills).sum();
        writeln!(
            f,
            "{} lives, {kills} kills, {} versions, 0 lost, 0 twice, 0 judged otherwise",
            self.lives, self.versions
        )?;
        writeln!(f, "{:28} {:>6} {:>10} {:>10}", "place", "kills", "median s", "longest s")?;
        for (name, place) in &self.places {
            let mut times = place.recovered.clone();
            times.sort();
            let median = times.get(times.len() / 2).copied().unwrap_or_default();
            let longest = times.last().copied().unwrap_or_default();
            writeln!(
                f,
                "{name:28} {:>6} {:>10.1} {:>10.1}",
                place.kills,
                median.as_secs_f64(),
                longest.as_secs_f64()
            )?;
        }
        Ok(())
    }
}

/// One life; false where a part is missing.
pub async fn life(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(mut life) = Life::begin(bus, seed).await else { return false };
    let mut random = StdRng::seed_from_u64(seed);
    let mut places = wiredesk_failpoint::ALL.to_vec();
    places.shuffle(&mut random);
    let mut killed: Option<&'static str> = None;
    for place in places {
        let nth = if ONCE.contains(&place) { 1 } else { random.random_range(1..=3) };
        let armed = format!("{place}={nth}");
        let started = Instant::now();
        let mut process = life.desk.start_with(&["run"], &[(wiredesk_failpoint::VARIABLE, &armed)]);
        let mut rounds = 0;
        loop {
            match life.wait(&mut process).await {
                Waited::Ended => {
                    let tail = process.tail();
                    assert!(tail.contains(&format!("failpoint {place}")), "seed {seed}, {armed}: {tail}");
                    break;
                }
                Waited::Settled if rounds == ROUNDS => panic!("seed {seed}: {armed} is never come by"),
                Waited::Settled => {
                    if let Some(before) = killed.take() {
                        report.places.entry(before).or_default().recovered.push(started.elapsed());
                    }
                    rounds += 1;
                    life.oracle.issue(3);
                    life.oracle.correct();
                    life.oracle.repeat();
                }
            }
        }
        report.places.entry(place).or_default().kills += 1;
        killed = Some(place);
    }
    // Faults are over, and something new gets through.
    let started = Instant::now();
    let mut process = life.desk.start(&["run"]);
    life.wait(&mut process).await;
    if let Some(before) = killed {
        report.places.entry(before).or_default().recovered.push(started.elapsed());
    }
    life.oracle.issue(1);
    life.wait(&mut process).await;
    life.demand().await;
    report.lives += 1;
    report.versions += life.oracle.versions();
    true
}
