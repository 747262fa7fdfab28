//! A source that answers and says nothing new: the newest item is older than five of its usual gaps.

use wiredesk_contract::Timestamp;

use super::rhythm::Rhythm;

/// So many items should have come.
const GAPS: f64 = 5.0;
/// Shortest silence that is told, in seconds.
const LEAST: f64 = 3600.0;

/// Since when it is silent; `last` is when the last new item came or was dated. Nights are reckoned with: what counts is
/// how many items are usual in the hours that have passed. Once silent, it is until something comes.
pub fn silent_since(
    before: Option<Timestamp>,
    arrived: bool,
    last: Option<Timestamp>,
    rhythm: &Rhythm,
    now: Timestamp,
) -> Option<Timestamp> {
    if arrived {
        return None;
    }
    if before.is_some() {
        return before;
    }
    let last = last?;
    let seconds = (now - last).num_milliseconds() as f64 / 1000.0;
    let average = rhythm.average();
    if seconds < LEAST || seconds * average < GAPS {
        return None;
    }
    let days = 3.0 * 86_400.0;
    let expected = rhythm.expected(last, now) + (seconds - days).max(0.0) * average;
    (expected >= GAPS).then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Duration};

    #[test]
    fn silence_is_five_usual_gaps() {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        let rhythm = |a_day: f64| Rhythm::guess(a_day / 86_400.0, 864_000.0, now);
        let ago = |minutes: i64| Some(now - Duration::minutes(minutes));
        for (name, a_day, before, arrived, last, silent) in [
            ("six gaps of an hour", 24.0, None, false, ago(360), true),
            ("four", 24.0, None, false, ago(240), false),
            ("a busy wire that pauses", 1000.0, None, false, ago(30), false),
            ("a busy wire for two hours", 1000.0, None, false, ago(120), true),
            ("a feed that ended years ago", 10.0, None, false, ago(1_000_000), true),
            ("it spoke again", 24.0, ago(60), true, ago(0), false),
            ("it is silent until it speaks", 0.001, ago(60), false, ago(400), true),
            ("nothing is known", 24.0, None, false, None, false),
        ] {
            let found = silent_since(before, arrived, last, &rhythm(a_day), now);
            assert_eq!(found.is_some(), silent, "{name}");
        }
    }
}
