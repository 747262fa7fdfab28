//! What can go wrong in the ledger.

use wiredesk_contract::ItemId;

/// Why a batch was not taken. Nothing of it is stored then, unless the answer to COMMIT was lost: the same call, made
/// again, finds out.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Postgres did not do what it was asked.
    #[error("Postgres: {0}")]
    Database(#[from] sqlx::Error),
    /// Another member has taken this partition further, or from elsewhere: drop the batch and rejoin the group.
    #[error(
        "partition {partition} of {topic} stands at offset {stored} in the ledger and the batch starts at {from}; another member took it"
    )]
    Fenced {
        /// Input topic.
        topic: String,
        /// Partition.
        partition: i32,
        /// The next offset by the ledger.
        stored: i64,
        /// The first offset of the batch.
        from: i64,
    },
    /// Another transaction wrote a version of this item after ours began: ours begins again, so that the order of
    /// transactions stays the order of versions.
    #[error("item {0} was written by a younger transaction; the batch is taken again")]
    Overtaken(ItemId),
    /// A message type of ours does not become JSON: a fault of ours.
    #[error(
        "a version of item {item} cannot be written as JSON: {detail}; this is a fault of wiredesk, please report it"
    )]
    Json {
        /// The item.
        item: ItemId,
        /// serde's words.
        detail: String,
    },
    /// There is no such item.
    #[error("there is no item {0}; look its id up in the API's answer")]
    NoItem(ItemId),
    /// A test asked for it.
    #[error("injected fault at {0}")]
    Injected(&'static str),
}

impl LedgerError {
    /// May the same call succeed later?
    pub fn is_transient(&self) -> bool {
        match self {
            // A unique violation is a race with another writer of the same item: the next try sees its version.
            Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation() => true,
            Self::Database(error) => crate::is_transient(error),
            Self::Overtaken(_) | Self::Injected(_) => true,
            Self::Fenced { .. } | Self::Json { .. } | Self::NoItem(_) => false,
        }
    }
}
