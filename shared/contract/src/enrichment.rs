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
    pub salience: f32,
    /// 0 to 1.
    pub confidence: f32,
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

/// An IPTC Media Topic (c IPTC) or a wire's own category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// `medtop:04000000`.
    pub code: String,
    /// English name.
    pub name: String,
    /// 1 for the seventeen top topics.
    pub level: u8,
    /// 0 to 1.
    pub score: f32,
    /// What spoke for it: `feed_category`, `terms`, `linear`.
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
    pub confidence: f32,
}

/// A term that the item could be found by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Keyword {
    /// The term.
    pub term: String,
    /// 0 to 1.
    pub score: f32,
}

/// Who made an enrichment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// `language`, `dateline`, `entities`, `topics`, `quotes`, `keywords`.
    pub enrichment: String,
    /// The engine: `rules`, `gazetteer`, `feed_category` …
    pub engine: String,
    /// The engine's version; a change means that a replay may differ.
    pub version: String,
    /// Why it is missing, where the engine failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
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
    /// Best first.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// In order of `start`.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// Best first.
    #[serde(default)]
    pub keywords: Vec<Keyword>,
    /// One entry an enrichment.
    #[serde(default)]
    pub provenance: Vec<Provenance>,
}
