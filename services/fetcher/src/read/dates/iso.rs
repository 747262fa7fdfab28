//! Dates that begin with the year.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use wiredesk_contract::Timestamp;

use super::zone::zone_of;
use super::{Zone, at, clock_time};

/// `2026-03-02T10:30:00+01:00` and its short, spaced, slashed and compact relatives.
pub(super) fn parse(text: &str, own: Option<Tz>) -> Option<Timestamp> {
    let (date, rest) = iso_date(text)?;
    let rest = rest.trim_start_matches(['T', 't', ',']).trim_start();
    if rest.is_empty() {
        return at(date.and_time(NaiveTime::MIN), Zone::Own, own);
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || ":.,".contains(c))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let time = match clock.len() {
        4 if !clock.contains(':') => NaiveTime::parse_from_str(clock, "%H%M").ok()?,
        6 if !clock.contains(':') => NaiveTime::parse_from_str(clock, "%H%M%S").ok()?,
        _ => clock_time(clock)?,
    };
    let zone = match zone.trim() {
        "" => Zone::Own,
        // A name that nobody knows is no zone; anything else is no date.
        text => zone_of(text).or(text.starts_with(|c: char| c.is_alphabetic()).then_some(Zone::Own))?,
    };
    at(date.and_time(time), zone, own)
}

fn iso_date(text: &str) -> Option<(NaiveDate, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() >= 8 && bytes[..8].iter().all(u8::is_ascii_digit) {
        return Some((NaiveDate::parse_from_str(&text[..8], "%Y%m%d").ok()?, &text[8..]));
    }
    if bytes.len() == 4 && bytes.iter().all(u8::is_ascii_digit) {
        return Some((NaiveDate::from_ymd_opt(text.parse().ok()?, 1, 1)?, ""));
    }
    if bytes.len() < 7
        || !bytes[..4].iter().all(u8::is_ascii_digit)
        || !matches!(bytes[4], b'-' | b'/' | b'.')
    {
        return None;
    }
    let separator = bytes[4] as char;
    let year: i32 = text[..4].parse().ok()?;
    let rest = &text[5..];
    let month_end = rest.find(|c: char| !c.is_ascii_digit())?;
    if !rest[month_end..].starts_with(separator) {
        return (rest.len() == month_end)
            .then(|| NaiveDate::from_ymd_opt(year, rest.parse().ok()?, 1))
            .flatten()
            .map(|d| (d, ""));
    }
    let month: u32 = rest[..month_end].parse().ok()?;
    let rest = &rest[month_end + 1..];
    let day_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let day: u32 = rest[..day_end].parse().ok()?;
    Some((NaiveDate::from_ymd_opt(year, month, day)?, &rest[day_end..]))
}
