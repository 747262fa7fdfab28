//! The loop that runs every stage, and what a service needs around it: configuration, telemetry, health, shutdown.

pub mod admin;
mod batch;
pub mod config;
pub mod database;
pub mod dead;
pub mod decode;
pub mod deps;
pub mod emit;
pub mod health;
pub mod limits;
pub mod loop_config;
mod measure;
pub mod progress;
pub mod retry;
pub mod run;
pub mod secret;
pub mod semconv;
pub mod shutdown;
mod silence;
pub mod stage;
pub mod telemetry;
pub mod terminal;
pub mod waiting;
pub mod whole;

pub use deps::Deps;
pub use emit::Emitter;
pub use health::Health;
pub use loop_config::{DeadLetterLimits, LoopConfig, RetryConfig};
pub use run::run_stage;
pub use secret::{Secret, SecretUrl};
pub use stage::{Origin, Output, Running, Stage, StageError, Work};
pub use wiredesk_bus::answered::Answered;
