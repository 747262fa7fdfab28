//! Starts what comes by itself, beside polling.

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use wiredesk_net::Client;
use wiredesk_runtime::StageError;
use wiredesk_store::push as table;

use super::folder::watch::Folder;
use super::intake::Intake;
use super::{listen, websub};
use crate::source::SourceKind;

/// Serves the listener, keeps subscriptions and watches folders until shutdown; `owner` is this fetcher.
///
/// # Errors
/// [`StageError::Fatal`] where the address cannot be had.
pub async fn serve(intake: Intake, owner: &str) -> Result<(), StageError> {
    let config = intake.config().clone();
    let fatal = |what: String| StageError::Fatal(what);
    let mut running = JoinSet::new();
    let takes_posts = intake.wires().any(|w| w.config.kind == SourceKind::Webhook);
    if !config.listen.is_empty() && (takes_posts || !config.public_url.is_empty()) {
        let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
            fatal(format!(
                "pushes cannot be listened for on {} ({error}); set fetcher.push.listen to a free address",
                config.listen
            ))
        })?;
        let address = listener.local_addr().map(|a| a.to_string()).unwrap_or_default();
        tracing::info!(%address, "webhooks and hubs are listened for on http://{address}");
        running.spawn(listen::serve_on(listener, intake.clone()));
    }
    if !config.public_url.is_empty() {
        let whole = &intake.poller().config;
        let client = Client::new(&whole.net, &whole.user_agent()).map_err(|e| fatal(e.to_string()))?;
        running.spawn(websub::keep::keep(intake.clone(), client));
    }
    for wire in intake.wires() {
        if let (SourceKind::Folder, Some(path)) = (wire.config.kind, &wire.config.folder) {
            running.spawn(Folder::new(intake.clone(), wire.clone(), path.clone(), owner).watch());
        }
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended
            && !intake.shutdown().is_cancelled()
        {
            // Everything in it is caught and tried again: this is a fault of ours, and a restart is the remedy.
            return Err(fatal(format!("a part of the push side failed unexpectedly: {error}")));
        }
    }
    if let Err(error) = table::release_folders(intake.db(), owner).await {
        tracing::warn!("folders were not given back ({error}); their leases run out by themselves");
    }
    Ok(())
}
