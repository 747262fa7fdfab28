//! What an operator may set about the processor.

use serde::{Deserialize, Serialize};
use wiredesk_runtime::LoopConfig;

/// The processor.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How often ended embargoes and late dispatches are looked for, in milliseconds.
    pub release_every_ms: u64,
    /// Most items released or linked in one transaction.
    pub release_batch: u32,
    /// The loop.
    pub run: LoopConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self { release_every_ms: 1_000, release_batch: 200, run: LoopConfig::default() }
    }
}
