//! Dedupe: is this copy new, another version of a known item, or a repeat of somebody else's?
//!
//! The core is [`decide`]: a function of the copy, the [`Index`] of its language and the item's version before. What it
//! changes comes out as an [`IndexChange`]. The shell ([`stage`]) stores each verdict once before it is sent.

mod change;
mod compare;
pub mod config;
mod decide;
mod entry;
mod evidence;
mod index;
mod signature;
pub mod stage;
mod words;

pub use config::DedupeConfig;
pub use decide::{PreviousVersion, decide};
pub use entry::{Entry, StoredEntry};
pub use index::{Index, IndexChange};
pub use stage::run_dedupe;
