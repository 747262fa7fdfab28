//! Strip: an entry as fetched becomes clean copy. The core is [`strip`]; the shell is [`stage`].

pub mod blocks;
pub mod config;
pub mod conventions;
pub mod core;
pub mod extract;
pub mod fingerprint;
pub(crate) mod forum;
pub(crate) mod hygiene;
pub mod language;
pub(crate) mod letters;
pub mod memory;
pub(crate) mod mojibake;
pub(crate) mod page_kind;
pub(crate) mod pattern;
pub mod rules;
pub mod stage;

pub use config::StripConfig;
pub use core::{Stripped, strip};
pub use rules::Rules;
pub use stage::run_strip;
