//! Configuration of the sample wire.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the sample wire is served.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Serve it at all, and read it.
    pub enabled: bool,
    /// Address to listen on; port 0 takes a free one.
    pub listen: String,
    /// Address under which other processes reach it, such as `http://sample-wire:8090`. Its links say so, and a fetcher in a process of
    /// its own polls it there; `wiredesk sample-wire` then serves health and metrics too. Without one, only `wiredesk run` polls it, at
    /// the address that it listens on.
    pub url: Option<String>,
    /// Seconds of the wire's clock in one second of wall time; greater than 0. Dates are computed with it under a manual
    /// clock too, so that a test that hurries sees no dates in the future, and embargoes that end soon.
    pub speed: f64,
    /// Moves release times by a few seconds.
    pub seed: u64,
    /// The clock stands still and is set by `POST /control/clock`.
    pub manual: bool,
    /// How long the embargoed item is under embargo, in seconds of the wire's clock, rounded up to a full
    /// minute of wall time.
    pub embargo_seconds: u32,
    /// Where the wall time of second 0 is kept, so that a restart goes on where it was.
    pub epoch_file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: "127.0.0.1:8090".to_owned(),
            url: None,
            speed: 1.0,
            seed: 1,
            manual: false,
            embargo_seconds: 120,
            epoch_file: None,
        }
    }
}
