//! Dates with words in them, and dates in numbers with the day first.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use wiredesk_contract::Timestamp;

use super::month::month_of;
use super::zone::zone_of;
use super::{Zone, at, clock_time};

/// Everything with words in it, and dates in numbers with the day first.
pub(super) fn parse(text: &str, own: Option<Tz>) -> Option<Timestamp> {
    let (mut day, mut month, mut year) = (None, None, None);
    let (mut time, mut zone, mut afternoon) = (None, Zone::Own, None);
    let spaced: String = text.chars().map(|c| if ",()".contains(c) { ' ' } else { c }).collect();
    for token in spaced.split_whitespace() {
        if token.contains(':') && token.as_bytes()[0].is_ascii_digit() && time.is_none() {
            let end = token.find(|c: char| !(c.is_ascii_digit() || ":.".contains(c))).unwrap_or(token.len());
            time = Some(clock_time(&token[..end])?);
            if end < token.len() {
                zone = zone_of(&token[end..])?;
            }
        } else if let Some((d, m, y)) = date_in_one(token) {
            (day, month, year) = (Some(d), Some(m), Some(y));
        } else if let Ok(number) = token.trim_end_matches(['.', 'º', 'ª']).parse::<i32>()
            && !token.starts_with(['+', '-'])
        {
            match number {
                1..=31 if day.is_none() => day = number.try_into().ok(),
                _ if year.is_none() => year = Some(full_year(number, token.len())?),
                _ => return None,
            }
        } else if let Some(found) = month_of(token) {
            // In "mar, 10 feb 2026" the first is a Tuesday.
            if month.is_none() || year.is_none() {
                month = Some(found);
            }
        } else if matches!(token.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.") {
            afternoon = Some(token.starts_with(['p', 'P']));
        } else if time.is_some()
            && let Some(found) = zone_of(token)
        {
            // In "+0200 (UTC)" the number is right, and in "GMT +0200" too.
            if zone == Zone::Own || token.starts_with(['+', '-']) {
                zone = found;
            }
        }
    }
    let date = NaiveDate::from_ymd_opt(year?, month?, day?)?;
    let mut time = time.unwrap_or(NaiveTime::MIN);
    if let Some(afternoon) = afternoon {
        let hour = chrono::Timelike::hour(&time) % 12 + if afternoon { 12 } else { 0 };
        time = chrono::Timelike::with_hour(&time, hour)?;
    }
    at(date.and_time(time), zone, own)
}

/// `06-Nov-94`, `2/3/2026`, `02.03.2026`: day, month, year.
fn date_in_one(token: &str) -> Option<(u32, u32, i32)> {
    let mut parts = token.split(['-', '/', '.']).filter(|p| !p.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let day: u32 = first.parse().ok()?;
    let year = full_year(third.parse().ok()?, third.len())?;
    let month = match second.parse::<u32>() {
        Ok(month) => month,
        Err(_) => month_of(second)?,
    };
    // 12/25/2026 can only be American.
    Some(if month > 12 && day <= 12 { (month, day, year) } else { (day, month, year) })
}

fn full_year(number: i32, digits: usize) -> Option<i32> {
    match (digits, number) {
        (4, 1900..) => Some(number),
        (2, 0..=68) => Some(2000 + number),
        (2, 69..=99) => Some(1900 + number),
        _ => None,
    }
}
