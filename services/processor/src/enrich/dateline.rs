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
    /// The byte of the text behind it.
    pub end: usize,
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

const NAME: &str = r"\p{Lu}[\p{L}'’.\-]*(?: (?:de|do|da|dos|la|le|les|el|del|della|di|du|am|an der|im|sur|en|[\p{Lu}'’][\p{L}'’.\-]*)){0,4}";
const DATE: &str = r"(?:(?P<day>\d{1,2})(?:er|º|\.)?\s*(?:de |d'|d’)?\s*(?P<month>\p{L}{3,10})\.?|(?P<month2>\p{L}{3,10})\.?\s+(?P<day2>\d{1,2}))(?:,?\s+(?:de )?\d{4})?";
const AGENCY: &str = r"\((?P<agency>[\p{L}][\p{L}/. \-]{1,29})\)";
/// What ends a dateline. A stop alone does not: `Madrid. La ministra` begins a sentence.
const DASH: &str = r"(?:\s*[.,:]?\s*[-–—]{1,2}\s*)";

impl Finder {
    /// Compiles the patterns.
    pub fn new() -> Self {
        let place = format!(r"(?P<place>{NAME})(?:(?: ?/ ?| e | y | i | et | und | and ){NAME})?");
        let region = format!(r"(?:,\s*(?P<region>{NAME})|\s*\((?P<region2>\p{{Lu}}[\p{{L}}. ]{{2,30}})\))?");
        let date = format!(r"(?:,?\s+{DATE})?");
        let forms = [
            // `MADRID, 15 Feb. (EUROPA PRESS) -`, `Trier (KNA) Mit`, `Trieste, 25 feb - (Radiocor) -`
            format!(r"^\s*{place}{region}{date},?\s*(?:[-–—]\s*)?{AGENCY}{DASH}?"),
            // `(ANSA) - ROMA, 19 GEN -`, `(ANA) Encamp, 5 de setembre.-`
            format!(r"^\s*{AGENCY}{DASH}?\s*{place}{region}{date}{DASH}"),
            // `ACN Lleida.-`
            format!(r"^\s*(?P<agency>\p{{Lu}}{{2,12}})\s+{place}{DASH}"),
            // `Zürich, 11. Juni -`, `Sitges.-`, `KHARKIV -`, `MANILA, Filipinas -`
            format!(r"^\s*{place}{region}{date}{DASH}"),
        ];
        Self { patterns: forms.iter().filter_map(|form| Regex::new(form).ok()).collect() }
    }

    /// The dateline at the start of a text: one with an agency that is known, or with a place that `is_place` knows.
    pub fn find(&self, text: &str, cues: &Cues, is_place: impl Fn(&str) -> bool) -> Option<Found> {
        let end = text.char_indices().nth(160).map_or(text.len(), |(byte, _)| byte);
        let head = text.get(..end).unwrap_or_default().lines().next().unwrap_or_default();
        self.patterns.iter().find_map(|pattern| {
            let caps = pattern.captures(head)?;
            let group = |names: [&str; 2]| {
                names.iter().find_map(|name| caps.name(name)).map(|m| m.as_str().trim().to_owned())
            };
            let month_of = |word: &str| cues.months.get(&fold(word)).copied();
            let place = caps.name("place").map(|m| m.as_str().trim().trim_end_matches('.').to_owned())?;
            let agency = caps.name("agency").map(|m| m.as_str().trim().to_owned());
            let known = agency.as_ref().and_then(|agency| cues.agencies.get(&fold(agency)).cloned());
            if known.is_none() && !is_place(&place) {
                return None;
            }
            let region = group(["region", "region2"]);
            // `LONDON, June 7 (Reuters)`: a month stands where a region may.
            let (region, astray) = match region {
                Some(word) if month_of(&word).is_some() => (None, Some(word)),
                region => (region, None),
            };
            let month = group(["month", "month2"]).or(astray).and_then(|m| month_of(&m));
            let day = group(["day", "day2"]).and_then(|d| d.parse().ok());
            Some(Found {
                raw: caps.get(0).map(|m| m.as_str().trim().to_owned()).unwrap_or_default(),
                end: caps.get(0).map_or(0, |m| m.end()),
                place: Some(place),
                region,
                agency: known.or(agency),
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
