//! Wires whose items come as news does: more by day than by night, and in flashes. Replayed against a policy.

use chrono::{DateTime, Duration};
use wiredesk_contract::Timestamp;
use wiredesk_fetcher::Config;
use wiredesk_fetcher::schedule::{Asks, Ended, Observation, State, Terms, Told, next};

use super::Dice;

/// Items that a document holds.
pub const WINDOW: usize = 10;
/// Items of a flash, within a minute.
const FLASH: usize = 8;

/// What an average day looks like, hour by hour, before it is moved to the wire's zone.
const DAY: [f64; 24] = [
    0.25, 0.2, 0.15, 0.15, 0.2, 0.4, 0.7, 1.1, 1.4, 1.6, 1.7, 1.75, 1.7, 1.5, 1.35, 1.45, 1.6, 1.6, 1.45,
    1.2, 1.0, 0.75, 0.5, 0.35,
];

/// A wire.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    pub name: &'static str,
    /// Items a day besides flashes.
    pub a_day: f64,
    /// Flashes a week.
    pub flashes: f64,
    /// Hours that its day is moved by.
    pub zone: usize,
    /// How much of the day's shape it has: 0 is the same at all hours.
    pub shape: f64,
}

/// Ten invented wires, from 40 to 600 items a day.
pub const WIRES: [Wire; 10] = [
    Wire { name: "regional desk", a_day: 40.0, flashes: 1.0, zone: 1, shape: 1.0 },
    Wire { name: "science", a_day: 55.0, flashes: 0.5, zone: 5, shape: 1.0 },
    Wire { name: "sport", a_day: 90.0, flashes: 3.0, zone: 20, shape: 1.0 },
    Wire { name: "economy", a_day: 120.0, flashes: 3.0, zone: 0, shape: 1.0 },
    Wire { name: "culture", a_day: 70.0, flashes: 0.5, zone: 2, shape: 0.8 },
    Wire { name: "national", a_day: 240.0, flashes: 5.0, zone: 1, shape: 1.0 },
    Wire { name: "world, two zones", a_day: 300.0, flashes: 5.0, zone: 6, shape: 0.6 },
    Wire { name: "courts", a_day: 150.0, flashes: 2.0, zone: 3, shape: 1.0 },
    Wire { name: "politics", a_day: 400.0, flashes: 7.0, zone: 1, shape: 0.9 },
    Wire { name: "everything", a_day: 600.0, flashes: 7.0, zone: 0, shape: 0.7 },
];

impl Wire {
    /// Items a second at a second of the replay, flashes left out.
    pub fn rate(&self, second: f64) -> f64 {
        let at = (second / 3600.0 + 24.0 - self.zone as f64) % 24.0;
        let (hour, part) = (at as usize % 24, at.fract());
        let mean: f64 = DAY.iter().sum::<f64>() / 24.0;
        let shape = (DAY[hour] * (1.0 - part) + DAY[(hour + 1) % 24] * part) / mean;
        self.a_day / 86_400.0 * (1.0 - self.shape + self.shape * shape)
    }

    /// When its items come, in seconds.
    pub fn arrivals(&self, days: f64, dice: &mut Dice) -> Vec<f64> {
        let end = days * 86_400.0;
        let most = self.a_day / 86_400.0 * 2.2;
        let mut all = Vec::new();
        let mut at = dice.wait(most);
        while at < end {
            if dice.unit() * most < self.rate(at) {
                all.push(at);
            }
            at += dice.wait(most);
        }
        // Flashes come when news does.
        let rate = self.flashes / (7.0 * 86_400.0) * 2.2;
        let mut at = dice.wait(rate);
        while at < end {
            if dice.unit() * most < self.rate(at) {
                all.extend((0..FLASH).map(|_| at + dice.unit() * 60.0));
            }
            at += dice.wait(rate);
        }
        all.sort_by(f64::total_cmp);
        all
    }
}

/// What a policy came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub requests: usize,
    pub items: usize,
    pub lost: usize,
    delays: Vec<f64>,
}

impl Outcome {
    /// Half of the items were had within so many seconds.
    pub fn median(&mut self) -> f64 {
        self.quantile(0.5)
    }

    pub fn quantile(&mut self, q: f64) -> f64 {
        self.delays.sort_by(f64::total_cmp);
        self.delays.get((self.delays.len() as f64 * q) as usize).copied().unwrap_or(0.0)
    }
}

/// Polls at the times that `policy` gives, from what each poll showed (its time, and how many of its items were new), and
/// counts what comes after `from` seconds.
pub fn replay(arrivals: &[f64], from: f64, end: f64, mut policy: impl FnMut(f64, usize) -> f64) -> Outcome {
    let mut out = Outcome::default();
    let (mut at, mut seen) = (1.0, 0);
    while at < end {
        let upto = seen + arrivals[seen..].partition_point(|t| *t <= at);
        let new = upto - seen;
        let counted = |t: &&f64| **t >= from;
        out.requests += usize::from(at >= from);
        out.items += arrivals[seen..upto].iter().filter(counted).count();
        let gone = new.saturating_sub(WINDOW);
        out.lost += arrivals[seen..seen + gone].iter().filter(counted).count();
        out.delays.extend(arrivals[seen + gone..upto].iter().filter(counted).map(|t| at - t));
        seen = upto;
        at = policy(at, new.min(WINDOW)).max(at + 1.0);
    }
    out
}

/// The production schedule, from the first poll of a source that nobody knows.
pub fn ours(dice: &mut Dice) -> impl FnMut(f64, usize) -> f64 {
    let config = Config::default();
    let terms = Terms {
        named: None,
        first: config.interval_seconds,
        pace: config.pace.clone(),
        max_backoff_seconds: config.max_backoff_seconds,
        max_retry_after_seconds: config.max_retry_after_seconds,
    };
    let mut state = State::default();
    let zero = DateTime::from_timestamp(1_772_409_600, 0).unwrap_or_default();
    let time = move |second: f64| -> Timestamp { zero + Duration::milliseconds((second * 1000.0) as i64) };
    let mut recent: std::collections::VecDeque<f64> = Default::default();
    move |at, new| {
        // The document dates its items.
        recent.extend(std::iter::repeat_n(at, new));
        while recent.len() > WINDOW {
            recent.pop_front();
        }
        let told = Told {
            new: new as u32,
            items: recent.len() as u32,
            oldest: recent.front().map(|t| time(*t)),
            newest: recent.back().map(|t| time(*t)),
            asks: Asks { seconds: 120, ..Asks::default() },
        };
        let first = state.rhythm.is_none();
        let ended = if new > 0 || first { Ended::Document(told) } else { Ended::Unchanged };
        let seen = Observation { at: time(at), full: true, ended, cached_seconds: 0, moved_to: None };
        let (after, due) = next(&state, "https://wire.example/", &seen, &terms, dice.unit());
        state = after;
        (due - zero).num_milliseconds() as f64 / 1000.0
    }
}
