//! Instants as pages write them.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use regex::Regex;
use wiredesk_contract::Timestamp;

use crate::strip::conventions::months::{MONTH, number};
use crate::strip::pattern::pattern;

/// How exactly a page says when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    /// To the minute, with a zone.
    Instant(Timestamp, FixedOffset),
    /// To the minute, without one.
    Clock(NaiveDateTime),
    /// A day.
    Day(NaiveDate),
}

impl When {
    /// As an instant; what lacks a zone is taken to be in `zone`, a day to begin at midnight UTC.
    pub(crate) fn instant(self, zone: Option<FixedOffset>) -> Timestamp {
        match self {
            When::Instant(time, _) => time,
            When::Clock(clock) => zone
                .and_then(|zone| clock.and_local_timezone(zone).earliest())
                .map_or_else(|| clock.and_utc(), |time| time.with_timezone(&Utc)),
            When::Day(day) => day.and_time(NaiveTime::MIN).and_utc(),
        }
    }
}

const ZONED: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M %z",
    "%Y%m%dT%H%M%S%z",
    "%Y-%m-%dT%H:%M:%S%.f %z",
    "%Y/%m/%d %H:%M:%S %z",
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M %z",
];
const CLOCKS: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y%m%dT%H%M%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y, %H:%M",
    "%d/%m/%Y %H:%M",
    "%Y.%m.%d %H:%M",
    "%Y%m%d%H%M%S",
    "%Y.%m.%d. %H:%M",
    "%a, %d %b %Y %H:%M:%S",
    "%B %d, %Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%B %d, %Y %I:%M %p",
    "%b %d, %Y %I:%M %p",
];
const DAYS: &[&str] = &["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%d/%m/%Y", "%Y.%m.%d", "%Y.%m.%d."];

/// Abbreviations of zones that mean one thing.
const ZONES: &[(&str, &str)] = &[
    (" UTC", "+00:00"),
    (" GMT", "+00:00"),
    (" EDT", "-04:00"),
    (" EST", "-05:00"),
    (" CDT", "-05:00"),
    (" PDT", "-07:00"),
    (" PST", "-08:00"),
    (" CEST", "+02:00"),
    (" CET", "+01:00"),
    (" MEZ", "+01:00"),
    (" MESZ", "+02:00"),
    (" JST", "+09:00"),
    (" KST", "+09:00"),
    (" WIB", "+07:00"),
    (" AEST", "+10:00"),
    (" MSK", "+03:00"),
    (" SAST", "+02:00"),
];

static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:(?P<d>\d{{1,2}})(?:er|\.|º|st|nd|rd|th)? ?(?:de |d['’]|of )?(?P<m>{MONTH})\.?,? ?(?:de )?(?P<y>\d{{4}})|(?P<m2>{MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>\d{{4}})|(?P<y3>\d{{4}}) ?[年년] ?(?P<m3>\d{{1,2}}) ?[月월] ?(?P<d3>\d{{1,2}}) ?[日일]|(?P<d4>\d{{1,2}})[./](?P<m4>\d{{1,2}})[./](?P<y4>20\d{{2}})|(?P<y5>20\d{{2}})[-./](?P<m5>\d{{1,2}})[-./](?P<d5>\d{{1,2}}))(?:\D{{0,12}}?(?P<h>\d{{1,2}})[:.h時](?P<min>\d{{2}})(?: ?(?P<half>[ap])\.?m)?)?"
    ))
});

/// Reads a declared time: RFC 3339 and its relatives, seconds or milliseconds since 1970, other common forms.
pub(crate) fn read(text: &str) -> Option<When> {
    let text = text.trim();
    if !(6..=64).contains(&text.len()) {
        return None;
    }
    let zoned = |time: DateTime<FixedOffset>| When::Instant(time.with_timezone(&Utc), *time.offset());
    if let Ok(time) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some(zoned(time));
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.len(), 10 | 13) {
        let number: i64 = text.parse().ok()?;
        let time = DateTime::from_timestamp_millis(if text.len() == 10 { number * 1000 } else { number })?;
        return Some(When::Instant(time, FixedOffset::east_opt(0)?));
    }
    let mut named = text.to_owned();
    for (name, offset) in ZONES {
        if let Some(head) = text.strip_suffix(name) {
            named = format!("{head} {offset}");
        }
    }
    // `Z` behind what RFC 3339 does not know, and offsets of hours alone.
    if let Some(head) = named.strip_suffix('Z') {
        named = format!("{head}+0000");
    }
    for form in ZONED {
        if let Ok(time) = DateTime::parse_from_str(&named, form) {
            return Some(zoned(time));
        }
    }
    for form in CLOCKS {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            return Some(When::Clock(time));
        }
    }
    for form in DAYS {
        if let Ok(day) = NaiveDate::parse_from_str(text, form) {
            return Some(When::Day(day));
        }
    }
    written(text)
}

/// A date in words or figures within a line: `28. April 2023, 17:30`.
pub(crate) fn written(text: &str) -> Option<When> {
    let found = WRITTEN.captures(text)?;
    let figure = |names: &[&str]| {
        names.iter().find_map(|n| found.name(n)).and_then(|m| m.as_str().parse::<u32>().ok())
    };
    let month = ["m", "m2"]
        .iter()
        .find_map(|n| found.name(n))
        .and_then(|m| number(m.as_str()))
        .or_else(|| figure(&["m3", "m4", "m5"]))?;
    let year = i32::try_from(figure(&["y", "y2", "y3", "y4", "y5"])?).ok()?;
    if !(1990..=2100).contains(&year) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(year, month, figure(&["d", "d2", "d3", "d4", "d5"])?)?;
    let clock = figure(&["h"]).zip(figure(&["min"])).and_then(|(hour, minute)| {
        let hour = match found.name("half").map(|h| h.as_str()) {
            Some("p" | "P") => hour % 12 + 12,
            Some(_) => hour % 12,
            None => hour,
        };
        day.and_hms_opt(hour, minute, 0)
    });
    Some(clock.map_or(When::Day(day), When::Clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_in_the_forms_of_pages() {
        for (given, wanted) in [
            ("2026-02-15T10:00:00+01:00", "2026-02-15T09:00:00+00:00"),
            ("2026-02-15T10:00:00.123Z", "2026-02-15T10:00:00.123+00:00"),
            ("2026-02-15 10:00:00 +01:00", "2026-02-15T09:00:00+00:00"),
            ("2026-02-15T10:00+0100", "2026-02-15T09:00:00+00:00"),
            ("Sun, 15 Feb 2026 10:00:00 GMT", "2026-02-15T10:00:00+00:00"),
            ("1771149600", "2026-02-15T10:00:00+00:00"),
            ("1771149600000", "2026-02-15T10:00:00+00:00"),
            ("2026-02-15 10:00", "2026-02-15T10:00:00+00:00"),
            ("2026-02-15", "2026-02-15T00:00:00+00:00"),
            ("15.02.2026, 10:00", "2026-02-15T10:00:00+00:00"),
            ("15. Februar 2026, 10:00 Uhr", "2026-02-15T10:00:00+00:00"),
            ("15 de febrero de 2026 10:00h", "2026-02-15T10:00:00+00:00"),
            ("February 15, 2026 10:00 pm", "2026-02-15T22:00:00+00:00"),
            ("2026年2月15日", "2026-02-15T00:00:00+00:00"),
        ] {
            assert_eq!(read(given).map(|w| w.instant(None).to_rfc3339()).as_deref(), Some(wanted), "{given}");
        }
        for none in ["", "yesterday", "99.99.2026", "12:30"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
