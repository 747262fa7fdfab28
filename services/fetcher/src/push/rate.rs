//! How often each source may send: a bucket of tokens for each, with the time passed in.

use std::collections::BTreeMap;

use wiredesk_contract::Timestamp;

/// The buckets of all sources.
#[derive(Clone, Debug)]
pub struct Rates {
    per_second: f64,
    burst: f64,
    buckets: BTreeMap<String, (f64, Timestamp)>,
}

impl Rates {
    /// Buckets of `burst` documents that fill with `per_second`.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second: f64::from(per_second), burst: f64::from(burst), buckets: BTreeMap::new() }
    }

    /// Takes a token of a source's bucket.
    ///
    /// # Errors
    /// The seconds until there is one, at least 1.
    pub fn take(&mut self, source: &str, now: Timestamp) -> Result<(), u64> {
        let (tokens, last) = self.buckets.get(source).copied().unwrap_or((self.burst, now));
        // A clock that was set back fills nothing.
        let passed = (now - last).num_milliseconds().max(0) as f64 / 1000.0;
        let tokens = (tokens + passed * self.per_second).min(self.burst);
        let (left, answer) = if tokens >= 1.0 {
            (tokens - 1.0, Ok(()))
        } else {
            (tokens, Err(((1.0 - tokens) / self.per_second).ceil().max(1.0) as u64))
        };
        self.buckets.insert(source.to_owned(), (left, now));
        answer
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    #[test]
    fn a_burst_then_the_rate() {
        let start = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        let after = |ms: i64| start + Duration::milliseconds(ms);
        let mut rates = Rates::new(2, 3);
        for (ms, source, expected) in [
            (0, "a", Ok(())),
            (0, "a", Ok(())),
            (0, "a", Ok(())),
            (0, "a", Err(1)),
            // Another source has a bucket of its own.
            (0, "b", Ok(())),
            (499, "a", Err(1)),
            (500, "a", Ok(())),
            (500, "a", Err(1)),
            (-60_000, "a", Err(1)),
            (3_600_000, "a", Ok(())),
            (3_600_000, "a", Ok(())),
            (3_600_000, "a", Ok(())),
            (3_600_000, "a", Err(1)),
        ] {
            assert_eq!(rates.take(source, after(ms)), expected, "at {ms} ms, {source}");
        }
    }
}
