//! How seldom a source asks to be asked: `ttl`, `sy:updatePeriod`, `skipHours` and `skipDays` in the document,
//! `Cache-Control` and `Expires` in the answer.

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};
use wiredesk_contract::Timestamp;

use crate::read::FeedMeta;

/// What a document asks for; kept between polls, because a 304 does not repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asks {
    /// Seconds between two polls.
    pub seconds: u32,
    /// Hours of the day, UTC.
    pub hours: Vec<u8>,
    /// Days of the week, UTC; 0 is Monday.
    pub days: Vec<u8>,
}

impl Asks {
    /// What a document says: the longer of `ttl` and `sy:updatePeriod`. Hours and days that leave none are not believed.
    pub fn of(meta: &FeedMeta) -> Self {
        let minutes = meta.ttl_minutes.unwrap_or(0).max(meta.update_minutes.unwrap_or(0));
        let clean = |given: &[u8], all: u8| {
            let mut known: Vec<u8> = given.iter().map(|h| h % all.max(1)).collect();
            known.sort_unstable();
            known.dedup();
            if known.len() < usize::from(all) { known } else { Vec::new() }
        };
        Self {
            seconds: minutes.saturating_mul(60),
            hours: clean(&meta.skip_hours, 24),
            days: clean(&meta.skip_days, 7),
        }
    }

    /// Does it ask to be left alone at this time?
    pub fn skips(&self, at: Timestamp) -> bool {
        self.hours.iter().any(|h| u32::from(*h) == at.hour())
            || self.days.iter().any(|d| u32::from(*d) == at.weekday().num_days_from_monday())
    }

    /// The first time from `at` on at which it may be asked: within eight days.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        let mut open = at;
        for _ in 0..8 * 24 {
            if !self.skips(open) {
                break;
            }
            let past = i64::from(open.minute() * 60 + open.second());
            open += Duration::seconds(3600 - past);
        }
        open
    }
}

/// For how many seconds an answer is fresh: `max-age` (less the `Age` is not told to us), else `Expires` after `Date`.
pub fn cached_seconds(
    cache_control: Option<&str>,
    expires: Option<&str>,
    date: Option<&str>,
    now: Timestamp,
) -> u32 {
    let directives = cache_control.unwrap_or_default().to_ascii_lowercase();
    let mut max_age = None;
    for directive in directives.split(',').map(str::trim) {
        if matches!(directive, "no-cache" | "no-store") {
            return 0;
        }
        if let Some(seconds) = directive.strip_prefix("max-age=") {
            max_age = seconds.trim_matches('"').parse::<u32>().ok();
        }
    }
    if let Some(seconds) = max_age {
        return seconds;
    }
    let Some(expires) = expires.and_then(http_date) else { return 0 };
    // By the server's own clock where it tells it.
    let from = date.and_then(http_date).unwrap_or(now);
    u32::try_from((expires - from).num_seconds().max(0)).unwrap_or(u32::MAX)
}

/// A date of HTTP in any of its three forms (RFC 9110, 5.6.7).
pub fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.with_timezone(&Utc));
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y", "%a, %d-%b-%Y %H:%M:%S GMT"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|naive| naive.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        DateTime::from_timestamp(1_772_443_800, 0).unwrap() // Monday, 2 March 2026, 09:30 UTC
    }

    #[test]
    fn how_long_an_answer_is_fresh() {
        for (control, expires, date, seconds) in [
            (Some("public, max-age=300"), Some("Mon, 02 Mar 2026 10:30:00 GMT"), None, 300),
            (Some("max-age=\"60\", must-revalidate"), None, None, 60),
            (Some("no-cache, max-age=300"), None, None, 0),
            (Some("s-maxage=5"), None, None, 0),
            (None, Some("Mon, 02 Mar 2026 09:40:00 GMT"), None, 600),
            // Its clock is an hour late.
            (None, Some("Mon, 02 Mar 2026 08:40:00 GMT"), Some("Mon, 02 Mar 2026 08:30:00 GMT"), 600),
            (None, Some("Monday, 02-Mar-26 09:31:00 GMT"), None, 60),
            (None, Some("Mon Mar  2 09:31:00 2026"), None, 60),
            (None, Some("0"), None, 0),
            (None, Some("Thu, 01 Jan 1970 00:00:00 GMT"), None, 0),
            (None, None, None, 0),
        ] {
            assert_eq!(
                cached_seconds(control, expires, date, now()),
                seconds,
                "{control:?} {expires:?} {date:?}"
            );
        }
    }

    #[test]
    fn hours_and_days_of_rest() {
        let meta = FeedMeta {
            ttl_minutes: Some(2),
            update_minutes: Some(10),
            skip_hours: vec![9, 10, 24],
            skip_days: vec![6],
            ..FeedMeta::default()
        };
        let asks = Asks::of(&meta);
        assert_eq!((asks.seconds, asks.hours.as_slice()), (600, [0, 9, 10].as_slice()));
        assert!(asks.skips(now()));
        assert_eq!(asks.next_open(now()), now() + Duration::minutes(90));
        let saturday_evening = now() + Duration::days(5) + Duration::hours(14);
        assert_eq!(asks.next_open(saturday_evening), saturday_evening);
        let sunday = saturday_evening + Duration::hours(1);
        assert_eq!(asks.next_open(sunday).weekday(), chrono::Weekday::Mon);
        let never = Asks::of(&FeedMeta { skip_hours: (0..24).collect(), ..FeedMeta::default() });
        assert!(!never.skips(now()), "a feed that is never to be asked is not believed");
    }
}
