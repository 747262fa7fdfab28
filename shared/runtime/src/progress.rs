//! How far each stage has come in its input.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wiredesk_contract::Kind;
use wiredesk_store::ledger::offsets;

use crate::{Deps, StageError, run};

/// With so many offsets to go it is looked what they are …
const LITTLE: i64 = 1_000;
/// … in so many reads, each of so long.
const READS: usize = 10;
const READ: Duration = Duration::from_millis(300);

/// The stages that read a topic, each with what it reads.
pub const STAGES: [(&str, Kind); 4] =
    [("strip", Kind::Raw), ("dedupe", Kind::Copy), ("processor", Kind::Clean), ("stories", Kind::Item)];

/// Where a stage is in its input topic.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The first offset that each partition still keeps.
    pub starts: BTreeMap<i32, i64>,
    /// The offset after the last record of each partition.
    pub ends: BTreeMap<i32, i64>,
    /// The next offset of each partition that was taken on.
    pub next: BTreeMap<i32, i64>,
}

impl Progress {
    /// Looks where `stage`, whose input is `kind`, is.
    ///
    /// # Errors
    /// [`StageError`] where Postgres or the bus does not answer.
    pub async fn of(deps: &Deps, stage: &str, kind: Kind) -> Result<Self, StageError> {
        let topic = deps.topics.name(kind);
        let ends = deps.bus.end_offsets(topic).await?;
        let starts = deps.bus.start_offsets(topic).await?;
        let partitions: Vec<i32> = ends.keys().copied().collect();
        let next = match kind {
            // These keep their offsets in the ledger, with what came of the input.
            Kind::Clean | Kind::Item => {
                let consumer = format!("{stage}@{}", deps.bus.name());
                offsets::load(&deps.db, &consumer, topic, &partitions).await?
            }
            _ => deps.bus.committed(&run::group(&deps.topics, stage), topic).await?,
        };
        let mut progress = Self { starts, ends, next };
        progress.pass_markers(deps, topic).await?;
        Ok(progress)
    }

    /// Records that the stage has not taken yet; markers of transactions count where there are many.
    pub fn waiting(&self) -> i64 {
        self.ends.iter().map(|(p, end)| (end - self.at(*p)).max(0)).sum()
    }

    /// Records that were dropped before they were read.
    pub fn missed(&self) -> i64 {
        let missed = |(p, next): (&i32, &i64)| self.starts.get(p).map_or(0, |start| (start - next).max(0));
        self.next.iter().map(missed).sum()
    }

    fn at(&self, partition: i32) -> i64 {
        let start = self.starts.get(&partition).copied().unwrap_or_default();
        self.next.get(&partition).copied().unwrap_or(start)
    }

    /// Behind the last record of a transaction Kafka keeps a marker, which counts as an offset and is nothing to read. Where little
    /// is left, it is read whether anything is.
    async fn pass_markers(&mut self, deps: &Deps, topic: &str) -> Result<(), StageError> {
        let left: BTreeMap<i32, i64> = self
            .ends
            .iter()
            .filter(|(p, end)| **end > self.at(**p))
            .map(|(p, _)| (*p, self.at(*p)))
            .collect();
        if left.is_empty() || self.waiting() > LITTLE {
            return Ok(());
        }
        // Those that are at their ends are read from there.
        let from = self.ends.iter().map(|(p, end)| (*p, left.get(p).copied().unwrap_or(*end))).collect();
        let mut reader = deps.bus.reader(topic, from).await?;
        let mut found: BTreeSet<i32> = BTreeSet::new();
        for _ in 0..READS {
            found.extend(reader.next(READ).await?.iter().map(|received| received.partition));
            let positions = reader.positions();
            if left.keys().all(|p| found.contains(p) || positions.get(p) >= self.ends.get(p)) {
                break;
            }
        }
        for partition in left.into_keys().filter(|p| !found.contains(p)) {
            let end = self.ends[&partition];
            self.next.insert(partition, end);
        }
        Ok(())
    }
}
