//! The bus that the configuration names.

use std::sync::Arc;

use sqlx::PgPool;
use wiredesk_contract::TopicTable;

use crate::config::{BusKind, Config};
use crate::error::BusError;
use crate::kafka::KafkaBus;
use crate::memory::MemoryBus;
use crate::postgres::PostgresBus;
use crate::traits::Bus;

/// Connects to the bus that the configuration names. The Postgres bus uses `db` and one connection of its own.
///
/// # Errors
/// [`BusError::Config`] where the settings cannot be used. A broker or database that does not answer yet is no error here.
pub async fn connect(config: &Config, db: &PgPool, topics: &TopicTable) -> Result<Arc<dyn Bus>, BusError> {
    Ok(match config.kind {
        BusKind::Kafka => Arc::new(KafkaBus::new(config.kafka.clone(), topics)?),
        BusKind::Postgres => Arc::new(PostgresBus::new(config.postgres.clone(), db.clone())),
        BusKind::Memory => Arc::new(MemoryBus::new()),
    })
}
