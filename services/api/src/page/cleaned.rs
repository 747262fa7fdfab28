//! What was taken out of an item's copy, what was mended to read it, and which engine found what, in the reader's words.

use wiredesk_contract::enrichment::Provenance;

use super::words::{Known, Words};
use crate::answers::Cleaning;

/// What the cleaner did to a version.
pub(super) struct Cleaned {
    /// How much was taken out.
    pub summary: String,
    pub removed: Vec<Passage>,
    pub repairs: Vec<Repair>,
    /// By which memory of the wire's own lines.
    pub memory: Option<String>,
}

pub(super) struct Passage {
    pub why: Known,
    /// None for a wire that lends no full text.
    pub text: Option<String>,
}

pub(super) struct Repair {
    pub what: Known,
    pub count: u32,
}

impl Cleaned {
    pub fn of(cleaning: Cleaning, t: &Words) -> Self {
        Self {
            summary: (t.item.cleaned)(cleaning.removed.len()),
            removed: cleaning
                .removed
                .into_iter()
                .map(|passage| Passage { why: Known::of(&passage.reason, t.taken), text: passage.text })
                .collect(),
            repairs: cleaning
                .repairs
                .into_iter()
                .map(|repair| Repair { what: Known::of(&repair.kind, t.mended), count: repair.count })
                .collect(),
            memory: cleaning.memory_version.map(t.item.by_memory),
        }
    }
}

/// Who found something. The engine and its version are names, the same in every language.
pub(super) struct FoundBy {
    pub what: Known,
    pub engine: String,
    pub version: String,
}

impl FoundBy {
    pub fn of(one: &Provenance, t: &Words) -> Self {
        Self {
            what: Known::of(&one.enrichment, t.sought),
            engine: one.engine.clone(),
            version: one.version.clone(),
        }
    }
}
