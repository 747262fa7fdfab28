//! What a service is given.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::Bus;
use wiredesk_contract::{Timestamp, TopicTable};

use crate::health::Health;

/// What every service is given by its `main`. Cheap to clone.
#[derive(Clone)]
pub struct Deps {
    /// The bus.
    pub bus: Arc<dyn Bus>,
    /// Postgres.
    pub db: PgPool,
    /// Topic names.
    pub topics: Arc<TopicTable>,
    /// Where to say how one is.
    pub health: Health,
    /// Cancelled when the process is to drain and stop.
    pub shutdown: CancellationToken,
    /// The wall clock, or a test's.
    pub clock: fn() -> Timestamp,
}
