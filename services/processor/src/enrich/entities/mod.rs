//! People, organisations and places in a text.

pub mod linear;
pub mod link;
#[cfg(feature = "onnx")]
pub mod onnx;
pub mod rules;
pub mod runs;

use wiredesk_contract::enrichment::EntityType;

use super::cues::Cues;
use super::gazetteer::Gazetteer;
use super::places::Context;
use super::tokens::Document;

/// What a tagger is given.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The text.
    pub document: &'a Document<'a>,
    /// Its language.
    pub language: &'a str,
    /// Word lists.
    pub cues: &'a Cues,
    /// Places.
    pub gazetteer: &'a Gazetteer,
    /// What speaks for one place or another.
    pub context: &'a Context,
}

/// A mention, in tokens of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
    /// Sort of thing.
    pub kind: EntityType,
    /// Index of the spot in the gazetteer.
    pub spot: Option<u32>,
    /// 0 to 1.
    pub confidence: f32,
}

/// An engine that finds entities.
pub trait EntityTagger: Send + Sync {
    /// Name in the provenance.
    fn name(&self) -> &'static str;
    /// Version in the provenance: a change means that a replay may differ.
    fn version(&self) -> &str;
    /// Mentions in order, none overlapping another.
    fn tag(&self, scene: &Scene<'_>) -> Vec<Mention>;
}
