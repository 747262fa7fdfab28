//! What comes by itself: hubs send changes ([`websub`]), agencies post documents ([`webhook`]), files appear ([`folder`]).
//! All of it goes in by the same door as a poll's answer, `Poller::ingest`.
//!
//! Pure: [`signature`], [`rate`], [`websub::discover`], [`websub::pace`], [`folder::looks`]. The rest is the shell.

pub mod config;
pub mod folder;
pub mod intake;
mod listen;
pub mod problem;
pub mod rate;
mod serve;
pub mod signature;
pub mod webhook;
pub mod websub;

pub use config::PushConfig;
pub use intake::{Intake, Others};
pub use listen::{router, serve_on};
pub use serve::serve;
