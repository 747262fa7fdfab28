//! Which bus, and how it is reached.

use serde::{Deserialize, Serialize};

use crate::kafka::KafkaConfig;
use crate::postgres::PostgresBusConfig;

/// Which bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BusKind {
    /// A Kafka cluster: for production.
    Kafka,
    /// A log in the Postgres that wiredesk has anyway: nothing to install.
    #[default]
    Postgres,
    /// Nothing survives the process: for tests.
    Memory,
}

/// The bus.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which one.
    pub kind: BusKind,
    /// For `kind = "kafka"`.
    pub kafka: KafkaConfig,
    /// For `kind = "postgres"`.
    pub postgres: PostgresBusConfig,
}
