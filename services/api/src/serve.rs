//! The service: one listener, one reader of the items topic, one of the dead letters.

use tokio::net::TcpListener;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, Running, StageError};

use crate::config::Config;
use crate::guard;
use crate::listen;
use crate::router::router;
use crate::state::AppState;

/// Serves until shutdown; open requests are finished, live streams are ended.
///
/// # Errors
/// [`StageError::Fatal`] where the configuration cannot be used, the address cannot be had or the bus is configured wrongly.
pub fn run(config: Config, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    config.check().map_err(|error| StageError::Fatal(error.to_string()))?;
    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        StageError::Fatal(format!(
            "the API cannot listen on {} ({error}); set api.listen to a free address",
            config.listen
        ))
    })?;
    served(listener, config, deps).await
}

/// The same on a listener that the caller has opened.
///
/// # Errors
/// As [`run`].
pub fn serve(listener: TcpListener, config: Config, deps: Deps) -> Running {
    Box::pin(served(listener, config, deps))
}

async fn served(listener: TcpListener, config: Config, deps: Deps) -> Result<(), StageError> {
    let fatal = |error: crate::config::ConfigError| StageError::Fatal(error.to_string());
    // A name may lead anywhere: what counts is where the listener is.
    let bound = listener.local_addr().map_err(|error| StageError::Fatal(error.to_string()))?;
    config.check_reach(bound.ip().is_loopback()).map_err(fatal)?;
    let state = AppState::new(config, &deps).map_err(fatal)?;
    guard::describe();
    deps.health.set("api", State::Ready);
    tracing::info!(address = %bound, "the page and the API are on http://{bound}");
    let server = async {
        listen::serve(listener, router(state.clone()), &state).await;
        Ok(())
    };
    tokio::try_join!(server, state.hub.clone().run(deps.clone()), state.letters.clone().run(deps)).map(|_| ())
}
