//! Dates as wires write them: RFC 3339, RFC 822 and its many deviations, asctime, RFC 850, numeric forms, epochs; month
//! names in the languages of the wires; zone names; no zone at all, which is the source's own.

use chrono::{
    DateTime, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc,
};
use chrono_tz::Tz;
use wiredesk_contract::Timestamp;

/// The instant that `text` names; a date without a zone is in `zone`, and without that in UTC.
pub fn parse(text: &str, zone: Option<Tz>) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 {
        return None;
    }
    epoch(text).or_else(|| iso(text, zone)).or_else(|| free(text, zone)).filter(plausible)
}

/// The 14-digit local time that ends the path of links such as Europa Press's `…-20260302103000.html`.
pub fn of_link(link: &str, zone: Option<Tz>) -> Option<Timestamp> {
    let path = link.split(['?', '#']).next()?;
    let stem = path.rsplit('/').next()?;
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let digits = stem.rsplit(['-', '_']).next()?;
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    at(local, Zone::Own, zone).filter(plausible)
}

fn plausible(time: &Timestamp) -> bool {
    let year = chrono::Datelike::year(time);
    (1970..2200).contains(&year)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Zone {
    Own,
    Offset(i32),
    Named(Tz),
}

fn at(local: NaiveDateTime, zone: Zone, own: Option<Tz>) -> Option<Timestamp> {
    let in_zone = |tz: Tz| match tz.from_local_datetime(&local) {
        LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => Some(t.with_timezone(&Utc)),
        // In the hour that clocks skip: the instant an hour on.
        LocalResult::None => {
            tz.from_local_datetime(&(local + Duration::hours(1))).earliest().map(|t| t.with_timezone(&Utc))
        }
    };
    match zone {
        Zone::Offset(seconds) => {
            let offset = FixedOffset::east_opt(seconds)?;
            offset.from_local_datetime(&local).single().map(|t| t.with_timezone(&Utc))
        }
        Zone::Named(tz) => in_zone(tz),
        Zone::Own => own.map_or_else(|| Some(local.and_utc()), in_zone),
    }
}

fn epoch(text: &str) -> Option<Timestamp> {
    let digits = text.split_once('.').map_or(text, |(whole, _)| whole);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        9..=10 => DateTime::from_timestamp(number, 0),
        12..=13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
}

/// `2026-03-02T10:30:00+01:00` and its short, spaced, slashed and compact relatives.
fn iso(text: &str, own: Option<Tz>) -> Option<Timestamp> {
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
    let zone = if zone.trim().is_empty() { Zone::Own } else { zone_of(zone.trim())? };
    at(date.and_time(time), zone, own)
}

fn iso_date(text: &str) -> Option<(NaiveDate, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() >= 8 && bytes[..8].iter().all(u8::is_ascii_digit) {
        return Some((NaiveDate::parse_from_str(&text[..8], "%Y%m%d").ok()?, &text[8..]));
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

/// Everything with words in it, and dates in numbers with the day first.
fn free(text: &str, own: Option<Tz>) -> Option<Timestamp> {
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
            month = month.or(Some(found));
        } else if matches!(token.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.") {
            afternoon = Some(token.starts_with(['p', 'P']));
        } else if time.is_some()
            && let Some(found) = zone_of(token)
        {
            zone = found;
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

fn clock_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.trim_end_matches(['.', ',']).splitn(3, ':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second = parts.next().unwrap_or("0");
    let second: u32 = second.split(['.', ',', ':']).next()?.parse().ok()?;
    NaiveTime::from_hms_opt(hour % 24, minute, second.min(59))
}

fn zone_of(text: &str) -> Option<Zone> {
    let upper = text.to_ascii_uppercase();
    let name = upper.trim_end_matches('.');
    for prefix in ["GMT", "UTC"] {
        if let Some(rest) = name.strip_prefix(prefix)
            && rest.starts_with(['+', '-'])
        {
            return offset(rest);
        }
    }
    if name.starts_with(['+', '-', '\u{2212}']) {
        return offset(name);
    }
    let hours = |h: f32| Some(Zone::Offset((h * 3600.0) as i32));
    match name {
        "Z" | "GMT" | "UTC" | "UT" | "WET" => hours(0.0),
        "CET" | "MEZ" | "BST" | "WEST" => hours(1.0),
        "CEST" | "MESZ" | "EET" | "SAST" | "CAT" => hours(2.0),
        "EEST" | "MSK" | "EAT" | "TRT" => hours(3.0),
        "GST" => hours(4.0),
        "PKT" => hours(5.0),
        "IST" => hours(5.5),
        "WIB" => hours(7.0),
        "HKT" | "SGT" | "AWST" => hours(8.0),
        "JST" | "KST" => hours(9.0),
        "AEST" => hours(10.0),
        "AEDT" => hours(11.0),
        "NZST" => hours(12.0),
        "NZDT" => hours(13.0),
        "BRT" | "ART" | "ADT" | "CLST" => hours(-3.0),
        "EDT" | "AST" | "VET" | "CLT" | "BOT" => hours(-4.0),
        "EST" | "CDT" | "PET" | "COT" => hours(-5.0),
        "CST" | "MDT" => hours(-6.0),
        "MST" | "PDT" => hours(-7.0),
        "PST" | "AKDT" => hours(-8.0),
        "AKST" => hours(-9.0),
        "HST" => hours(-10.0),
        _ if text.contains('/') => text.parse().ok().map(Zone::Named),
        _ => None,
    }
}

/// `+0100`, `+01:00`, `+1`, `-5:30`.
fn offset(text: &str) -> Option<Zone> {
    let (sign, rest) = match text.chars().next()? {
        '+' => (1, &text[1..]),
        c => (-1, &text[c.len_utf8()..]),
    };
    let (hours, minutes): (i32, i32) = match rest.split_once(':') {
        Some((h, m)) => (h.parse().ok()?, m.parse().ok()?),
        None if rest.len() > 2 && rest.is_char_boundary(rest.len() - 2) => {
            let (h, m) = rest.split_at(rest.len() - 2);
            (h.parse().ok()?, m.parse().ok()?)
        }
        None => (rest.parse().ok()?, 0),
    };
    (hours <= 14 && (0..60).contains(&minutes)).then_some(Zone::Offset(sign * (hours * 3600 + minutes * 60)))
}

/// Month names and abbreviations of English, Spanish, French, Portuguese, Italian, German and Catalan.
fn month_of(token: &str) -> Option<u32> {
    const NAMES: [(&str, u32); 58] = [
        ("jan", 1),
        ("ene", 1),
        ("gen", 1),
        ("jän", 1),
        ("feb", 2),
        ("fev", 2),
        ("fév", 2),
        ("fèv", 2),
        ("mar", 3),
        ("mär", 3),
        ("mrz", 3),
        ("març", 3),
        ("apr", 4),
        ("abr", 4),
        ("avr", 4),
        ("may", 5),
        ("mai", 5),
        ("mag", 5),
        ("maig", 5),
        ("maj", 5),
        ("jun", 6),
        ("giu", 6),
        ("juin", 6),
        ("juny", 6),
        ("jul", 7),
        ("lug", 7),
        ("juil", 7),
        ("aug", 8),
        ("ago", 8),
        ("aoû", 8),
        ("aou", 8),
        ("sep", 9),
        ("set", 9),
        ("oct", 10),
        ("okt", 10),
        ("out", 10),
        ("ott", 10),
        ("nov", 11),
        ("dec", 12),
        ("dic", 12),
        ("déc", 12),
        ("dez", 12),
        ("des", 12),
        ("янв", 1),
        ("фев", 2),
        ("мар", 3),
        ("апр", 4),
        ("мая", 5),
        ("май", 5),
        ("июн", 6),
        ("июл", 7),
        ("авг", 8),
        ("сен", 9),
        ("окт", 10),
        ("ноя", 11),
        ("дек", 12),
        ("січ", 1),
        ("лют", 2),
    ];
    let lower = token.to_lowercase();
    let lower = lower.trim_end_matches('.');
    // "mar" and "mer" are also weekdays; a weekday comes first and its full name is longer or shorter.
    if ["martes", "mardi", "martedì", "mart", "marti"].contains(&lower) {
        return None;
    }
    NAMES.iter().find(|(name, _)| lower.starts_with(name)).map(|(_, month)| *month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_the_styles_of_the_wires() {
        let madrid = Some(chrono_tz::Europe::Madrid);
        for text in [
            "2026-03-02T09:30:00Z",
            "2026-03-02T10:30:00+01:00",
            "2026-03-02T10:30:00+0100",
            "2026-03-02 10:30:00",
            "2026-03-02 10:30",
            "2026-03-02T10:30:00.000",
            "20260302T103000",
            "20260302T093000Z",
            "2026/03/02 10:30",
            "Mon, 02 Mar 2026 09:30:00 GMT",
            "Mon, 2 Mar 2026 09:30:00 +0000",
            "02 Mar 2026 10:30:00 CET",
            "Monday, 02-Mar-26 09:30:00 GMT",
            "Mon Mar  2 09:30:00 2026 UTC",
            "Mon, 02 Mar 2026 10:30:00",
            "lun, 02 mar 2026 10:30:00 +0100",
            "lunes, 2 de marzo de 2026 10:30",
            "lundi 2 mars 2026 10:30",
            "Montag, 2. März 2026, 10:30 MEZ",
            "lunedì 2 marzo 2026 10:30",
            "segunda-feira, 2 março 2026 10:30",
            "dilluns, 2 de març de 2026 10:30",
            "02/03/2026 10:30",
            "02.03.2026 10:30",
            "March 2, 2026 10:30 AM",
            "Mon, 02 Mar 2026 04:30:00 EST",
            "2026-03-02 10:30:00 Europe/Madrid",
            "1772443800",
            "1772443800000",
            "Mon, 02 Mar 2026 09:30:00 Z",
            "Mon, 02 Mar 2026 11:30 GMT+2",
            "Mon, 02 Mar 2026 09:30:00 GMT ",
        ] {
            let found = parse(text, madrid).map(|t| t.to_rfc3339());
            assert_eq!(found.as_deref(), Some("2026-03-02T09:30:00+00:00"), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_zone_is_the_sources_and_without_that_utc() {
        assert_eq!(parse("2026-07-02 10:30", None).unwrap().to_rfc3339(), "2026-07-02T10:30:00+00:00");
        let summer = parse("2026-07-02 10:30", Some(chrono_tz::Europe::Madrid)).unwrap();
        assert_eq!(summer.to_rfc3339(), "2026-07-02T08:30:00+00:00");
        // 29 March 2026, 02:30, does not exist in Madrid; 25 October, 02:30, exists twice.
        assert!(parse("2026-03-29 02:30", Some(chrono_tz::Europe::Madrid)).is_some());
        let twice = parse("2026-10-25 02:30", Some(chrono_tz::Europe::Madrid)).unwrap();
        assert_eq!(twice.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "99/99/9999",
            "2026-13-40",
            "Mon, 32 Mar 2026 10:00 GMT",
            "10:30",
            "0000-00-00",
            "-1",
            "ñandú 2026",
            "2026-02-30T00:00:00Z",
        ] {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_link_may_hold_the_local_time() {
        let madrid = Some(chrono_tz::Europe::Madrid);
        let link = "https://wire.example/nacional/noticia-pleno-aprueba-cuentas-20260302103000.html?x=1";
        assert_eq!(of_link(link, madrid).unwrap().to_rfc3339(), "2026-03-02T09:30:00+00:00");
        for link in
            ["https://wire.example/a-2026.html", "https://wire.example/a-20269902103000.html", "", "-"]
        {
            assert_eq!(of_link(link, madrid), None, "{link}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}", digits in "[0-9 :,.+/TZ-]{0,30}") {
            parse(&text, Some(chrono_tz::Europe::Madrid));
            parse(&digits, None);
            of_link(&text, None);
        }
    }
}
