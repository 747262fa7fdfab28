//! What was spent between two moments, and how it is told.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

/// What everything had taken at a moment.
pub struct Snapshot {
    /// When.
    pub at: Instant,
    /// CPU seconds by stage, all replicas.
    pub stages: BTreeMap<String, f64>,
    /// CPU seconds of the brokers.
    pub kafka: f64,
    /// CPU seconds of Postgres by login.
    pub postgres: BTreeMap<String, f64>,
    /// Bytes of the write-ahead log.
    pub written_ahead: f64,
    /// Bytes by table.
    pub tables: BTreeMap<String, f64>,
    /// Bytes by topic, all copies.
    pub topics: BTreeMap<String, f64>,
    /// Polls, pages, bytes of both.
    pub asked: [f64; 3],
    /// Items by replica and stage.
    pub work: Vec<BTreeMap<String, f64>>,
}

/// What was spent between two moments.
pub struct Spent {
    /// Length.
    pub seconds: f64,
    /// Items that were issued.
    pub items: usize,
    /// CPU seconds by stage, and of `kafka` and `postgres`.
    pub cpu: BTreeMap<String, f64>,
    /// CPU seconds of Postgres by login.
    pub postgres: BTreeMap<String, f64>,
    /// Bytes of the write-ahead log.
    pub written_ahead: f64,
    /// Bytes by table.
    pub tables: BTreeMap<String, f64>,
    /// Bytes by topic, all copies.
    pub topics: BTreeMap<String, f64>,
    /// Polls, pages, bytes of both.
    pub asked: [f64; 3],
    /// Of each stage's work, the least and the greatest share of a replica.
    pub shares: BTreeMap<String, (f64, f64)>,
}

fn difference(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let since = |(name, value): (&String, &f64)| (name.clone(), value - before.get(name).unwrap_or(&0.0));
    after.iter().map(since).collect()
}

impl Spent {
    /// From one snapshot to another of the same processes.
    pub fn between(before: &Snapshot, after: &Snapshot, items: usize) -> Self {
        let mut cpu = difference(&before.stages, &after.stages);
        let postgres = difference(&before.postgres, &after.postgres);
        cpu.insert("kafka".to_owned(), after.kafka - before.kafka);
        // A session that ends takes its time along, and `ended` gets it: the sum stays true.
        cpu.insert(
            "postgres".to_owned(),
            after.postgres.values().sum::<f64>() - before.postgres.values().sum::<f64>(),
        );
        let mut asked = after.asked;
        asked.iter_mut().zip(before.asked).for_each(|(a, b)| *a -= b);
        Self {
            seconds: (after.at - before.at).as_secs_f64(),
            items,
            cpu,
            postgres,
            written_ahead: after.written_ahead - before.written_ahead,
            tables: difference(&before.tables, &after.tables),
            topics: difference(&before.topics, &after.topics),
            asked,
            shares: shares(&before.work, &after.work),
        }
    }

    /// CPU cores by stage.
    pub fn cores(&self) -> BTreeMap<String, f64> {
        self.cpu.iter().map(|(stage, seconds)| (stage.clone(), seconds / self.seconds)).collect()
    }

    /// CPU milliseconds an item by stage, without what the same desk takes when nothing comes.
    pub fn an_item(&self, idle: &Spent) -> BTreeMap<String, f64> {
        let cores = idle.cores();
        let of = |(stage, seconds): (&String, &f64)| {
            let resting = cores.get(stage).unwrap_or(&0.0) * self.seconds;
            (stage.clone(), (seconds - resting) * 1000.0 / self.items.max(1) as f64)
        };
        self.cpu.iter().map(of).collect()
    }

    /// All of it, for whoever computes with it.
    pub fn json(&self) -> Value {
        let items = self.items.max(1) as f64;
        let each = |bytes: &BTreeMap<String, f64>| -> Value {
            let some = bytes.iter().filter(|(_, bytes)| **bytes > 0.0);
            some.map(|(name, bytes)| (name.clone(), json!((bytes / items).round()))).collect()
        };
        json!({
            "seconds": self.seconds, "items": self.items, "cpu_seconds": self.cpu, "postgres_by_login": self.postgres,
            "wal_bytes_an_item": (self.written_ahead / items).round(),
            "table_bytes_an_item": each(&self.tables), "topic_bytes_an_item_all_copies": each(&self.topics),
            "polls": self.asked[0], "pages": self.asked[1], "fetched_bytes": self.asked[2],
            "shares": self.shares,
        })
    }
}

/// Of each stage's work between two moments, the least and the greatest share of a replica that runs it.
fn shares(before: &[BTreeMap<String, f64>], after: &[BTreeMap<String, f64>]) -> BTreeMap<String, (f64, f64)> {
    let mut by_stage: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (before, after) in before.iter().zip(after) {
        for (stage, done) in difference(before, after) {
            by_stage.entry(stage).or_default().push(done);
        }
    }
    let share = |(stage, done): (String, Vec<f64>)| {
        let all: f64 = done.iter().sum();
        let of = |value: f64| if all > 0.0 { value / all } else { 0.0 };
        let least = done.iter().copied().fold(f64::INFINITY, f64::min);
        (stage, (of(least), of(done.iter().copied().fold(0.0, f64::max))))
    };
    by_stage.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn shares_are_of_what_came_in_between() {
        let before = [map(&[("strip", 100.0)]), map(&[("strip", 0.0)]), map(&[])];
        let after = [map(&[("strip", 130.0)]), map(&[("strip", 10.0)]), map(&[("relay", 4.0)])];
        let expected = BTreeMap::from([("strip".to_owned(), (0.25, 0.75)), ("relay".to_owned(), (1.0, 1.0))]);
        assert_eq!(shares(&before, &after), expected);
    }

    #[test]
    fn what_a_desk_takes_at_rest_is_no_cost_of_an_item() {
        let of = |seconds, items, cpu| Spent {
            seconds,
            items,
            cpu: map(&[("strip", cpu)]),
            postgres: map(&[]),
            written_ahead: 0.0,
            tables: map(&[]),
            topics: map(&[]),
            asked: [0.0; 3],
            shares: BTreeMap::new(),
        };
        let (idle, busy) = (of(20.0, 0, 1.0), of(40.0, 1_000, 5.0));
        assert_eq!(busy.an_item(&idle), map(&[("strip", 3.0)]));
    }
}
