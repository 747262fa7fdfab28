//! Dedupe: is this copy new, another version of a known item, or a repeat of somebody else's?
//!
//! The core is [`decide`]: a function of the copy, the [`Index`] of its language and what is known of the item before. What it
//! changes comes out as an [`IndexChange`]. The shell ([`stage`]) adds the passages to the evidence ([`explain`]) and stores
//! each verdict once before it is sent.
//!
//! An index holds hashes and ids, no text: a sketch of each copy in about a kilobyte.

mod change;
pub mod config;
mod decide;
mod digits;
mod entry;
mod evidence;
mod index;
mod kept;
mod likeness;
mod postings;
mod repeat;
mod shingles;
mod sketch;
pub mod stage;
mod words;

pub use config::DedupeConfig;
pub use decide::{Before, decide};
pub use entry::{Entry, StoredText};
pub use evidence::{edits, explain};
pub use index::{Index, IndexChange};
pub use stage::run_dedupe;
