//! The dateline: place, region, date and agency at the start of a text, in the forms of the agencies.

use std::sync::LazyLock;

use chrono::{Datelike, Duration, NaiveDate};
use regex::{Captures, Regex};
use wiredesk_contract::copy::Dateline;

use super::agencies::Agencies;
use super::months::{MONTH, number};
use crate::strip::pattern::pattern;

/// Longest dateline that is looked for, in bytes.
const LONGEST: usize = 300;

const PLACE: &str = r"(?P<place>\p{Lu}[\p{L}'’.·\-/]*(?: (?:[\p{L}'’.·\-/]+)){0,4}?)";
const REGION: &str = r"(?:, ?(?P<region>\p{Lu}[\p{L}.'’\- ]{1,30}?)|,? \((?P<region2>[^()]{2,40})\))?";

fn date() -> String {
    format!(
        r"(?:,? (?:(?:le|el|il|den|am|els?) )?(?P<d>\d{{1,2}})(?:er|º|°|\.)?(?:(?: de| d['’]| of)? ?(?P<m>{MONTH})\b\.?)?(?:,?(?: de| del)? (?P<y>\d{{4}}))?|,? (?P<m2>{MONTH})\b\.? (?P<d2>\d{{1,2}})(?:,? (?P<y2>\d{{4}}))?)?"
    )
}

/// `MADRID, 15 Feb. (EUROPA PRESS) -`
static CITY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:(?P<by>(?:[Pp]ar|[Pp]or|[Bb]y|[Vv]on|[Dd]i|[Pp]er) [^,()\d]{{3,50}}?) )?{PLACE}{REGION}(?i:{}),? ?\((?P<agency>[^()]{{2,40}})\)(?P<dash>[ .]*[-–—]+|\.|:)?\s*",
        date()
    ))
});
/// `(ANSA) - ROMA, 22 MAR -`
static AGENCY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^\((?P<agency>[^()]{{2,40}})\)(?:(?P<dash>[ .]*[-–—]+)\s*(?:{PLACE}(?i:{date})[ .]*[-–—]+\s*)?|\s+{place}(?i:{date2})(?P<dash2>[ .]*[-–—]+)\s*)",
        date = date(),
        place = PLACE.replace("?P<place>", "?P<place2>"),
        date2 = date()
            .replace("?P<d>", "?P<d3>")
            .replace("?P<m>", "?P<m3>")
            .replace("?P<y>", "?P<y3>")
            .replace("?P<d2>", "?P<d4>")
            .replace("?P<m2>", "?P<m4>")
            .replace("?P<y2>", "?P<y4>"),
    ))
});
/// `Nov 24 (Reuters) -`, `24 November (Reuters) -`
static DATE_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:(?P<d>\d{{1,2}})(?:er|º|°|\.)?(?: de| d['’]| of)? (?P<m>{MONTH})\b\.?(?:,?(?: de| del)? (?P<y>\d{{4}}))?|(?P<m2>{MONTH})\b\.? (?P<d2>\d{{1,2}})(?:,? (?P<y2>\d{{4}}))?),? ?\((?P<agency>[^()]{{2,40}})\)(?P<dash>[ .]*[-–—]+)\s*"
    ))
});
/// `EFE.-`, `AFP -`, `AGI - Roma, 24 nov. -`
static AGENCY_BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?P<agency>\p{{Lu}}{{2,6}}|Efe|dpa|Reuters|Lusa|Europa Press|EUROPA PRESS)(?P<dash>\s*\.?\s?[-–—]+)\s*(?:{PLACE}(?i:{})[ .]*[-–—]+\s*)?",
        date()
    ))
});
/// `ACN Barcelona –`
static AGENCY_CITY: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^(?P<agency>[A-Z]{{3,6}}) {PLACE}(?P<dash>\.-|\s*[-–—]+)(?:\s+|$)")));

static MONTH_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^{MONTH}\.?$")));

/// A dateline and where the text after it starts.
pub(crate) struct Found {
    pub(crate) dateline: Dateline,
    pub(crate) byline: Option<String>,
    pub(crate) rest: usize,
}

/// The dateline at the start of `text`; `near` is the day of publication in the wire's zone, which gives the year; without it
/// a date without a year is none.
pub(crate) fn find(text: &str, near: Option<NaiveDate>, agencies: &Agencies) -> Option<Found> {
    let head = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let forms: [&Regex; 5] = [&CITY_FIRST, &AGENCY_FIRST, &DATE_ONLY, &AGENCY_CITY, &AGENCY_BARE];
    for form in forms {
        if let Some(found) = form.captures(head) {
            // Without brackets only the agency's own name makes it one.
            let bare = std::ptr::eq(form, &raw const *AGENCY_BARE);
            let known = || found.name("agency").is_some_and(|a| agencies.name(a.as_str()).is_some());
            if bare && !known() {
                return None;
            }
            return accept(text, &found, near, agencies);
        }
    }
    None
}

/// Does the text open with the dateline of a known agency?
pub(crate) fn opens(text: &str) -> bool {
    find(text, None, &Agencies::default()).is_some()
}

/// Is this line nothing but a dateline of an agency that is known?
pub(crate) fn is_line(text: &str) -> bool {
    find(text, None, &Agencies::default())
        .is_some_and(|found| text.get(found.rest..).is_some_and(|rest| rest.trim().is_empty()))
}

fn accept(text: &str, found: &Captures<'_>, near: Option<NaiveDate>, agencies: &Agencies) -> Option<Found> {
    // Names that a pattern needs twice have their twins.
    let get = |name: &str| {
        let twin = match name {
            "place" => "place2",
            "dash" => "dash2",
            "d" => "d3",
            "m" => "m3",
            "y" => "y3",
            "d2" => "d4",
            "m2" => "m4",
            "y2" => "y4",
            _ => "",
        };
        found.name(name).or_else(|| found.name(twin)).map(|m| m.as_str())
    };
    let whole = found.get(0)?;
    let printed = get("agency")?.trim();
    let day: Option<u32> = get("d").or_else(|| get("d2")).and_then(|d| d.parse().ok());
    let mut region = get("region").or_else(|| get("region2")).map(|r| r.trim().to_owned());
    // `Seoul, Nov 29`: what stands where a region may is a month.
    let as_month = region.take_if(|r| day.is_some() && MONTH_ONLY.is_match(r));
    // `Aug 10 (Reuters) -`: so does what stands where the place may.
    let mut place = get("place").map(|p| p.trim().trim_end_matches('.').to_owned());
    // `par Jeanne Aubry PARIS`: the place begins where the capitals do.
    let mut byline = get("by").map(str::to_owned);
    if let (Some(by), Some(name)) = (&mut byline, &mut place) {
        let capitals = |word: &str| word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        let start =
            name.split(' ').take_while(|word| !capitals(word)).map(|word| word.len() + 1).sum::<usize>();
        if start > 0 && start < name.len() {
            by.push(' ');
            by.push_str(name[..start].trim_end());
            *name = name[start..].to_owned();
        }
    }
    let dated = day.is_some() && get("m").or_else(|| get("m2")).is_none();
    let as_place = place.take_if(|p| dated && MONTH_ONLY.is_match(p));
    let month =
        get("m").or_else(|| get("m2")).or(as_month.as_deref()).or(as_place.as_deref()).and_then(number);
    let year: Option<i32> = get("y").or_else(|| get("y2")).and_then(|y| y.parse().ok());
    let name = agencies.name(printed);
    let rest = text.get(whole.end()..).unwrap_or_default();
    if name.is_none() && !(get("dash").is_some() && day.is_some() && month.is_some()) {
        return None;
    }
    // Without a dash it is a dateline only as a paragraph of its own, or with a date.
    if get("dash").is_none() && get("place").is_some() && !rest.is_empty() && day.is_none() {
        return None;
    }
    let dateline = Dateline {
        raw: whole.as_str().trim().to_owned(),
        place,
        region,
        date: resolve(day, month, year, near),
        agency: Some(name.unwrap_or_else(|| printed.to_owned())),
    };
    Some(Found { dateline, byline, rest: whole.end() })
}

/// The day that is meant: the nearest at or before the day after publication.
fn resolve(
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    near: Option<NaiveDate>,
) -> Option<NaiveDate> {
    let day = day?;
    if let (Some(month), Some(year)) = (month, year) {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let latest = near?.checked_add_signed(Duration::days(1))?;
    match (month, year) {
        (Some(month), _) => (0..=4)
            .filter_map(|back| NaiveDate::from_ymd_opt(latest.year() - back, month, day))
            .find(|date| *date <= latest),
        (None, _) => (0..=31).map(|back| latest - Duration::days(back)).find(|date| date.day() == day),
    }
}
