//! What every handler is given.

use std::sync::Arc;

use axum::extract::FromRef;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::Bus;
use wiredesk_contract::TopicTable;
use wiredesk_net::Network;
use wiredesk_runtime::Deps;

use crate::auth::keeper::Keeper;
use crate::auth::limit::Limits;
use crate::config::{Config, ConfigError};
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
    /// The bus, for live clients that catch up.
    pub bus: Arc<dyn Bus>,
    /// Topic names.
    pub topics: Arc<TopicTable>,
    /// Live events.
    pub hub: Hub,
    /// Which tokens are good.
    pub keeper: Keeper,
    /// How many requests each reader may send.
    pub limits: Arc<Limits>,
    /// Ends the live streams when the process drains.
    pub shutdown: CancellationToken,
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
            bus: deps.bus.clone(),
            topics: deps.topics.clone(),
            keeper: Keeper::new(deps.db.clone()),
            limits: Arc::default(),
            shutdown: deps.shutdown.clone(),
        })
    }
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}
