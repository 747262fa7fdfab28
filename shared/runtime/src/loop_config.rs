//! What an operator may set about the loop.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_bus::BatchLimits;

/// The loop of one stage.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LoopConfig {
    /// Most records of a batch.
    pub records: usize,
    /// Most bytes of payload of a batch; one record may exceed it alone.
    pub bytes: usize,
    /// Longest time that a batch waits for more records, in milliseconds.
    pub wait_ms: u64,
    /// How often a stage without work looks whether its positions in Postgres still are where it stands, in seconds; 0 never. So it
    /// notices a failover to an older state though nothing new comes.
    pub look_s: u64,
    /// How it tries again after a transient error.
    pub retry: RetryConfig,
    /// When so much is refused that the fault must be ours: the line stops.
    pub dead_letter_limits: DeadLetterLimits,
}

impl Default for LoopConfig {
    fn default() -> Self {
        Self {
            records: 500,
            bytes: 4 * 1024 * 1024,
            wait_ms: 50,
            look_s: 5,
            retry: RetryConfig::default(),
            dead_letter_limits: DeadLetterLimits::default(),
        }
    }
}

impl LoopConfig {
    /// The limits of a batch, as the bus takes them.
    pub fn batch_limits(&self) -> BatchLimits {
        BatchLimits {
            records: self.records.max(1),
            bytes: self.bytes,
            wait: Duration::from_millis(self.wait_ms),
        }
    }
}

/// Exponential backoff with full jitter: the n-th pause is drawn evenly from 0 to min(`first_ms` · 2ⁿ, `max_ms`)
/// (Brooker, "Exponential Backoff And Jitter", AWS 2015). It never gives up: a stage without its database waits for it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RetryConfig {
    /// Longest first pause, in milliseconds.
    pub first_ms: u64,
    /// Longest pause, in milliseconds.
    pub max_ms: u64,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self { first_ms: 100, max_ms: 3_000 }
    }
}

/// How many dead letters are an accident, and from when on they are a fault of this build or its configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeadLetterLimits {
    /// This many records refused one after another stop the line; 0 never does.
    pub consecutive: usize,
    /// This share (0 to 1) of the last `window` records refused stops the line; 1 or more never does.
    pub share: f64,
    /// How many records `share` is taken over; before so many were seen it does not apply.
    pub window: usize,
}

impl Default for DeadLetterLimits {
    fn default() -> Self {
        Self { consecutive: 100, share: 0.5, window: 200 }
    }
}
