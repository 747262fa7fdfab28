//! Settings of the strip stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_runtime::LoopConfig;

/// Settings of the strip stage.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StripConfig {
    /// Consumers in this process; each owns some of the partitions.
    pub workers: usize,
    /// Names of further agencies, as a dateline prints them.
    pub agencies: Vec<String>,
    /// Learn what each source repeats on different articles, and take it out.
    pub memory: bool,
    /// How the stage takes its records: batches, retries, limits of what may be refused.
    #[serde(rename = "loop")]
    pub run: LoopConfig,
}

impl Default for StripConfig {
    fn default() -> Self {
        Self { workers: 1, agencies: Vec::new(), memory: true, run: LoopConfig::default() }
    }
}
