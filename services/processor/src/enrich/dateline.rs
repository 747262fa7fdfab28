//! The dateline's place, and a look at the start of a text that still carries its dateline:
//! `MADRID, 15 Feb. (EUROPA PRESS) -`, `(ANSA) - ROMA, 22 MAR -`, `ACN Girona.-`.

use regex::Regex;
use wiredesk_contract::enrichment::Place;

use super::cues::Cues;
use super::gazetteer::Gazetteer;
use super::places::{Context, region_of, resolve};
use super::tokens::fold;

/// A dateline found at the start of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// As printed.
    pub raw: String,
    /// Place as printed.
    pub place: Option<String>,
    /// State, region or country as printed.
    pub region: Option<String>,
    /// Agency's tag.
    pub agency: Option<String>,
    /// Month and day.
    pub month_day: Option<(u32, u32)>,
}

/// Finds datelines at the start of a text.
#[derive(Debug)]
pub struct Finder {
    patterns: Vec<Regex>,
}

const PLACE: &str = r"(?P<place>[\p{Lu}][\p{L}'’.\- ]{1,40}?)(?:/\p{Lu}[\p{L}'’ ]{1,30})?";
const REGION: &str = r"(?:,\s*(?P<region>\p{Lu}[\p{L}. ]{1,25}?)|\s*\((?P<region2>\p{Lu}[\p{L}. ]{2,30})\))?";
const DATE: &str = r"(?:[,.]?\s+(?:(?P<day>\d{1,2})(?:er|º|\.)?(?:\s+(?:de\s+)?(?P<month>\p{L}{3,10})\.?)?|(?P<month2>\p{L}{3,10})\.?\s+(?P<day2>\d{1,2}))(?:,?\s+\d{4})?)?";
const DASH: &str = r"\s*[.,]?\s*[-–—]+\s*";

impl Finder {
    /// Compiles the patterns.
    pub fn new() -> Self {
        let forms = [
            format!(r"^\s*{PLACE}{REGION}{DATE},?\s*\((?P<agency>[\p{{L}}/. \-]{{2,30}})\)(?:{DASH})?"),
            format!(r"^\s*\((?P<agency>[\p{{L}}/. \-]{{2,30}})\){DASH}{PLACE}{REGION}{DATE}{DASH}"),
            format!(r"^\s*(?P<agency>[\p{{Lu}}]{{2,12}})\s+{PLACE}\.?\s*[-–—]\s*"),
        ];
        Self { patterns: forms.iter().filter_map(|form| Regex::new(form).ok()).collect() }
    }

    /// The dateline, where the start of the text is one with an agency that is known.
    pub fn find(&self, text: &str, cues: &Cues) -> Option<Found> {
        let end = text.char_indices().nth(160).map_or(text.len(), |(byte, _)| byte);
        let head = text.get(..end).unwrap_or_default();
        self.patterns.iter().find_map(|pattern| {
            let caps = pattern.captures(head)?;
            let group = |names: [&str; 2]| {
                names.iter().find_map(|name| caps.name(name)).map(|m| m.as_str().trim().to_owned())
            };
            let agency = caps.name("agency")?.as_str();
            let known = cues.agencies.get(&fold(agency))?;
            let region = group(["region", "region2"]);
            // `LONDON, June 7 (Reuters)`: a month stands where a region may.
            let (region, astray) = match region {
                Some(word) if cues.months.contains_key(&fold(&word)) => (None, Some(word)),
                region => (region, None),
            };
            let month =
                group(["month", "month2"]).or(astray).and_then(|m| cues.months.get(&fold(&m)).copied());
            let day = group(["day", "day2"]).and_then(|d| d.parse().ok());
            Some(Found {
                raw: caps.get(0).map(|m| m.as_str().trim().to_owned()).unwrap_or_default(),
                place: caps.name("place").map(|m| m.as_str().trim().to_owned()),
                region,
                agency: Some(known.clone()),
                month_day: month.zip(day),
            })
        })
    }
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

/// The place that a dateline names.
pub fn locate(gazetteer: &Gazetteer, place: &str, region: Option<&str>, context: &Context) -> Option<Place> {
    let (country, admin1) = region.map(|region| region_of(gazetteer, region)).unwrap_or_default();
    let context = Context { region: country, admin1, ..context.clone() };
    // `Ankara/Beirut`: the first one is where it was written.
    let first = place.split(['/', '(']).next().unwrap_or(place).trim();
    let candidates = gazetteer.lookup(first);
    resolve(gazetteer, candidates, &context).map(super::gazetteer::Spot::to_place)
}
