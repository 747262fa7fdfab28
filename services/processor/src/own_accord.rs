//! Versions that no copy brings: an embargo has ended, or an agency's dispatch came after an outlet's copy of it.

use std::time::Duration;

use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::ledger::{Faults, LedgerError, link_due, release_due};

use crate::config::Config;

/// Looks for such versions until shutdown. Any number of processors may do so at once.
///
/// # Errors
/// [`StageError::Fatal`] where trying again does not help.
pub async fn run(config: &Config, deps: &Deps) -> Result<(), StageError> {
    let every = Duration::from_millis(config.release_every_ms.max(10));
    let mut backoff = Backoff::new(&config.run.retry);
    loop {
        match round(config.release_batch.max(1), deps).await {
            Ok(more) => {
                backoff.reset();
                if more {
                    continue;
                }
            }
            Err(error) if error.is_transient() => {
                tracing::warn!("ended embargoes and late dispatches cannot be looked at: {error}");
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

/// Issues what is due, up to `batch` of each; says whether more may be.
async fn round(batch: u32, deps: &Deps) -> Result<bool, LedgerError> {
    let released = release_due(&deps.db, (deps.clock)(), batch, &Faults::none()).await?;
    for version in &released {
        let id = &version.item_id;
        tracing::info!(item_id = %id, version = version.version, "the embargo of {id} has ended");
    }
    metrics::counter!("wiredesk_ledger_released_total").increment(released.len() as u64);
    let linked = link_due(&deps.db, (deps.clock)(), batch, &Faults::none()).await?;
    for version in &linked {
        let id = &version.item_id;
        tracing::info!(item_id = %id, version = version.version, "{id} carries a dispatch that came after it");
    }
    metrics::counter!("wiredesk_ledger_linked_total").increment(linked.len() as u64);
    Ok(released.len().max(linked.len()) >= batch as usize)
}
