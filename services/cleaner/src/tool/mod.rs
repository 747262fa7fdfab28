//! The cores as tools without any server: JSON in, JSON out.

mod clean;
mod decode;
mod dedupe;
mod extract;
pub mod model;
mod paint;

pub use clean::clean;
pub use dedupe::Deduper;
pub use extract::{explain, extract};
pub use paint::paint;
