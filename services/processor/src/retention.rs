//! What may not be kept for longer loses its words.

use std::time::Duration;

use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::retention::{LEAST_DAYS, expire};

use crate::config::Config;

/// Looks for such items until shutdown. Any number of processors may do so at once.
///
/// # Errors
/// [`StageError::Fatal`] where trying again does not help.
pub async fn run(config: &Config, deps: &Deps) -> Result<(), StageError> {
    let retention = &config.retention;
    if (1..LEAST_DAYS).contains(&retention.days) {
        return Err(StageError::Fatal(format!(
            "processor.retention.days is {}; set 0 (for ever) or at least {LEAST_DAYS}, since the topics keep items for a week",
            retention.days
        )));
    }
    let every = Duration::from_secs(retention.every_seconds.max(1));
    let mut backoff = Backoff::new(&config.run.retry);
    loop {
        match expire(&deps.db, retention.days, retention.batch, (deps.clock)()).await {
            Ok(expired) => {
                backoff.reset();
                if !expired.is_empty() {
                    metrics::counter!("wiredesk_retention_expired_total").increment(expired.len() as u64);
                    tracing::info!(items = expired.len(), "{} items are past their retention", expired.len());
                    continue;
                }
            }
            Err(error) if error.is_transient() => {
                tracing::warn!("it cannot be looked for items past their retention: {error}");
                if backoff.pause(&deps.shutdown).await {
                    continue;
                }
                return Ok(());
            }
            Err(error) => return Err(StageError::Fatal(error.to_string())),
        }
        tokio::select! {
            () = deps.shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(every) => {}
        }
    }
}
