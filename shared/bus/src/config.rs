//! Which bus, and how it is reached.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kafka::KafkaConfig;
use crate::postgres::PostgresBusConfig;

/// Which bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which bus carries the records from stage to stage.
    pub kind: BusKind,
    /// How Kafka is reached, for `kind = "kafka"`.
    pub kafka: KafkaConfig,
    /// How the log in Postgres is kept, for `kind = "postgres"`.
    pub postgres: PostgresBusConfig,
}
