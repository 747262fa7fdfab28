//! Waiting after failures: exponential with full jitter, and what `Retry-After` asks for.

use wiredesk_contract::Timestamp;

use super::floor::http_date;

/// Seconds to wait after so many failures in a row; `random` is in [0, 1). Never less than `least`; the span from there
/// to the longest wait doubles with each failure and is drawn from evenly, so that what failed together does not come
/// back together.
pub fn seconds(least: f64, failures: u32, most: f64, random: f64) -> f64 {
    let doubled = least * 2_f64.powi(i32::try_from(failures.min(30)).unwrap_or(30));
    let longest = doubled.min(most).max(least);
    least + (longest - least) * random
}

/// Not sooner than a server asked for, and not all at the moment it named: up to a tenth later, a minute at least.
pub fn obey(wait: f64, asked: Option<u64>, most: u32, random: f64) -> f64 {
    let asked = asked.unwrap_or(0).min(u64::from(most)) as f64;
    if asked > 0.0 { wait.max(asked + (asked * 0.1).max(60.0) * random) } else { wait }
}

/// `Retry-After` in seconds from now: a number, or an HTTP date.
pub fn retry_after(text: &str, now: Timestamp) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds);
    }
    // A date has whole seconds: rounded up, so that we are never early.
    let millis = (http_date(text)? - now).num_milliseconds();
    u64::try_from(millis).ok().map(|m| m.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn failures_back_off() {
        for (name, failures, expected) in [
            ("one", 1, (100.0, 150.0, 200.0)),
            ("three", 3, (100.0, 450.0, 800.0)),
            ("many", 1000, (100.0, 550.0, 1000.0)),
        ] {
            let at = |random| seconds(100.0, failures, 1000.0, random);
            assert_eq!((at(0.0), at(0.5), at(1.0)), expected, "{name}");
        }
        assert_eq!(seconds(5000.0, 3, 1000.0, 1.0), 5000.0, "never sooner than the usual pause");
    }

    #[test]
    fn what_was_asked_for_is_never_undercut() {
        for (name, wait, asked, expected) in [
            ("nothing", 100.0, None, (100.0, 100.0)),
            ("less", 100.0, Some(5), (100.0, 100.0)),
            ("more", 100.0, Some(5000), (5000.0, 5500.0)),
            ("for ever", 100.0, Some(u64::MAX), (86_400.0, 95_040.0)),
        ] {
            assert_eq!((obey(wait, asked, 86_400, 0.0), obey(wait, asked, 86_400, 1.0)), expected, "{name}");
        }
    }

    #[test]
    fn both_forms_of_retry_after() {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(120));
        assert_eq!(retry_after("Mon, 02 Mar 2026 09:31:00 GMT", now), Some(60));
        assert_eq!(retry_after("Monday, 02-Mar-26 09:31:00 GMT", now), Some(60));
        let later = now + chrono::Duration::milliseconds(400);
        assert_eq!(retry_after("Mon, 02 Mar 2026 09:31:00 GMT", later), Some(60));
        assert_eq!(retry_after("Mon, 02 Mar 2026 09:00:00 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
