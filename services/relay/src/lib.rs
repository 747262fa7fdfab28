//! Outbox to topic: fenced, in order, read back before a row is deleted.
//!
//! The answer to a transaction's commit is not trusted: an outbox row goes only when its record was read back from the
//! topic under read_committed. After any doubt a new publisher is made (which fences every older one and ends its open
//! transaction), the topic is read back to its end, what was seen is deleted, and the rest is sent.

pub mod audit;
pub mod config;
mod gauges;
mod lead;
mod letters;
mod life;
mod read_back;
pub mod recover;
mod relay;
mod send;
mod trouble;
mod wake;
mod watch;
pub mod window;

pub use audit::{AuditReport, audit};
pub use config::Config;
pub use relay::Relay;

use std::pin::Pin;

use wiredesk_runtime::{Deps, StageError};

/// Publishes the outbox until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError::Fatal`] where going on would falsify something; everything else is tried again.
///
/// What it returns holds a publisher that may not be shared between threads.
pub fn run(config: Config, deps: Deps) -> Pin<Box<dyn Future<Output = Result<(), StageError>>>> {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    let relay = Relay::new(config, deps.clone());
    tokio::select! {
        ended = relay.run() => ended,
        never = gauges::run(&deps) => match never {},
        never = letters::send_asked(&deps) => match never {},
    }
}
