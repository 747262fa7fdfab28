//! The places that a story may happen at, and what speaks for each.

use std::collections::BTreeMap;

use wiredesk_contract::enrichment::{Entity, EntityType, Place};

use super::super::cues::Cues;
use super::super::gazetteer::{Gazetteer, Spot};
use super::super::places::{Context, resolve};
use super::super::tokens::{Document, fold};

/// What the search is given.
#[derive(Clone, Copy)]
pub struct Offer<'a> {
    /// The dateline's place.
    pub located: Option<&'a Place>,
    /// The byte of the text behind the dateline.
    pub behind: usize,
    /// Entities of the text.
    pub entities: &'a [Entity],
    /// Headline.
    pub headline: &'a str,
    /// The text.
    pub document: &'a Document<'a>,
    /// Places.
    pub gazetteer: &'a Gazetteer,
    /// Word lists.
    pub cues: &'a Cues,
    /// What speaks for one of several places of a name.
    pub context: &'a Context,
}

/// Number of features.
pub const FEATURES: usize = 18;
/// Their names in `vocab/event.tsv`.
pub const NAMES: [&str; FEATURES] = [
    "dateline",
    "headline",
    "first_sentence",
    "second_sentence",
    "third_or_fourth",
    "later",
    "often",
    "after_preposition",
    "in_organisation",
    "only_in_organisation",
    "country",
    "country_with_city",
    "city_of_country",
    "beside_dateline",
    "dateline_with_rival",
    "dateline_alone",
    "wires_country",
    "rank",
];

/// What speaks for a place, in the order of [`NAMES`]: 0 or 1, but for `often` and `rank`.
pub type Features = [f32; FEATURES];

/// A place, and its features.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The place.
    pub spot: &'a Spot,
    /// What speaks for it.
    pub features: Features,
}

impl Candidate<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        NAMES.iter().position(|known| *known == name).is_some_and(|place| self.features[place] > 0.0)
    }

    pub(super) fn in_text(&self) -> bool {
        ["first_sentence", "second_sentence", "third_or_fourth", "later"]
            .into_iter()
            .any(|name| self.has(name))
    }

    fn set(&mut self, name: &str, value: f32) {
        if let Some(place) = NAMES.iter().position(|known| *known == name) {
            self.features[place] = value;
        }
    }
}

/// What is known of a place.
#[derive(Default)]
struct Case {
    dateline: bool,
    headline: bool,
    /// Sentence of the first mention, not counting the dateline and names of organisations.
    sentence: Option<u32>,
    mentions: u32,
    preposition: bool,
    organisation: bool,
    /// First token.
    first: usize,
}

/// All candidates, in the order of their geonameids.
pub fn candidates<'a>(offer: &Offer<'a>) -> Vec<Candidate<'a>> {
    let mut cases: BTreeMap<u32, Case> = BTreeMap::new();
    let number = |id: &str| id.strip_prefix("geo:").and_then(|id| id.parse::<u32>().ok());
    if let Some(id) = offer.located.and_then(|place| number(&place.id)) {
        cases.entry(id).or_default().dateline = true;
    }
    let title = format!(" {} ", fold(offer.headline).replace(['\'', ',', ':', '"', '.'], " "));
    for entity in offer.entities {
        let first = offer.document.tokens.partition_point(|t| offer.document.char_at(t.start) < entity.start);
        let Some(token) = offer.document.tokens.get(first) else { continue };
        if token.start < offer.behind {
            continue;
        }
        if entity.kind == EntityType::Org {
            organisation(offer, first, entity.end, &mut cases);
            continue;
        }
        let Some(id) = number(&entity.id).filter(|_| entity.kind == EntityType::Loc) else { continue };
        let case = cases.entry(id).or_default();
        case.mentions += 1;
        if case.sentence.is_none() {
            case.sentence = Some(token.sentence);
            case.first = first;
        }
        let before = first.checked_sub(1).and_then(|before| offer.document.tokens.get(before));
        case.preposition |= before.is_some_and(|word| offer.cues.has("locprep", &word.fold));
        case.headline |= title.contains(&format!(" {} ", fold(&entity.text)));
    }
    headline(offer, &mut cases);
    let mut order: Vec<(usize, u32)> = cases
        .iter()
        .filter(|(_, case)| case.sentence.is_some())
        .map(|(id, case)| (case.first, *id))
        .collect();
    order.sort_unstable();
    let known: Vec<(&Spot, &Case)> = cases
        .iter()
        .filter_map(|(id, case)| Some((offer.gazetteer.by_id(&format!("geo:{id}"))?, case)))
        .collect();
    let rank = |spot: &Spot| order.iter().position(|(_, id)| *id == spot.geonameid);
    known.iter().map(|(spot, case)| features(offer, spot, case, &known, rank(spot))).collect()
}

/// Places within the name of an organisation: `Ayuntamiento de Lorca`.
fn organisation(offer: &Offer<'_>, first: usize, end: u32, cases: &mut BTreeMap<u32, Case>) {
    let document = offer.document;
    let within =
        (first..document.tokens.len()).take_while(|at| document.char_at(document.tokens[*at].start) < end);
    for at in within.skip(1) {
        let Some((_, named)) = offer.gazetteer.longest_at(document, at) else { continue };
        if let Some(spot) = resolve(offer.gazetteer, named, offer.context) {
            cases.entry(spot.geonameid).or_default().organisation = true;
        }
    }
}

/// Places that only the headline names.
fn headline(offer: &Offer<'_>, cases: &mut BTreeMap<u32, Case>) {
    let title = Document::new(offer.headline);
    for at in 0..title.tokens.len() {
        let Some((_, named)) = offer.gazetteer.longest_at(&title, at) else { continue };
        // A headline's first word has a capital anyway, and is seldom a place that the text does not name.
        let Some(spot) = resolve(offer.gazetteer, named, offer.context) else { continue };
        if at > 0 || cases.contains_key(&spot.geonameid) {
            cases.entry(spot.geonameid).or_default().headline = true;
        }
    }
}

fn features<'a>(
    offer: &Offer<'_>,
    spot: &'a Spot,
    case: &Case,
    all: &[(&Spot, &Case)],
    rank: Option<usize>,
) -> Candidate<'a> {
    let mut candidate = Candidate { spot, features: [0.0; FEATURES] };
    let mut say = |name: &str, so: bool| candidate.set(name, f32::from(u8::from(so)));
    let others = || all.iter().filter(|(other, _)| other.geonameid != spot.geonameid);
    let early = |case: &Case| case.headline || case.sentence.is_some_and(|sentence| sentence < 2);
    let same = |other: &Spot| other.country == spot.country;
    say("dateline", case.dateline);
    say("headline", case.headline);
    say("first_sentence", case.sentence == Some(0));
    say("second_sentence", case.sentence == Some(1));
    say("third_or_fourth", matches!(case.sentence, Some(2 | 3)));
    say("later", case.sentence.is_some_and(|sentence| sentence > 3));
    say("after_preposition", case.preposition);
    say("in_organisation", case.organisation);
    say(
        "only_in_organisation",
        case.organisation && case.sentence.is_none() && !case.headline && !case.dateline,
    );
    say("country", spot.is_country);
    say("country_with_city", spot.is_country && others().any(|(other, _)| same(other)));
    say("city_of_country", !spot.is_country && others().any(|(other, _)| other.is_country && same(other)));
    say(
        "beside_dateline",
        !spot.is_country && others().any(|(other, case)| case.dateline && same(other)) && early(case),
    );
    say(
        "dateline_with_rival",
        case.dateline && others().any(|(other, case)| !other.is_country && same(other) && early(case)),
    );
    say("dateline_alone", case.dateline && all.len() == 1);
    say("wires_country", offer.context.source.as_deref() == Some(spot.country));
    candidate.set("often", (1.0 + case.mentions as f32).ln());
    candidate.set("rank", rank.map_or(0.0, |rank| 1.0 / (1.0 + rank as f32)));
    candidate
}
