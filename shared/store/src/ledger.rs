//! The ledger: one transaction that takes a batch of clean copy, gives out versions, fills the outbox and moves the
//! input offsets. Nothing else in wiredesk gives out a version.

mod block;
mod decide;
mod error;
mod fault;
mod kill;
pub mod offsets;
pub mod reenrich;
mod release;
mod syndicate;
mod transaction;
mod write;

use std::collections::BTreeMap;

use sqlx::PgPool;
use wiredesk_contract::{Change, CopyItem, Item, ItemId, Timestamp};

pub use decide::{Decision, Known, decide};
pub use error::LedgerError;
pub use fault::Faults;
pub(crate) use kill::forget_words;
pub use kill::{killed, take_down};
pub use release::release_due;
pub use syndicate::link_due;

/// What the ledger knows of a version that the copy does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFacts {
    /// 1 for the first.
    pub version: u32,
    /// When the first version was written.
    pub first_created: Timestamp,
    /// When this version was written; never before the version before it.
    pub version_created: Timestamp,
    /// What this version is to the one before.
    pub change: Change,
}

impl VersionFacts {
    /// The facts of a first version written at `now`: what a draft carries until the ledger stamps it.
    pub fn first(now: Timestamp, change: Change) -> Self {
        Self { version: 1, first_created: now, version_created: now, change }
    }

    /// Writes the facts into an item.
    pub fn stamp(&self, item: &mut Item) {
        item.version = self.version;
        item.first_created = self.first_created;
        item.version_created = self.version_created;
        item.change = self.change;
    }
}

/// One clean copy, ready for the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The full clean copy: kept, never served.
    pub copy: CopyItem,
    /// The item to be published; the ledger stamps version and times.
    pub item: Item,
    /// Under embargo: what is published when it ends.
    pub held: Option<Item>,
}

/// A delivery as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// What came.
    pub delivery: &'a Delivery,
    /// W3C trace context of the input, carried to the published record.
    pub traceparent: Option<&'a str>,
}

impl<'a> From<&'a Delivery> for Arrival<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self { delivery, traceparent: None }
    }
}

/// A version that was given out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issued {
    /// The item.
    pub item_id: ItemId,
    /// Its new version.
    pub version: u32,
}

/// What a batch came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// New versions, in input order.
    pub issued: Vec<Issued>,
    /// Copies that say what the current version says.
    pub sightings: usize,
    /// Copies that were taken before and have been followed by newer ones.
    pub replays: usize,
    /// Copies of items that were killed or taken down, and copies that the block list names.
    pub refused: usize,
    /// The batch had been taken by an earlier call whose answer was lost.
    pub repeated: bool,
}

/// For each partition, the first offset of a batch and the offset after its last.
pub type Spans = BTreeMap<i32, (i64, i64)>;

/// Writes batches for one consumer.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: PgPool,
    consumer: String,
    faults: Faults,
}

impl Ledger {
    /// A ledger for `consumer`, a stage and its bus such as `processor@kafka`.
    pub fn new(db: PgPool, consumer: impl Into<String>) -> Self {
        Self { db, consumer: consumer.into(), faults: Faults::none() }
    }

    /// The same, failing where `faults` says; for tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Takes a batch: all of it or nothing. Called again with the same batch after an error, it finishes what is not
    /// done and repeats nothing.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] where another member has taken one of the partitions; see [`LedgerError::is_transient`]
    /// for the others.
    pub async fn apply(
        &self,
        topic: &str,
        spans: &Spans,
        arrivals: &[Arrival<'_>],
        now: Timestamp,
    ) -> Result<Applied, LedgerError> {
        let mut tx = transaction::begin(&self.db).await?;
        match offsets::advance(&mut tx, &self.consumer, topic, spans).await? {
            offsets::Advance::Moved => {}
            offsets::Advance::AlreadyThere => {
                tx.rollback().await?;
                return Ok(Applied { repeated: true, ..Applied::default() });
            }
        }
        self.faults.hit("ledger.offsets_moved")?;
        let applied = write::batch(&mut tx, arrivals, now, &self.faults).await?;
        self.faults.hit("ledger.before_commit")?;
        tx.commit().await?;
        self.faults.hit("ledger.answer_lost")?;
        Ok(applied)
    }
}
