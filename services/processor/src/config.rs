//! What an operator may set about the processor.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_runtime::LoopConfig;

/// The processor.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How often ended embargoes and late dispatches are looked for, in milliseconds.
    pub release_every_ms: u64,
    /// Most items released or linked in one transaction.
    pub release_batch: u32,
    /// How long items keep their words.
    pub retention: RetentionConfig,
    /// What is found in an item, and for how long it is looked.
    pub enrich: EnrichConfig,
    /// How the stage takes its records: batches, retries, limits of what may be refused.
    pub run: LoopConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            release_every_ms: 1_000,
            release_batch: 200,
            retention: RetentionConfig::default(),
            enrich: EnrichConfig::default(),
            run: LoopConfig::default(),
        }
    }
}

/// How long items keep their words; a source's `retention_days` overrules it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionConfig {
    /// Days; 0 keeps them for ever, else 8 is the least, since the topics keep items for a week.
    pub days: u32,
    /// How often it is looked for what is past it, in seconds.
    pub every_seconds: u64,
    /// Most items that lose their words in one transaction.
    pub batch: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { days: 0, every_seconds: 3_600, batch: 200 }
    }
}

/// Enrichment.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnrichConfig {
    /// What each enrichment of an item may take, in milliseconds; an item goes out without one that takes longer, and says so.
    pub budget_ms: u64,
    /// Folder of a model for the engine `onnx`, which then finds the entities; only in a build with the feature `onnx`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onnx: Option<PathBuf>,
}

impl Default for EnrichConfig {
    fn default() -> Self {
        Self { budget_ms: crate::enrich::engine::BUDGET.as_millis() as u64, onnx: None }
    }
}
