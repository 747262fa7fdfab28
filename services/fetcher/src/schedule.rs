//! When to ask again: a pure function of what was answered.

use chrono::{DateTime, Duration, Utc};
use wiredesk_contract::Timestamp;

/// What is known when a poll has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Seconds between two polls, as configured.
    pub interval_seconds: u32,
    /// The operator named the interval for this source: the feed's `ttl` does not overrule it.
    pub named: bool,
    /// The feed's `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// Failures in a row; 0 after a success.
    pub failures: u32,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// Longest pause after failures, in seconds.
    pub max_backoff_seconds: u32,
}

/// Longest `ttl` that is believed, in minutes: a wire that says more is not asked less.
const MAX_TTL_MINUTES: u32 = 60;
/// Longest `Retry-After` that is obeyed, in seconds: 88 hours were seen in the wild.
const MAX_RETRY_AFTER: u64 = 24 * 3600;

/// When to ask again; `random` is in [0, 1). Successes are spread by a tenth of the interval to either side; failures back
/// off exponentially with full jitter, never sooner than the interval; `Retry-After` is never undercut.
pub fn next_poll(now: Timestamp, pace: &Pace, random: f64) -> Timestamp {
    let interval = f64::from(pace.interval_seconds.max(1));
    let ttl = pace.ttl_minutes.filter(|_| !pace.named).map_or(0, |m| m.min(MAX_TTL_MINUTES) * 60);
    let interval = interval.max(f64::from(ttl));
    let seconds = if pace.failures == 0 {
        interval * (0.9 + 0.2 * random)
    } else {
        let longest = interval * 2_f64.powi(i32::try_from(pace.failures.min(20)).unwrap_or(20));
        let longest = longest.min(f64::from(pace.max_backoff_seconds)).max(interval);
        interval + (longest - interval) * random
    };
    let asked = pace.retry_after.unwrap_or(0).min(MAX_RETRY_AFTER) as f64;
    // Not all at once when the time that a server named is over.
    let seconds = if asked > seconds { asked + interval * 0.2 * random } else { seconds };
    now + Duration::milliseconds((seconds * 1000.0) as i64)
}

/// `Retry-After` in seconds from now: a number, or an HTTP date.
pub fn retry_after(text: &str, now: Timestamp) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds);
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    u64::try_from((date - now).num_seconds()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: &Pace, random: f64) -> i64 {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        (next_poll(now, pace, random) - now).num_seconds()
    }

    #[test]
    fn the_pace_of_polls() {
        let calm = Pace {
            interval_seconds: 100,
            named: false,
            ttl_minutes: None,
            failures: 0,
            retry_after: None,
            max_backoff_seconds: 1000,
        };
        let with = |change: fn(&mut Pace)| {
            let mut pace = calm.clone();
            change(&mut pace);
            (seconds(&pace, 0.0), seconds(&pace, 0.5), seconds(&pace, 1.0))
        };
        for (name, got, expected) in [
            ("spread", with(|_| {}), (90, 100, 110)),
            ("ttl is a floor", with(|p| p.ttl_minutes = Some(10)), (540, 600, 660)),
            ("a foolish ttl is not", with(|p| p.ttl_minutes = Some(100_000)), (3240, 3600, 3960)),
            (
                "an interval that the operator named wins",
                with(|p| (p.ttl_minutes, p.named) = (Some(10), true)),
                (90, 100, 110),
            ),
            ("one failure", with(|p| p.failures = 1), (100, 150, 200)),
            ("three", with(|p| p.failures = 3), (100, 450, 800)),
            ("many", with(|p| p.failures = 1000), (100, 550, 1000)),
            ("asked to wait", with(|p| (p.failures, p.retry_after) = (1, Some(5000))), (5000, 5010, 5020)),
            ("asked to wait for less", with(|p| p.retry_after = Some(5)), (90, 100, 110)),
            ("asked to wait for ever", with(|p| p.retry_after = Some(u64::MAX)), (86_400, 86_410, 86_420)),
        ] {
            assert_eq!(got, expected, "{name}");
        }
    }

    #[test]
    fn both_forms_of_retry_after() {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(120));
        assert_eq!(retry_after("Mon, 02 Mar 2026 09:31:00 GMT", now), Some(60));
        assert_eq!(retry_after("Mon, 02 Mar 2026 09:00:00 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
