//! Replayed arrivals of ten invented wires (40 to 600 items a day, flashes of 8 items within a minute; documents of 10
//! items, ttl 2): items lost, delay and requests of the production schedule, beside a fixed poll of 5 minutes and oracles.
//!
//! `cargo run --release -p wiredesk-fetcher --example replay [SEED]`
//!
//! An oracle is to answer: what would somebody need who has nothing to learn? It is held to the same loss and the same
//! median delay, wire by wire.
//! - **rates**: it knows each wire's rate at every second of the day (not when items come, nor the flashes). It needs the
//!   fewest requests of all that know no more: it keeps to the pause in which the window is safe from a flash, and spends
//!   the polls that the median asks for where the most items come. Polls pay linearly there (a poll every M seconds or
//!   slower catches M × rate of its items within M), so filling the busiest hours first is the optimum. It is replayed like
//!   the others: its row shows that it keeps its word.
//! - **rates and flashes**: it knows when the flashes come, too, and so needs no room for them: half a window may be
//!   expected in a pause, and each flash costs it one poll more. Nobody can know that either.
//! - **arrivals**: it knows when each item comes. Nobody can: it is told to show what the future is worth. Half of the items
//!   within the median by the fewest polls (greedily), and one more wherever eleven would pile up.
//!
//! The first day, in which the schedule learns, is counted too; `after a day` leaves it out.

#[path = "../tests/simulator/mod.rs"]
#[allow(dead_code, reason = "the world of the simulator is not used here")]
mod simulator;

use simulator::Dice;
use simulator::arrivals::{Outcome, WINDOW, WIRES, Wire, ours, replay};
use wiredesk_fetcher::Config;
use wiredesk_fetcher::schedule::pace::safe_items;

const DAYS: f64 = 28.0;
/// Seconds of the oracle's steps.
const STEP: f64 = 300.0;

/// The pause by step of the day that needs the fewest polls; so many items may be expected in one.
fn rates(wire: &Wire, median: f64, safe: f64) -> Vec<f64> {
    let steps = (86_400.0 / STEP) as usize;
    let rate: Vec<f64> = (0..steps).map(|n| wire.rate((n as f64 + 0.5) * STEP)).collect();
    let mut pause: Vec<f64> = rate.iter().map(|r| safe / r).collect();
    let all: f64 = rate.iter().sum();
    let within = |pause: f64| (median / pause).min(1.0);
    let mut had: f64 = rate.iter().zip(&pause).map(|(r, p)| r * within(*p)).sum();
    let mut order: Vec<usize> = (0..steps).collect();
    order.sort_by(|a, b| rate[*b].total_cmp(&rate[*a]));
    for n in order {
        let missing = all / 2.0 - had;
        if missing <= 0.0 {
            break;
        }
        let gain = rate[n] * (1.0 - within(pause[n]));
        if gain <= 0.0 {
            continue;
        }
        // The last step is filled as far as is needed.
        let share = (missing / gain).min(1.0);
        pause[n] = 1.0 / ((1.0 - share) / pause[n] + share / median);
        had += gain * share;
    }
    pause
}

/// The fewest polls of one who knows the arrivals, about.
fn arrivals_known(arrivals: &[f64], median: f64) -> usize {
    let mut covered = vec![false; arrivals.len()];
    let mut polls: Vec<f64> = Vec::new();
    let mut had = 0;
    // Polls that catch the most items within the median, greedily: at an arrival, looking back.
    let caught: Vec<usize> = (0..arrivals.len())
        .map(|n| n + 1 - arrivals.partition_point(|t| *t < arrivals[n] - median))
        .collect();
    let mut order: Vec<usize> = (0..arrivals.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(caught[*n]));
    for n in order {
        if had * 2 >= arrivals.len() {
            break;
        }
        if covered[n] {
            continue;
        }
        let from = arrivals.partition_point(|t| *t < arrivals[n] - median);
        for c in &mut covered[from..=n] {
            had += usize::from(!*c);
            *c = true;
        }
        polls.push(arrivals[n]);
    }
    polls.sort_by(f64::total_cmp);
    let mut more = 0;
    let mut seen = 0;
    for poll in polls.iter().copied().chain([f64::MAX]) {
        let upto = arrivals.partition_point(|t| *t <= poll);
        more += (upto - seen).saturating_sub(1) / WINDOW;
        seen = upto;
    }
    polls.len() + more
}

struct Sum {
    lost: usize,
    requests: usize,
    delays: Vec<f64>,
}

impl Sum {
    fn new() -> Self {
        Self { lost: 0, requests: 0, delays: Vec::new() }
    }

    fn add(&mut self, outcome: &mut Outcome) {
        self.lost += outcome.lost;
        self.requests += outcome.requests;
        self.delays.push(outcome.median());
    }

    fn row(&self) -> String {
        let worst = self.delays.iter().copied().fold(0.0, f64::max);
        let mean = self.delays.iter().sum::<f64>() / self.delays.len() as f64;
        format!(
            "lost {:>4}, median delay {mean:>5.1} s (worst wire {worst:.1} s), {} requests",
            self.lost, self.requests
        )
    }
}

fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    println!("{DAYS} days, seed {seed}; requests a day; d50/d90: seconds\n");
    println!(
        "{:<18}{:>6} | {:>5}{:>7}{:>6}{:>6} | {:>7}{:>7} | {:>5}{:>7}{:>6} | {:>8}{:>6}",
        "wire",
        "items",
        "lost",
        "req/d",
        "d50",
        "d90",
        "fixed",
        "lost",
        "lost",
        "rates",
        "ratio",
        "arrivals",
        "ratio"
    );
    let (mut our, mut later, mut fixed, mut oracle) = (Sum::new(), Sum::new(), Sum::new(), Sum::new());
    let (mut known, mut flashes) = (0, 0.0);
    for (n, wire) in WIRES.iter().enumerate() {
        let mut dice = Dice::new(seed * 1000 + n as u64);
        let arrivals = wire.arrivals(DAYS, &mut dice);
        let end = DAYS * 86_400.0;
        let mut mine = replay(&arrivals, 0.0, end, ours(&mut Dice::new(seed)));
        let mut after = replay(&arrivals, 86_400.0, end, ours(&mut Dice::new(seed)));
        let mut five = replay(&arrivals, 0.0, end, |at, _| at + 300.0);
        let (median, most) = (mine.median(), mine.quantile(0.9));
        let safe = safe_items(WINDOW as u32, Config::default().pace.burst_items);
        let pauses = rates(wire, median, safe);
        let polls: f64 = rates(wire, median, WINDOW as f64 / 2.0).iter().map(|p| STEP / p).sum();
        flashes += DAYS * polls + wire.flashes * DAYS / 7.0;
        let mut best = replay(&arrivals, 0.0, end, |at, _| at + pauses[(at % 86_400.0 / STEP) as usize]);
        let clairvoyant = arrivals_known(&arrivals, median);
        known += clairvoyant;
        let day = |n: usize| n as f64 / DAYS;
        println!(
            "{:<18}{:>6.0} | {:>5}{:>7.0}{:>6.1}{:>6.0} | {:>7.0}{:>7} | {:>5}{:>7.0}{:>6.2} | {:>8.0}{:>6.1}",
            wire.name,
            day(arrivals.len()),
            mine.lost,
            day(mine.requests),
            median,
            most,
            day(five.requests),
            five.lost,
            best.lost,
            day(best.requests),
            mine.requests as f64 / best.requests as f64,
            day(clairvoyant),
            mine.requests as f64 / clairvoyant as f64
        );
        our.add(&mut mine);
        later.add(&mut after);
        fixed.add(&mut five);
        oracle.add(&mut best);
    }
    println!("\nours           {}", our.row());
    println!("  after a day  {}", later.row());
    println!("fixed 5 min    {}", fixed.row());
    println!("oracle: rates  {}", oracle.row());
    println!(
        "requests against the oracle of rates {:.3}, of rates and flashes {:.3}, of arrivals {:.2}",
        our.requests as f64 / oracle.requests as f64,
        our.requests as f64 / flashes,
        our.requests as f64 / known as f64
    );
}
