//! Positions in the ledger: the truth about how far the input was taken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use wiredesk_bus::{Bus, BusError, Positions};
use wiredesk_runtime::StageError;
use wiredesk_store::ledger::offsets;

/// How long the first record after a gap is waited for.
const WAIT: Duration = Duration::from_secs(2);

/// Reads a consumer's positions from `input_offset`.
pub struct LedgerPositions {
    db: PgPool,
    bus: Arc<dyn Bus>,
    consumer: String,
}

/// Is there a gap in the log between the ledger's position and a batch?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The records between are gone, and the ledger has been moved over them.
    Skipped,
    /// There is none: somebody else took the partition.
    None,
}

impl LedgerPositions {
    /// The positions of `consumer`.
    pub fn new(db: PgPool, bus: Arc<dyn Bus>, consumer: String) -> Self {
        Self { db, bus, consumer }
    }

    /// Looks whether the bus still has a record between `stored` and `from`; where it has none (retention took them), moves
    /// the ledger to `from`.
    ///
    /// # Errors
    /// [`StageError`] where the bus or Postgres does not answer.
    pub async fn gap(
        &self,
        bus: &dyn Bus,
        topic: &str,
        partition: i32,
        stored: i64,
        from: i64,
    ) -> Result<Gap, StageError> {
        if stored >= from {
            return Ok(Gap::None);
        }
        // Other partitions are read from their ends: only this one is asked about.
        let mut starts = bus.end_offsets(topic).await?;
        starts.insert(partition, stored);
        let mut reader = bus.reader(topic, starts).await?;
        let records = reader.next(WAIT).await?;
        let first = records.iter().filter(|r| r.partition == partition).map(|r| r.offset).min();
        if first.is_none_or(|offset| offset < from) {
            return Ok(Gap::None);
        }
        let moved = offsets::skip_gap(&self.db, &self.consumer, topic, partition, stored, from).await?;
        if moved {
            tracing::warn!(
                topic,
                partition,
                stored,
                from,
                "offsets {stored} to {from} of {topic}/{partition} are past retention and were never read"
            );
        }
        Ok(if moved { Gap::Skipped } else { Gap::None })
    }
}

#[async_trait]
impl Positions for LedgerPositions {
    async fn load(&self, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, BusError> {
        let failed = |e: sqlx::Error| BusError::Unavailable(format!("positions from Postgres: {e}"));
        let mut stored = offsets::stand(&self.db, &self.consumer, topic, partitions).await.map_err(failed)?;
        let ends = self.bus.end_offsets(topic).await?;
        let beyond: Vec<(i32, i64)> = stored
            .iter()
            .filter(|(p, next)| ends.get(*p).is_none_or(|end| *next > end))
            .map(|(p, next)| (*p, *next))
            .collect();
        for (partition, next) in beyond {
            // Reading it again is harmless: the ledger knows every text that it has taken.
            tracing::warn!(
                topic,
                partition,
                next,
                "{topic}/{partition} was made anew; it is read from its start"
            );
            offsets::rewind(&self.db, &self.consumer, topic, partition, next).await.map_err(failed)?;
            stored.insert(partition, 0);
        }
        Ok(stored)
    }
}
