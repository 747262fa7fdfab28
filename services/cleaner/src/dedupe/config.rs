//! Settings of the dedupe stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_runtime::LoopConfig;

/// Settings of the dedupe stage.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DedupeConfig {
    /// How far apart in event time two copies may be and still be the same news, in hours. Wires run the same words
    /// again weeks later about another event, so a wider window costs precision.
    pub window_hours: u32,
    /// The most copies of one language that are loaded back after a restart, newest first: a bound on memory
    /// (about 2 KB a copy).
    pub max_entries: u32,
    /// How long the text of a copy is kept for comparison with its later versions, in hours.
    pub keep_text_hours: u32,
    /// How the stage takes its records: batches, retries, limits of what may be refused.
    #[serde(rename = "loop")]
    pub run: LoopConfig,
}

impl Default for DedupeConfig {
    fn default() -> Self {
        Self { window_hours: 96, max_entries: 500_000, keep_text_hours: 720, run: LoopConfig::default() }
    }
}

impl DedupeConfig {
    /// The window as a duration.
    pub fn window(&self) -> chrono::Duration {
        chrono::Duration::hours(i64::from(self.window_hours))
    }
}
