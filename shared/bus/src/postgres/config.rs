//! Settings of the bus in Postgres.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bus in Postgres. It has no address: it is in the database that wiredesk uses.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PostgresBusConfig {
    /// Most partitions that a new topic gets, whatever its row in `schemas/topics.toml` says; each costs a little at every read.
    pub partitions: i32,
    /// How long a member may be silent before its partitions go to others, in milliseconds.
    pub lease_ms: u64,
    /// How long a member that is to give partitions up waits for its batch to be done, in milliseconds.
    pub drain_ms: u64,
    /// How often to look for records where no notification came, in milliseconds.
    pub poll_ms: u64,
    /// Connections that append at the same time.
    pub appenders: usize,
    /// How often records past their topic's retention are deleted, in seconds; 0 = never.
    pub sweep_seconds: u64,
}

impl Default for PostgresBusConfig {
    fn default() -> Self {
        Self {
            partitions: 8,
            lease_ms: 10_000,
            drain_ms: 5_000,
            poll_ms: 500,
            appenders: 2,
            sweep_seconds: 60,
        }
    }
}
