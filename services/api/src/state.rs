//! What every handler is given.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use sqlx::PgPool;
use wiredesk_net::Network;
use wiredesk_runtime::Deps;

use crate::answers::{Figures, Pipeline};
use crate::auth::keeper::Keeper;
use crate::auth::limit::Limits;
use crate::config::{Config, ConfigError};
use crate::dead::Letters;
use crate::fresh::Fresh;
use crate::live::Hub;

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// `[api]`.
    pub config: Arc<Config>,
    /// The networks of `api.trusted_proxies`.
    pub proxies: Arc<Vec<Network>>,
    /// Postgres.
    pub db: PgPool,
    /// The bus, its topics, and when to stop.
    pub deps: Deps,
    /// Live events.
    pub hub: Hub,
    /// The newest dead letters.
    pub letters: Letters,
    /// How the line is doing, for as long as it is fresh.
    pub line: Arc<Fresh<Pipeline>>,
    /// Figures of the last day, for as long as they are fresh.
    pub figures: Arc<Fresh<Figures>>,
    /// Which tokens are good.
    pub keeper: Keeper,
    /// How many requests each reader may send.
    pub limits: Arc<Limits>,
}

impl AppState {
    /// What handlers of a service with this configuration are given.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn new(config: Config, deps: &Deps) -> Result<Self, ConfigError> {
        Ok(Self {
            proxies: Arc::new(config.proxies()?),
            hub: Hub::new(&config),
            config: Arc::new(config),
            db: deps.db.clone(),
            deps: deps.clone(),
            letters: Letters::default(),
            line: Arc::new(Fresh::new(Duration::from_secs(3))),
            figures: Arc::new(Fresh::new(Duration::from_secs(60))),
            keeper: Keeper::new(deps.db.clone()),
            limits: Arc::default(),
        })
    }
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}
