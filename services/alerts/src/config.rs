//! How saved searches are sent.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_net::NetConfig;

/// `[alerts]`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Tries of an item until it is given up.
    pub tries: i32,
    /// The wait after the first failed try, in seconds; each further one is three times as long, an hour at the most.
    pub first_wait_seconds: u32,
    /// Limits of the client that sends; `allow` names the networks of your own that alerts may be sent to.
    pub net: NetConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self { tries: 8, first_wait_seconds: 5, net: NetConfig::default() }
    }
}

/// Why alerts cannot be sent as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No try at all.
    #[error("alerts.tries is {0}; the least is 1")]
    Tries(i32),
}

impl ConfigError {
    /// A configuration stays as it is written.
    pub fn is_transient(self) -> bool {
        false
    }
}

/// The longest wait between two tries.
const LONGEST: i64 = 3600;

impl Config {
    /// Is it usable as written?
    ///
    /// # Errors
    /// [`ConfigError`] with what to do.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.tries < 1 { Err(ConfigError::Tries(self.tries)) } else { Ok(()) }
    }

    /// The wait after `failures` failed tries.
    pub fn wait(&self, failures: i32) -> TimeDelta {
        let times = 3i64.saturating_pow(u32::try_from(failures - 1).unwrap_or_default());
        let seconds = i64::from(self.first_wait_seconds).saturating_mul(times);
        TimeDelta::seconds(seconds.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let config = Config::default();
        let waits: Vec<i64> = [1, 2, 3, 7, 100].map(|n| config.wait(n).num_seconds()).to_vec();
        assert_eq!(waits, [5, 15, 45, 3600, 3600]);
        assert!(Config { tries: 0, ..config }.check().is_err());
    }
}
