//! Which of the places of one name is meant.

use std::collections::BTreeSet;

use super::gazetteer::{Gazetteer, Named, Spot};

/// What speaks for one place or another.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Country of the wire.
    pub source: Option<String>,
    /// Countries where the copy's language is at home.
    pub home: &'static [&'static str],
    /// Countries that the copy names.
    pub mentioned: BTreeSet<String>,
    /// Country of the dateline's region (`STUTTGART (ALEMANIA)`, `JACKSON, Ga.`).
    pub region: Option<String>,
    /// First-level division of the dateline's region, as GeoNames codes it.
    pub admin1: Option<String>,
}

/// The countries where a language is at home, by ISO code.
pub fn home_of(language: &str) -> &'static [&'static str] {
    match language.split('-').next().unwrap_or_default() {
        "es" | "ca" => &["ES"],
        "fr" => &["FR"],
        "pt" => &["PT", "BR"],
        "it" => &["IT"],
        "de" => &["DE", "AT", "CH"],
        "en" => &["GB", "US"],
        _ => &[],
    }
}

/// The best of the candidates: a country before any city; then own name before other name, people (a factor of ten is
/// one point), the region, the countries named, the wire's country, and the language's.
pub fn resolve<'g>(gazetteer: &'g Gazetteer, candidates: &[Named], context: &Context) -> Option<&'g Spot> {
    let mut best: Option<(f64, &Spot)> = None;
    for candidate in candidates {
        let Some(spot) = gazetteer.spot(candidate.spot) else { continue };
        let score = score(spot, candidate.own, context);
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, spot));
        }
    }
    best.map(|(_, spot)| spot)
}

fn score(spot: &Spot, own: bool, context: &Context) -> f64 {
    let mut score = f64::from(spot.population.max(1)).log10();
    if spot.is_country {
        score += 4.0;
    }
    if own {
        score += 1.0;
    }
    if context.region.as_deref() == Some(spot.country) {
        score += 5.0;
        if context.admin1.as_deref() == Some(spot.admin1) {
            score += 3.0;
        }
    }
    if context.mentioned.contains(spot.country) {
        score += 0.8;
    }
    if context.source.as_deref() == Some(spot.country) {
        score += 1.2;
    }
    if context.home.contains(&spot.country) {
        score += 0.6;
    }
    score
}

/// The country, and for the United States the state, that a dateline's region names: `Alemania`, `Ga.`, `West Virginia`.
pub fn region_of(gazetteer: &Gazetteer, region: &str) -> (Option<String>, Option<String>) {
    let country = gazetteer
        .lookup(region)
        .iter()
        .filter_map(|named| gazetteer.spot(named.spot))
        .find(|spot| spot.is_country)
        .map(|spot| spot.country.to_owned());
    if country.is_some() {
        return (country, None);
    }
    let folded = super::tokens::fold(region.trim());
    let state = STATES
        .iter()
        .find(|(names, _)| names.split('|').any(|name| name == folded))
        .map(|(_, code)| (*code).to_owned());
    (state.as_ref().map(|_| "US".to_owned()), state)
}

/// The states of the United States: full name and the abbreviations of datelines, folded; postal code.
const STATES: [(&str, &str); 50] = [
    ("alabama|ala", "AL"),
    ("alaska", "AK"),
    ("arizona|ariz", "AZ"),
    ("arkansas|ark", "AR"),
    ("california|calif", "CA"),
    ("colorado|colo", "CO"),
    ("connecticut|conn", "CT"),
    ("delaware|del", "DE"),
    ("florida|fla", "FL"),
    ("georgia|ga", "GA"),
    ("hawaii", "HI"),
    ("idaho", "ID"),
    ("illinois|ill", "IL"),
    ("indiana|ind", "IN"),
    ("iowa", "IA"),
    ("kansas|kan", "KS"),
    ("kentucky|ky", "KY"),
    ("louisiana|la", "LA"),
    ("maine", "ME"),
    ("maryland|md", "MD"),
    ("massachusetts|mass", "MA"),
    ("michigan|mich", "MI"),
    ("minnesota|minn", "MN"),
    ("mississippi|miss", "MS"),
    ("missouri|mo", "MO"),
    ("montana|mont", "MT"),
    ("nebraska|neb", "NE"),
    ("nevada|nev", "NV"),
    ("new hampshire|nh", "NH"),
    ("new jersey|nj", "NJ"),
    ("new mexico|nm", "NM"),
    ("new york|ny", "NY"),
    ("north carolina|nc", "NC"),
    ("north dakota|nd", "ND"),
    ("ohio", "OH"),
    ("oklahoma|okla", "OK"),
    ("oregon|ore", "OR"),
    ("pennsylvania|pa", "PA"),
    ("rhode island|ri", "RI"),
    ("south carolina|sc", "SC"),
    ("south dakota|sd", "SD"),
    ("tennessee|tenn", "TN"),
    ("texas", "TX"),
    ("utah", "UT"),
    ("vermont|vt", "VT"),
    ("virginia|va", "VA"),
    ("washington|wash", "WA"),
    ("west virginia|wva", "WV"),
    ("wisconsin|wis", "WI"),
    ("wyoming|wyo", "WY"),
];
