//! The service: one listener, one reader of the items topic.

use std::sync::Arc;

use tokio::net::TcpListener;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, StageError};

use crate::config::Config;
use crate::live::Hub;
use crate::router::router;
use crate::state::AppState;

/// Serves until shutdown; open requests are finished, live streams are ended.
///
/// # Errors
/// [`StageError::Fatal`] where the address cannot be had or the bus is configured wrongly.
pub async fn run(config: Config, deps: Deps) -> Result<(), StageError> {
    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        StageError::Fatal(format!(
            "the API cannot listen on {} ({error}); set api.listen to a free address",
            config.listen
        ))
    })?;
    serve(listener, config, deps).await
}

/// The same on a listener that the caller has opened.
///
/// # Errors
/// As [`run`].
pub async fn serve(listener: TcpListener, config: Config, deps: Deps) -> Result<(), StageError> {
    let address = listener.local_addr().map(|a| a.to_string()).unwrap_or_default();
    let hub = Hub::new(&config);
    let state = AppState {
        config: Arc::new(config),
        db: deps.db.clone(),
        bus: deps.bus.clone(),
        topics: deps.topics.clone(),
        hub: hub.clone(),
        shutdown: deps.shutdown.clone(),
    };
    deps.health.set("api", State::Ready);
    tracing::info!(%address, "the page and the API are on http://{address}");
    let shutdown = deps.shutdown.clone();
    let server = async {
        let stopped = |error| StageError::Fatal(format!("the API stopped: {error}"));
        axum::serve(listener, router(state))
            .with_graceful_shutdown(shutdown.cancelled_owned())
            .await
            .map_err(stopped)
    };
    tokio::try_join!(server, hub.run(deps)).map(|_| ())
}
