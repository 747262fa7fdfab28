//! Letting embargoed items go when their time has come.

use std::time::Duration;

use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::ledger::{Faults, release_due};

use crate::config::Config;

/// Looks for ended embargoes until shutdown. Any number of processors may do so at once.
///
/// # Errors
/// [`StageError::Fatal`] where trying again does not help.
pub async fn run(config: &Config, deps: &Deps) -> Result<(), StageError> {
    let every = Duration::from_millis(config.release_every_ms.max(10));
    let mut backoff = Backoff::new(&config.run.retry);
    loop {
        match release_due(&deps.db, (deps.clock)(), config.release_batch.max(1), &Faults::none()).await {
            Ok(issued) => {
                backoff.reset();
                for released in &issued {
                    tracing::info!(item_id = %released.item_id, version = released.version, "the embargo of {} has ended", released.item_id);
                }
                metrics::counter!("wiredesk_ledger_released_total").increment(issued.len() as u64);
                // A full batch means that more are due.
                if issued.len() >= config.release_batch.max(1) as usize {
                    continue;
                }
            }
            Err(error) if error.is_transient() => {
                tracing::warn!("embargoes cannot be looked at: {error}");
                if !backoff.pause(&deps.shutdown).await {
                    return Ok(());
                }
            }
            Err(error) => return Err(StageError::Fatal(error.to_string())),
        }
        tokio::select! {
            () = deps.shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(every) => {}
        }
    }
}
