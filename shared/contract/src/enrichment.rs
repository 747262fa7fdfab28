//! What the processor adds to clean copy, each with its provenance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Type of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum EntityType {
    /// A person.
    Per,
    /// An organisation.
    Org,
    /// A place.
    Loc,
    /// Anything else with a name.
    Misc,
}

/// One mention of an entity. Offsets are in Unicode characters of the enriched text, `end` exclusive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// As printed.
    pub text: String,
    /// Sort of thing.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// `geo:<geonameid>` for known places, `ent:<TYPE>:<normalised name>` otherwise: the same on every replay.
    pub id: String,
    /// The fullest form of the name in this text or the vocabulary.
    pub name: String,
    /// 0 to 1: how much the text is about it.
    #[serde(deserialize_with = "crate::number::finite")]
    pub salience: f32,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub confidence: f32,
    /// Who found it: the engine's name as in the provenance.
    #[serde(default)]
    pub engine: String,
}

/// A place that the dateline or the text resolves to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// `geo:<geonameid>`.
    pub id: String,
    /// GeoNames' own name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// IANA time zone; absent for countries that have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Where the story happens; the dateline often says only where it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventPlace {
    /// The place.
    #[serde(flatten)]
    pub place: Place,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub confidence: f32,
    /// What spoke for it: `dateline`, `text`, `both`.
    pub evidence: String,
}

/// An IPTC Media Topic (c IPTC) or a wire's own category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// `medtop:04000000`.
    pub code: String,
    /// English name.
    pub name: String,
    /// Name in the item's language, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The label is wiredesk's own: IPTC has none in that language.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub label_unofficial: bool,
    /// 1 for the seventeen top topics.
    pub level: u8,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub score: f32,
    /// What spoke for it: `feed_category`, `linear`, `name`.
    #[serde(default)]
    pub method: String,
    /// Wikidata item of the topic, as IPTC maps it: `Q7163`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
}

/// How words are quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    /// A whole utterance between marks.
    #[default]
    Direct,
    /// A fragment between marks within the narrator's sentence.
    Mixed,
    /// What somebody is reported to have said, without marks.
    Indirect,
}

/// Words that somebody is quoted with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// First character, in the enriched text, without the quotation mark.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// The words.
    pub text: String,
    /// The speaker, by the fullest form of the name in this text; absent rather than guessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// The speaker's entity id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker_id: Option<String>,
    /// The reporting verb as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// Direct, mixed or indirect.
    #[serde(default)]
    pub kind: QuoteKind,
    /// 0 to 1: how sure the speaker is, or, where none is named, that it is a quotation.
    #[serde(default)]
    #[serde(deserialize_with = "crate::number::finite")]
    pub confidence: f32,
}

/// A term that the item could be found by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Keyword {
    /// The term.
    pub term: String,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub score: f32,
}

/// What a summary is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SummaryKind {
    /// The feed's own.
    Feed,
    /// The deck below the headline.
    Deck,
    /// The first sentences of the text.
    Lead,
}

/// A few sentences that say what the item says. Nothing is written anew: they stand in the feed or in the copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The sentences.
    pub text: String,
    /// Whence they are.
    pub kind: SummaryKind,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// A sum of money.
    Money,
    /// A share, or a difference of shares.
    Percentage,
    /// A quantity with a unit of measure, durations and ages included.
    Measure,
    /// A number of persons or things.
    Count,
}

/// A figure that the text mentions, with its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// First character, in the enriched text.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// As printed.
    pub text: String,
    /// Sort of figure.
    pub kind: FigureKind,
    /// The number; of a range the low end.
    pub value: f64,
    /// High end of a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// ISO 4217 code for money; `%` or `pp` (percentage points); UCUM code (<https://ucum.org>) for measures; the noun as printed
    /// for counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// How a date was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateBasis {
    /// All of it is printed.
    Absolute,
    /// Year or day were taken from the time of publication.
    Resolved,
}

/// A date that the text mentions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DateMention {
    /// First character, in the enriched text.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// As printed.
    pub text: String,
    /// ISO 8601: `2026-05-12`, `2026-05` or `2026`.
    pub date: String,
    /// Last day of a span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How it was read.
    pub basis: DateBasis,
}

/// Tone of the text, where an operator has plugged in an engine; wiredesk ships none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sentiment {
    /// -1 (all bad) to 1 (all good).
    #[serde(deserialize_with = "crate::number::finite")]
    pub score: f32,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub confidence: f32,
}

/// Why an enrichment is missing or partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrichFailure {
    /// It took longer than it may.
    OverBudget,
    /// The engine failed on this text.
    Failed,
    /// Only the beginning of the text was read.
    Cut,
}

/// An enrichment that failed; the item goes out without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnrichError {
    /// As in the provenance.
    pub enrichment: String,
    /// What happened.
    pub reason: EnrichFailure,
    /// In a sentence, with what to do.
    pub detail: String,
}

/// How the enrichment went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnrichReport {
    /// Empty where all went well.
    #[serde(default)]
    pub errors: Vec<EnrichError>,
}

/// Who made an enrichment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// `vocabulary`, `dateline`, `entities`, `event_place`, `topics`, `quotes`, `keywords`, `figures`, `dates`, `summary`, `sentiment`.
    pub enrichment: String,
    /// The engine: `rules`, `gazetteer`, `feed_category` …
    pub engine: String,
    /// The engine's version, and after a `+` the digest of its model; a change means that a replay may differ.
    pub version: String,
}

/// Everything that the processor adds. Offsets refer to `text` of the copy that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Enrichment {
    /// Place of the dateline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<Place>,
    /// Mentions in order of `start`.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// Places that the text is about.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Where the story happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_place: Option<EventPlace>,
    /// Best first.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// In order of `start`.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// Best first.
    #[serde(default)]
    pub keywords: Vec<Keyword>,
    /// In order of `start`.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// In order of `start`.
    #[serde(default)]
    pub dates: Vec<DateMention>,
    /// Feed's own summary, deck or lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// How long a person reads the text, in seconds; 0 where there is none.
    #[serde(default)]
    pub reading_seconds: u32,
    /// Tone, where an engine is plugged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// How it went.
    #[serde(default)]
    pub enrich: EnrichReport,
    /// One entry an enrichment.
    #[serde(default)]
    pub provenance: Vec<Provenance>,
}
