//! Settings of the stories stage.

use chrono::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_runtime::LoopConfig;

/// Settings of the stories stage.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Hours after which an item that is as like a story as before counts half.
    pub half_life_hours: u32,
    /// Hours after its newest item for which a story takes new ones; also how far a restart loads back.
    pub open_hours: u32,
    /// Least likeness, 0 to 1, at which an item joins a story in its own language. Higher is more precise.
    pub threshold: f32,
    /// Least likeness at which an item joins a story told in other languages only.
    pub cross_threshold: f32,
    /// Most items of a story: one that grows beyond is a theme, not a story, and takes no more.
    pub max_items: u32,
    /// How the stage takes its records: batches, retries, limits of what may be refused.
    #[serde(rename = "loop")]
    pub run: LoopConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            half_life_hours: 72,
            open_hours: 168,
            threshold: 0.30,
            cross_threshold: 0.22,
            max_items: 1_000,
            run: LoopConfig::default(),
        }
    }
}

impl Config {
    /// [`Config::open_hours`] as a duration.
    pub fn open(&self) -> Duration {
        Duration::hours(i64::from(self.open_hours))
    }

    /// [`Config::half_life_hours`] in hours, at least one.
    pub fn half_life(&self) -> f32 {
        self.half_life_hours.max(1) as f32
    }
}
