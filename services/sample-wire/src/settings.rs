//! What the copy, its addresses and its dates are computed from.

use chrono::{Duration, DurationRound};
use serde::{Deserialize, Serialize};
use wiredesk_contract::Timestamp;

/// Everything that the wires' documents and the manifest depend on: equal settings give equal bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Scheme, host and port, without a slash at the end, such as `http://127.0.0.1:8090`.
    pub base_url: String,
    /// Wall time of second 0, in whole seconds.
    pub epoch: Timestamp,
    /// Seconds of the wire's clock in one second of wall time; under a manual clock, what dates are computed with.
    pub speed: f64,
    /// Moves release times by a few seconds.
    pub seed: u64,
    /// Length of the embargo in seconds of the wire's clock.
    pub embargo_seconds: u32,
}

impl Settings {
    /// Settings at speed 1, seed 1.
    pub fn new(base_url: &str, epoch: Timestamp) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            epoch,
            speed: 1.0,
            seed: 1,
            embargo_seconds: 120,
        }
    }

    /// Wall time of second `at`, in whole seconds.
    pub fn wall(&self, at: i64) -> Timestamp {
        let seconds = if self.speed > 0.0 { (at as f64 / self.speed).round() as i64 } else { at };
        self.epoch + Duration::seconds(seconds)
    }

    /// Wall time at which an embargo of copy released at second `at` ends: a full minute, as agencies give it.
    pub fn embargo_end(&self, at: i64) -> Timestamp {
        let end = self.wall(at + i64::from(self.embargo_seconds));
        match end.duration_trunc(Duration::minutes(1)) {
            Ok(minute) if minute < end => minute + Duration::minutes(1),
            Ok(minute) => minute,
            Err(_) => end,
        }
    }
}
