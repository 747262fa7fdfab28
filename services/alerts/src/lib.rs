//! Saved searches: what they find is sent to the address that each names, in the order in which it was published, signed, and again
//! until it is taken or given up. At least once: `webhook-id` is the same at every try.
//!
//! The headers and the signature are those of Standard Webhooks (standardwebhooks.com, specification 1.0.0), so that its libraries check
//! them.

pub mod config;
mod message;
mod pass;
pub mod signature;

pub use config::Config;

use std::time::Duration;

use wiredesk_net::Client;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, Running, StageError};

/// Health component.
const NAME: &str = "alerts";
/// How often it is looked whether there is anything to send.
const EVERY: Duration = Duration::from_secs(1);
/// The wait after Postgres did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// Sends until `deps.shutdown` is cancelled. Any number may run side by side.
///
/// # Errors
/// [`StageError::Fatal`] where the configuration cannot be used; everything else is tried again.
pub fn run(config: Config, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    config.check().map_err(|error| StageError::Fatal(error.to_string()))?;
    let agent = concat!("wiredesk/", env!("CARGO_PKG_VERSION"));
    let client = Client::new(&config.net, agent).map_err(|error| StageError::Fatal(error.to_string()))?;
    deps.health.set(NAME, State::Ready);
    while !deps.shutdown.is_cancelled() {
        let wait = match pass::pass(&config, &client, &deps).await {
            // There is more.
            Ok(sent) if sent > 0 => Duration::ZERO,
            Ok(_) => EVERY,
            Err(error) => {
                let error = StageError::from(error);
                if !error.is_transient() {
                    return Err(error);
                }
                tracing::warn!(%error, "alerts cannot be sent now, and it is tried again: {error}");
                deps.health.set(NAME, State::Retrying(error.to_string()));
                AFTER_ERROR
            }
        };
        if wait != AFTER_ERROR {
            deps.health.set(NAME, State::Ready);
        }
        tokio::select! {
            () = deps.shutdown.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    Ok(())
}
