//! Strips what is not news, and says what is new, changed or a repeat.

pub mod dedupe;
pub mod strip;
pub mod tool;

pub use dedupe::{DedupeConfig, run_dedupe};
pub use strip::{StripConfig, run_strip};
