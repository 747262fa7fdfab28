//! What an operator may set about the relay.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_runtime::RetryConfig;

/// The relay.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Most rows of one publication.
    pub batch_rows: u32,
    /// Most bytes of payload of one publication; one row may exceed it alone.
    pub batch_bytes: u64,
    /// Most rows that were sent and not read back yet; sending waits for the reading.
    pub in_flight_rows: usize,
    /// Longest pause between two looks at the outbox, in milliseconds; a notification comes before it.
    pub poll_ms: u64,
    /// How long a sent record may stay unread before the relay doubts that it was written, in milliseconds.
    pub doubt_after_ms: u64,
    /// How often a standby asks whether it may lead, in milliseconds.
    pub standby_ms: u64,
    /// How old the outbox may grow before a standby takes over from a leader that hangs, in milliseconds.
    pub takeover_after_ms: u64,
    /// How it tries again after an error.
    pub retry: RetryConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch_rows: 500,
            batch_bytes: 4 * 1024 * 1024,
            in_flight_rows: 5_000,
            poll_ms: 250,
            doubt_after_ms: 15_000,
            standby_ms: 1_000,
            takeover_after_ms: 30_000,
            retry: RetryConfig::default(),
        }
    }
}

impl Config {
    pub(crate) fn doubt_after(&self) -> Duration {
        Duration::from_millis(self.doubt_after_ms)
    }

    pub(crate) fn standby(&self) -> Duration {
        Duration::from_millis(self.standby_ms.max(10))
    }

    pub(crate) fn takeover_after(&self) -> Duration {
        Duration::from_millis(self.takeover_after_ms)
    }
}
