//! Dates as wires write them: RFC 3339, RFC 822 and its many deviations, asctime, RFC 850, numeric forms, epochs; month
//! names in the languages of the wires; zone names; no zone at all, which is the source's own.

mod free;
mod iso;
mod month;
mod zone;

use std::borrow::Cow;

use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use wiredesk_contract::Timestamp;

/// The instant that `text` names; a date without a zone is in `zone`, and without that in UTC.
pub fn parse(text: &str, zone: Option<Tz>) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 160 {
        return None;
    }
    let text = plain(text);
    // RFC 9557 names the zone in brackets after the offset.
    let text = text.split('[').next().unwrap_or_default().trim();
    epoch(text).or_else(|| iso::parse(text, zone)).or_else(|| free::parse(text, zone)).filter(plausible)
}

/// The same with digits of ASCII and the marks of East Asian dates as separators.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let east = text.contains(['年', '년']);
    let mut out = String::with_capacity(text.len());
    let mut aside = false;
    for c in text.chars() {
        match c {
            '\u{660}'..='\u{669}' => out.push(digit(c, 0x660)),
            '\u{6f0}'..='\u{6f9}' => out.push(digit(c, 0x6f0)),
            '\u{ff10}'..='\u{ff19}' => out.push(digit(c, 0xff10)),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' | '،' => out.push(' '),
            '\u{200e}' | '\u{200f}' => {}
            // The day of the week, in brackets after the date.
            '(' | '（' if east => aside = true,
            ')' | '）' if east => aside = false,
            _ if aside => {}
            '年' | '년' | '月' | '월' if east => out.push('-'),
            '日' | '일' | '秒' | '초' if east => out.push(' '),
            '時' | '时' | '点' | '시' | '分' | '분' if east => out.push(':'),
            c => out.push(c),
        }
    }
    if east {
        let close = out.replace("- ", "-").replace(": ", ":");
        return close.trim_end_matches([':', ' ']).to_owned().into();
    }
    out.into()
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
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

fn clock_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.trim_end_matches(['.', ',']).splitn(3, ':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second = parts.next().unwrap_or("0");
    let second: u32 = second.split(['.', ',', ':']).next()?.parse().ok()?;
    NaiveTime::from_hms_opt(hour % 24, minute, second.min(59))
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
            "mar, 2 mar 2026 10:30",
            "Mon Mar 02 2026 10:30:00 GMT+0100 (Central European Standard Time)",
            "Mon, 02 Mar 2026 10:30:00 +0100 (UTC)",
            "Mon, 02 Mar 2026 10:30:00 GMT +0100",
            "пн, 2 мар 2026 12:30 MSK",
            "понеділок, 2 березня 2026, 11:30 EET",
            "الاثنين، ٢ مارس ٢٠٢٦ ١٠:٣٠",
            "poniedziałek, 2 marca 2026 10:30",
            "maandag 2 maart 2026 10:30",
            "2026年3月2日(月) 10時30分",
            "2026년 3월 2일 10:30",
            "2026-03-02T10:30:00+01:00[Europe/Madrid]",
            "2026-03-02 09:30:00 UTC",
            "2026-03-02T10:30:00 LOCAL",
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
    fn a_weekday_that_begins_as_a_month_is_none() {
        for (text, date) in [
            ("mar, 10 feb 2026 10:30:00 +0000", "2026-02-10T10:30:00+00:00"),
            ("mar. 3 nov 2026 10:30:00 +0000", "2026-11-03T10:30:00+00:00"),
            ("martes, 10 de febrero de 2026 10:30", "2026-02-10T10:30:00+00:00"),
            ("середа, 12 серпня 2026 10:30", "2026-08-12T10:30:00+00:00"),
        ] {
            assert_eq!(parse(text, None).map(|t| t.to_rfc3339()).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn an_absurd_offset_is_none() {
        for text in
            ["2 Mar 2026 10:30 -00-720260", "2 Mar 2026 10:30 -200222220000", "2 Mar 2026 10:30 +-99999999"]
        {
            assert_eq!(parse(text, None).unwrap().to_rfc3339(), "2026-03-02T10:30:00+00:00", "{text}");
        }
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
