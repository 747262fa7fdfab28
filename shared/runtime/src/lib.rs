//! The loop that runs every stage, and what a service needs around it.

pub mod deps;
pub mod health;
pub mod stage;

pub use deps::Deps;
pub use health::Health;
pub use stage::{Origin, Output, Stage, StageError, Work};
