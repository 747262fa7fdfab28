//! Measuring enrichment against labelled copy.

use std::collections::BTreeMap;
use std::fmt;

use wiredesk_contract::enrichment::{Enrichment, EntityType, Quote, QuoteKind};

use crate::enrich::{Enricher, Input};
use crate::labelled::{GoldQuote, Labelled};

/// Hits, false alarms and misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Found and right.
    pub right: u32,
    /// Found and not in the gold.
    pub wrong: u32,
    /// In the gold and not found.
    pub missed: u32,
}

impl Counts {
    /// Share of what was found that is right, 0 to 1.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// Share of the gold that was found, 0 to 1.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// Harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

/// Counts by language and by what was measured:
///
/// - `PER`, `ORG`, `LOC`: exact spans with their types in bodies; `entities`: all three
/// - `place id`: of the gold's places with a geonameid, those that were found with it
/// - `dateline`: of the gold's datelines with a geonameid, those that were located there
/// - `event place`: of the gold's places where stories happen, those that were said
/// - `direct`: direct quotes; found is what is called direct and covers a gold quote by four fifths
/// - `speaker`: of the direct quotes found whose speaker was named, those with the right one; unnamed in the gold counts as wrong
/// - `topics`: top-level Media Topics; one row a topic beside it (`topic medtop:…`)
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// By language; `all` for all of them.
    pub languages: BTreeMap<String, BTreeMap<String, Counts>>,
}

impl Scores {
    /// Counts of one measure over all languages.
    pub fn of(&self, measure: &str) -> Counts {
        self.languages.get("all").and_then(|rows| rows.get(measure)).copied().unwrap_or_default()
    }

    /// The mean F1 of the top-level topics, 0 to 1.
    pub fn topics_macro_f1(&self) -> f64 {
        let rows = self.languages.get("all").into_iter().flatten();
        let topics: Vec<f64> =
            rows.filter(|(name, _)| name.starts_with("topic ")).map(|(_, counts)| counts.f1()).collect();
        topics.iter().sum::<f64>() / topics.len().max(1) as f64
    }

    fn add(&mut self, language: &str, measure: &str, counts: Counts) {
        for language in [language, "all"] {
            let row = self.languages.entry(language.to_owned()).or_default();
            let sum = row.entry(measure.to_owned()).or_default();
            sum.right += counts.right;
            sum.wrong += counts.wrong;
            sum.missed += counts.missed;
        }
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (language, rows) in &self.languages {
            for (name, counts) in
                rows.iter().filter(|(name, _)| language == "all" || !name.starts_with("topic "))
            {
                let (p, r, f1) = (counts.precision() * 100.0, counts.recall() * 100.0, counts.f1() * 100.0);
                writeln!(
                    f,
                    "{language:3} {name:22} P {p:5.1}  R {r:5.1}  F1 {f1:5.1}  of {}",
                    counts.right + counts.missed
                )?;
            }
        }
        writeln!(f, "macro-F1 of the top topics {:.3}", self.topics_macro_f1())
    }
}

/// Measures an enricher on labelled items.
pub fn measure(items: &[Labelled], enricher: &Enricher) -> Scores {
    let mut scores = Scores::default();
    for item in items {
        let categories: Vec<String> = item.section.iter().cloned().collect();
        let found = enricher.run(&input(item, &categories)).0;
        entities(&mut scores, item, &found);
        places(&mut scores, item, &found);
        happens(&mut scores, item, &found);
        quotes(&mut scores, item, &found);
        if !item.topics.is_empty() {
            topics(&mut scores, item, &found);
        }
    }
    scores
}

/// A labelled item as the enricher is given it.
pub(crate) fn input<'a>(item: &'a Labelled, categories: &'a [String]) -> Input<'a> {
    Input {
        headline: &item.title,
        text: &item.text,
        language: &item.language,
        categories,
        country: item.country.as_deref(),
        ..Input::default()
    }
}

fn entities(scores: &mut Scores, item: &Labelled, found: &Enrichment) {
    let found: Vec<_> = found.entities.iter().map(|e| (e.start, e.end, e.kind)).collect();
    let gold: Vec<_> = item.entities.iter().map(|e| (e.start, e.end, e.kind)).collect();
    for (name, kind) in [("PER", EntityType::Per), ("ORG", EntityType::Org), ("LOC", EntityType::Loc)] {
        let of = |spans: &[(u32, u32, EntityType)]| spans.iter().filter(|span| span.2 == kind).count() as u32;
        let right = found.iter().filter(|span| span.2 == kind && gold.contains(span)).count() as u32;
        let counts = Counts { right, wrong: of(&found) - right, missed: of(&gold) - right };
        scores.add(&item.language, name, counts);
        scores.add(&item.language, "entities", counts);
    }
}

fn places(scores: &mut Scores, item: &Labelled, found: &Enrichment) {
    let gold = item.entities.iter().filter_map(|e| Some((e.start, e.end, format!("geo:{}", e.geonameid?))));
    for (start, end, id) in gold {
        let spot = found.entities.iter().find(|e| (e.start, e.end, e.kind) == (start, end, EntityType::Loc));
        // Whether the place was found at all is told by LOC.
        let Some(spot) = spot else { continue };
        scores.add(&item.language, "place id", hit(spot.id == id));
    }
    if let Some(id) = item.dateline.as_ref().and_then(|d| d.geonameid) {
        let right = found.located.as_ref().is_some_and(|place| place.id == format!("geo:{id}"));
        scores.add(&item.language, "dateline", Counts { wrong: 0, ..hit(right) });
    }
}

/// Where an item happens: the right place, or another, or nothing.
fn happens(scores: &mut Scores, item: &Labelled, found: &Enrichment) {
    let Some(gold) = item.happens else { return };
    let said = found.event_place.as_ref().map(|event| event.place.id.clone());
    let right = gold > 0 && said.as_ref().is_some_and(|id| *id == format!("geo:{gold}"));
    let counts = Counts {
        right: u32::from(right),
        wrong: u32::from(said.is_some() && !right),
        missed: u32::from(gold > 0 && !right),
    };
    scores.add(&item.language, "event place", counts);
}

/// Right, or wrong and missed.
fn hit(right: bool) -> Counts {
    Counts { right: u32::from(right), wrong: u32::from(!right), missed: u32::from(!right) }
}

fn quotes(scores: &mut Scores, item: &Labelled, found: &Enrichment) {
    let covers = |quote: &Quote, gold: &GoldQuote| {
        let shared = quote.end.min(gold.end).saturating_sub(quote.start.max(gold.start));
        let whole = quote.end.max(gold.end) - quote.start.min(gold.start);
        f64::from(shared) >= 0.8 * f64::from(whole)
    };
    let marked: Vec<&Quote> = found.quotes.iter().filter(|q| q.kind != QuoteKind::Indirect).collect();
    let direct = marked.iter().filter(|q| q.kind == QuoteKind::Direct);
    let right =
        direct.clone().filter(|q| item.quotes.iter().any(|g| g.kind != 'i' && covers(q, g))).count() as u32;
    let wrong = direct.count() as u32 - right;
    let mut missed = 0;
    for gold in item.quotes.iter().filter(|gold| gold.kind == 'd') {
        let Some(quote) = marked.iter().find(|q| covers(q, gold)) else {
            missed += 1;
            continue;
        };
        match &quote.speaker {
            Some(speaker) => {
                scores.add(&item.language, "speaker", hit(Some(speaker) == gold.speaker.as_ref()))
            }
            None => scores.add(
                &item.language,
                "speaker",
                Counts { missed: u32::from(gold.speaker.is_some()), ..Counts::default() },
            ),
        }
    }
    scores.add(&item.language, "direct", Counts { right, wrong, missed });
    let other = |kind: char, of: QuoteKind| {
        let gold = || item.quotes.iter().filter(|g| g.kind == kind);
        let said = || found.quotes.iter().filter(|q| q.kind == of);
        let right = gold().filter(|g| said().any(|q| covers(q, g))).count() as u32;
        Counts {
            right,
            wrong: said().count() as u32 - right.min(said().count() as u32),
            missed: gold().count() as u32 - right,
        }
    };
    scores.add(&item.language, "mixed", other('m', QuoteKind::Mixed));
    scores.add(&item.language, "indirect", other('i', QuoteKind::Indirect));
}

fn topics(scores: &mut Scores, item: &Labelled, found: &Enrichment) {
    let top = |code: &&str| code.ends_with("000000");
    let gold: Vec<&str> = item.topics.iter().map(String::as_str).filter(top).collect();
    let found: Vec<&str> =
        found.topics.iter().filter(|t| t.level == 1).map(|t| t.code.as_str()).filter(top).collect();
    let mut all: Vec<&str> = gold.iter().chain(&found).copied().collect();
    all.sort_unstable();
    all.dedup();
    for code in all {
        let (said, meant) = (found.contains(&code), gold.contains(&code));
        let counts = Counts {
            right: u32::from(said && meant),
            wrong: u32::from(said && !meant),
            missed: u32::from(!said && meant),
        };
        scores.add(&item.language, "topics", counts);
        scores.add(&item.language, &format!("topic {code}"), counts);
    }
}
