//! A batch is committed only by consuming it: what was not processed cannot be committed.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::BusError;
use crate::record::Received;

/// When a batch is full: whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    /// Records.
    pub records: usize,
    /// Bytes of payload; one record may exceed it alone.
    pub bytes: usize,
    /// Time from the first record of the batch.
    pub wait: Duration,
}

/// How an implementation commits.
#[async_trait]
pub trait Commit: Send {
    /// Commits `next` (the offset after the last processed one) for each partition.
    async fn commit(self: Box<Self>, next: BTreeMap<i32, i64>) -> Result<(), BusError>;
}

/// Records of one topic, in order within each partition. Dropped without [`Batch::done`], it is not committed, and the
/// records come again to whoever reads the partition after a restart or a rebalance.
pub struct Batch {
    records: Vec<Received>,
    commit: Box<dyn Commit>,
}

impl Batch {
    /// For implementations.
    pub fn new(records: Vec<Received>, commit: Box<dyn Commit>) -> Self {
        Self { records, commit }
    }

    /// The records.
    pub fn records(&self) -> &[Received] {
        &self.records
    }

    /// For each partition, the first offset of the batch and the offset after its last.
    pub fn spans(&self) -> BTreeMap<i32, (i64, i64)> {
        let mut spans: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
        for r in &self.records {
            let span = spans.entry(r.partition).or_insert((r.offset, r.offset + 1));
            span.0 = span.0.min(r.offset);
            span.1 = span.1.max(r.offset + 1);
        }
        spans
    }

    /// Commits the whole batch.
    ///
    /// # Errors
    /// [`BusError::Fenced`] where a partition went to another member meanwhile; transient errors as they come.
    pub async fn done(self) -> Result<(), BusError> {
        let next = self.spans().into_iter().map(|(p, (_, next))| (p, next)).collect();
        self.commit.commit(next).await
    }
}
