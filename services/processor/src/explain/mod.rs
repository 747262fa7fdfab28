//! An enriched item for people: `wiredesk tool enrich --explain` on a terminal, `--html` as a page.

mod html;
mod terminal;

pub use html::page;
pub use terminal::paint;

use wiredesk_contract::enrichment::{Enrichment, SummaryKind};

/// An item and what was found in it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Id, as given.
    pub id: String,
    /// Headline.
    pub headline: String,
    /// The text that the offsets refer to.
    pub text: String,
    /// Language.
    pub language: String,
    /// What was found.
    pub enrichment: Enrichment,
}

/// A heading and its lines, in the order in which they are shown.
fn facts(of: &Explained) -> Vec<(&'static str, Vec<String>)> {
    let found = &of.enrichment;
    let place = |p: &wiredesk_contract::enrichment::Place| {
        format!(
            "{}, {}  {}  {:.3} {:.3}  {}",
            p.name,
            p.country,
            p.id,
            p.lat,
            p.lon,
            p.time_zone.as_deref().unwrap_or("-")
        )
    };
    let mut seen = std::collections::BTreeSet::new();
    let entities = found.entities.iter().filter(|e| seen.insert(e.id.as_str()));
    let kind = |kind| match kind {
        SummaryKind::Feed => "the feed's own",
        SummaryKind::Deck => "the deck",
        SummaryKind::Lead => "the lead",
    };
    vec![
        ("language", vec![format!("{}; {} s to read", of.language, found.reading_seconds)]),
        ("summary", found.summary.iter().map(|s| format!("({}) {}", kind(s.kind), s.text)).collect()),
        ("dateline", found.located.iter().map(place).collect()),
        (
            "happened in",
            found
                .event_place
                .iter()
                .map(|e| format!("{}  {:.2} by {}", place(&e.place), e.confidence, e.evidence))
                .collect(),
        ),
        (
            "topics",
            found
                .topics
                .iter()
                .map(|t| format!("{:.2} {} {} (level {}, {})", t.score, t.code, t.name, t.level, t.method))
                .collect(),
        ),
        (
            "entities",
            entities
                .map(|e| {
                    let kind = wiredesk_contract::marked::class(e.kind);
                    format!(
                        "{kind:4} {}  {}  salience {:.2}, confidence {:.2}, {}",
                        e.name, e.id, e.salience, e.confidence, e.engine
                    )
                })
                .collect(),
        ),
        (
            "quotes",
            found
                .quotes
                .iter()
                .map(|q| {
                    let speaker = q.speaker.as_deref().unwrap_or("speaker not named");
                    let verb = q.verb.as_deref().map(|verb| format!(" {verb}")).unwrap_or_default();
                    format!("{speaker}{verb} ({:.2}): {}", q.confidence, q.text)
                })
                .collect(),
        ),
        (
            "figures",
            found
                .figures
                .iter()
                .map(|f| format!("{} = {}", f.text, wiredesk_contract::marked::figure_words(f)))
                .collect(),
        ),
        (
            "dates",
            found
                .dates
                .iter()
                .map(|d| format!("{} = {}", d.text, wiredesk_contract::marked::date_words(d)))
                .collect(),
        ),
        ("keywords", found.keywords.iter().map(|k| format!("{:.2} {}", k.score, k.term)).collect()),
        (
            "sentiment",
            found
                .sentiment
                .iter()
                .map(|s| format!("{:.2}, confidence {:.2}", s.score, s.confidence))
                .collect(),
        ),
        ("failed", found.enrich.errors.iter().map(|e| format!("{}: {}", e.enrichment, e.detail)).collect()),
        (
            "made by",
            found
                .provenance
                .iter()
                .map(|p| format!("{}: {} {}", p.enrichment, p.engine, p.version))
                .collect(),
        ),
    ]
}
