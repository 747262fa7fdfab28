//! Groups items into stories, in and across languages, in one pass.
//!
//! The core is [`Stories::place`]: a function of an item and the open stories. It gives every item one story or none,
//! never moves an item that was placed, and gives every story an id that follows from its founder. The shell
//! ([`stage`]) writes stories, outbox rows and the input's offsets in one transaction.

pub mod config;
pub mod features;
pub mod lease;
mod similarity;
pub mod stage;
mod state;
pub mod tool;
mod vocabulary;

pub use config::Config;
pub use features::{Facts, Features};
pub use stage::run;
pub use state::{Placed, Stories};
