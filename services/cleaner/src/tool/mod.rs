//! The cores as tools without any server: JSON in, JSON out.

mod clean;
mod dedupe;
mod extract;

pub use clean::clean;
pub use dedupe::Deduper;
pub use extract::{explain, extract};
