//! Embargo lines: until when a text must not be used.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use regex::Regex;
use wiredesk_contract::Timestamp;

use super::months::{MONTH, number};
use crate::strip::pattern::pattern;

static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:embargoed|embargad[oa]|embargat|embargo (?:hasta|until|till|bis|jusqu|fino|até|fins|para|for)|embargo ?[:-]|sperrfrist|sous embargo|sotto embargo|not for (?:release|publication) before)",
    )
});
static ISO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?"));
static HOUR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(\d{1,2})(?:[.:h](\d{2}))?\s*(?:h(?:oras|ores|eures|rs)?\b|uhr\b|ore\b|(?:GMT|UTC|CET)\b|(a\.?m|p\.?m)\b)|\b(\d{1,2})[.:h](\d{2})\b|(?i:ore|alle|às|à) (\d{1,2})\b",
    )
});
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(\d{{1,2}})(?:er|º|°|\.)?(?: de| d['’]| of)? ?({MONTH})\b\.?(?:,?(?: de| del)? (\d{{4}}))?|\b({MONTH})\b\.? (\d{{1,2}})(?:,? (\d{{4}}))?|\b(\d{{1,2}})[./](\d{{1,2}})[./](\d{{4}})"
    ))
});

/// Is this line an embargo?
pub(crate) fn is_embargo(line: &str) -> bool {
    line.chars().count() < 200 && OPENING.is_match(line)
}

/// The end of the embargo that the line names, in the wire's zone unless the line names UTC; without a day, the day of
/// `near` (or the next, where the hour has passed); `None` where it names no time.
pub(crate) fn until(line: &str, near: Timestamp, zone: Tz) -> Option<Timestamp> {
    if let Some(found) = ISO.captures(line) {
        let (day, time) = (found.get(1)?.as_str(), found.get(2)?.as_str());
        let naive = chrono::NaiveDateTime::parse_from_str(&format!("{day} {time}"), "%Y-%m-%d %H:%M").ok()?;
        return match found.get(3).map(|m| m.as_str()) {
            Some("Z") => Some(naive.and_utc()),
            Some(offset) => DateTime::parse_from_str(&format!("{day} {time} {offset}"), "%Y-%m-%d %H:%M %z")
                .ok()
                .map(|t| t.with_timezone(&Utc)),
            None => zone.from_local_datetime(&naive).earliest().map(|t| t.with_timezone(&Utc)),
        };
    }
    let day = DAY.captures(line);
    // The day is cut out first, so that its figures are not taken for the hour.
    let without = match day.as_ref().and_then(|d| d.get(0)) {
        Some(m) => format!("{} ; {}", &line[..m.start()], &line[m.end()..]),
        None => line.to_owned(),
    };
    let time = HOUR.captures(&without);
    if day.is_none() && time.is_none() {
        return None;
    }
    let figure =
        |found: &regex::Captures<'_>, at: usize| found.get(at).and_then(|m| m.as_str().parse::<u32>().ok());
    let (mut hour, minute) = time.as_ref().map_or((0, 0), |t| {
        let hour = figure(t, 1).or_else(|| figure(t, 4)).or_else(|| figure(t, 6)).unwrap_or(0);
        (hour, figure(t, 2).or_else(|| figure(t, 5)).unwrap_or(0))
    });
    if let Some(half) = time.as_ref().and_then(|t| t.get(3)) {
        hour = hour % 12 + if half.as_str().to_lowercase().starts_with('p') { 12 } else { 0 };
    }
    let utc = without.contains("GMT") || without.contains("UTC");
    let zone = if utc { chrono_tz::UTC } else { zone };
    let today = near.with_timezone(&zone).date_naive();
    let at = |date: NaiveDate| {
        let extra = if hour == 24 { Duration::days(1) } else { Duration::zero() };
        let naive = date.and_hms_opt(hour % 24, minute, 0)? + extra;
        zone.from_local_datetime(&naive).earliest().map(|t| t.with_timezone(&Utc))
    };
    let Some(day) = day else {
        return [today, today + Duration::days(1)].into_iter().filter_map(at).find(|t| *t >= near);
    };
    let word = |at: usize| day.get(at).and_then(|m| number(m.as_str()));
    let date = figure(&day, 1).or_else(|| figure(&day, 5)).or_else(|| figure(&day, 7))?;
    let month = word(2).or_else(|| word(4)).or_else(|| figure(&day, 8))?;
    let year = [3, 6, 9].into_iter().find_map(|at| figure(&day, at)).and_then(|y| i32::try_from(y).ok());
    match year {
        Some(year) => at(NaiveDate::from_ymd_opt(year, month, date)?),
        // An embargo lies ahead, or not far behind.
        None => (0..=1)
            .filter_map(|ahead| NaiveDate::from_ymd_opt(today.year() + ahead, month, date))
            .find(|date| *date >= today - Duration::days(30))
            .and_then(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embargoes_in_seven_languages() {
        let near = Utc.with_ymd_and_hms(2026, 11, 24, 9, 0, 0).unwrap();
        let wanted = Utc.with_ymd_and_hms(2026, 11, 24, 19, 0, 0).unwrap();
        for line in [
            "EMBARGO HASTA LAS 20.00 HORAS DEL 24 NOV",
            "EMBARGO HASTA LAS 20.00 HORAS DEL 24 DE NOVIEMBRE DE 2026",
            "EMBARGADO HASTA LAS 20:00 HORAS",
            "EMBARGOED UNTIL 2026-11-24T19:00Z",
            "Embargoed until Nov. 24, 7 p.m. GMT",
            "SPERRFRIST: 24. November 2026, 20.00 Uhr",
            "Sperrfrist 24.11.2026 20:00 Uhr",
            "SOUS EMBARGO JUSQU'AU 24 NOVEMBRE À 20H00",
            "EMBARGO FINO ALLE ORE 20 DEL 24 NOVEMBRE",
            "EMBARGO ATÉ ÀS 20h00 DE 24 DE NOVEMBRO",
            "EMBARGAT FINS A LES 20.00 HORES DEL 24 DE NOVEMBRE",
        ] {
            // `EMBARGAT` and `EMBARGO` both open an embargo.
            assert!(is_embargo(line), "{line}");
            assert_eq!(until(line, near, chrono_tz::Europe::Madrid), Some(wanted), "{line}");
        }
        assert!(!is_embargo("El embargo de la vivienda fue anulado"));
    }
}
