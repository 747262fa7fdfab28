//! Postgres as the protocol sees it: what is committed, and the numbers that transactions take.

use std::collections::{BTreeMap, BTreeSet};

use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{ContentHash, Timestamp};
use wiredesk_store::ledger::Known;
use wiredesk_store::outbox::Cursor;

use super::{Copy, Event};

/// A row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Row {
    /// Transaction and number.
    pub place: (u64, i64),
    /// What it publishes.
    pub event: Event,
}

impl Row {
    /// Its place, as the code has it.
    pub fn cursor(&self) -> Cursor {
        Cursor { tx: self.place.0, seq: self.place.1 }
    }
}

/// What is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Postgres {
    /// The number of the next transaction.
    pub next_tx: u64,
    /// The number of the next outbox row.
    pub next_seq: i64,
    /// `input_offset`, by partition.
    pub offsets: BTreeMap<i32, i64>,
    /// The texts of each item's versions, in order.
    pub versions: BTreeMap<u8, Vec<u8>>,
    /// For each item and text, the highest revision that it was seen with.
    pub seen: BTreeMap<(u8, u8), u32>,
    /// `outbox`, in the order of places.
    pub outbox: BTreeSet<Row>,
    /// `relay_position`.
    pub read_back: i64,
    /// `outbox_ahead`: events that the topic has and this database does not know yet.
    pub ahead: BTreeSet<Event>,
}

impl Postgres {
    /// What the ledger knows of an item.
    pub fn known(&self, item: u8) -> Option<Known> {
        let versions = self.versions.get(&item)?;
        let seen = self.seen.iter().filter(|((of, _), _)| *of == item);
        Some(Known {
            version: u32::try_from(versions.len()).unwrap_or(u32::MAX),
            content_hash: hash(*versions.last()?),
            pub_status: PubStatus::Usable,
            first_created: Timestamp::default(),
            version_created: Timestamp::default(),
            seen: seen.map(|((_, text), revision)| (hash(*text), *revision)).collect(),
        })
    }

    /// Has the item this version?
    pub fn has(&self, event: Event) -> bool {
        self.versions.get(&event.0).is_some_and(|versions| versions.len() >= usize::from(event.1))
    }

    /// Notes that a copy was seen.
    pub fn saw(&mut self, copy: Copy) {
        let seen = self.seen.entry((copy.item, copy.text)).or_default();
        *seen = copy.revision.max(*seen);
    }
}

/// The hash of a text.
pub fn hash(text: u8) -> ContentHash {
    ContentHash::of(&[&text.to_string()])
}
