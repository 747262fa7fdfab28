//! What every handler is given.

use std::sync::Arc;

use axum::extract::FromRef;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::Bus;
use wiredesk_contract::TopicTable;

use crate::config::Config;
use crate::live::Hub;

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// `[api]`.
    pub config: Arc<Config>,
    /// Postgres.
    pub db: PgPool,
    /// The bus, for live clients that catch up.
    pub bus: Arc<dyn Bus>,
    /// Topic names.
    pub topics: Arc<TopicTable>,
    /// Live events.
    pub hub: Hub,
    /// Ends the live streams when the process drains.
    pub shutdown: CancellationToken,
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> Self {
        state.db.clone()
    }
}
