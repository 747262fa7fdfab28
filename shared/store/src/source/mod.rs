//! Tables `source`, `seen_entry` and `refused`: schedule, validators, health and leases of the wires, and what was sent; and
//! `source_look`: wires that somebody wants to see first.

mod desk;
mod health;
mod keep;
mod lease;
mod list;
pub mod look;
mod place;
mod rows;
mod save;
mod seen;

use serde_json::Value;
use wiredesk_contract::{ItemId, SourceId, Timestamp};

pub use desk::{KnownSource, add, add_one, find, known, pause, remove, resume};
pub use health::{State, Troubled, health, states, troubled};
pub use keep::save_pushed;
pub use lease::{Cluster, DomainLease, Manners, beat, give, held, release, take};
pub use list::sync;
pub use place::{Due, Unplaced, due, edited, place, unplaced};
pub use rows::{Leased, Progress, children, leased};
pub use save::{save, save_manners};
pub use seen::{pages_due, prune, refused_before, seen};

/// A source of the configured list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: SourceId,
    /// The name to show.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
    /// Seconds between two polls.
    pub interval_seconds: i32,
}

/// What is known of an entry that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenEntry {
    /// The item.
    pub item_id: ItemId,
    /// Hash of the entry's last state.
    pub entry_hash: String,
    /// Hash of the page's text.
    pub page_hash: Option<String>,
    /// States so far.
    pub revision: u32,
    /// When its page is to be fetched (again).
    pub page_due: Option<Timestamp>,
    /// How often its page could not be fetched.
    pub page_tries: i32,
    /// The raw item as it was sent, while its page is due.
    pub pending: Option<Value>,
    /// What it is known by besides its id.
    pub alt: Option<AltKey>,
}

/// What an entry is known by when its first key has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AltKey {
    /// Its address or guid without scheme and host, at most some hundred bytes.
    pub key: String,
    /// The host, without `www.` and the like.
    pub site: String,
}

/// A document or entry that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Hash of its bytes.
    pub content_hash: String,
    /// The dead letter's reason.
    pub reason: String,
}

/// What a poll came to: saved after the bus has acknowledged what it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Polled {
    /// The source.
    pub id: SourceId,
    /// Its queue.
    pub domain: String,
    /// Number of the lease under which it was polled.
    pub lease: i64,
    /// The listed address that it was polled for.
    pub url: String,
    /// When.
    pub at: Timestamp,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why it failed, in words.
    pub error: Option<String>,
    /// What the schedule keeps.
    pub progress: Progress,
    /// Validators and body hash to keep; `None` leaves the old ones.
    pub validators: Option<Validators>,
    /// What the document held.
    pub found: Found,
    /// Documents of an index whose state changed.
    pub children: Vec<ChildState>,
}

/// A document that an index lists, as it was last read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildState {
    /// Its address.
    pub url: String,
    /// When it last changed, as the index says.
    pub modified: Option<Timestamp>,
    /// What makes the next request conditional.
    pub validators: Validators,
}

/// What a document held, once all of it is on the bus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Newest date of an entry.
    pub newest_item: Option<Timestamp>,
    /// The document ended early; `None` where none was read.
    pub partial: Option<bool>,
    /// Its form in words, such as `RSS 2.0`; `None` leaves the old one.
    pub form: Option<String>,
    /// What was mended in it; `None` leaves the old ones.
    pub repairs: Option<Value>,
    /// Entries that were new or changed, with their new states.
    pub seen: Vec<SeenEntry>,
    /// Entries that were there and had not changed.
    pub touched: Vec<ItemId>,
    /// What was dead-lettered.
    pub refused: Vec<Refused>,
}

/// What makes the next request conditional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// Hash of the body.
    pub body_hash: Option<String>,
}

/// How a source is doing, for the API and the page.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceHealth {
    /// Its id.
    pub id: SourceId,
    /// The name to show.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
    /// In the list.
    pub active: bool,
    /// By an operator.
    pub paused: bool,
    /// For good: why.
    pub stopped: Option<String>,
    /// Seconds between two polls.
    pub interval_seconds: i32,
    /// When it is asked again.
    pub next_poll: Timestamp,
    /// When it was asked.
    pub last_poll: Option<Timestamp>,
    /// When that last worked.
    pub last_ok: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last poll failed.
    pub last_error: Option<String>,
    /// Failed polls in a row.
    pub failures: i32,
    /// Newest date of an entry.
    pub newest_item: Option<Timestamp>,
    /// Entries that were new or changed.
    pub items_seen: i64,
    /// The last document ended early.
    pub partial: bool,
}
