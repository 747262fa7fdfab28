//! Enrichment: place, entities, topics, quotations and keywords of clean copy. Pure and offline: words and places come
//! from `vocab/`, embedded in the executable.
//!
//! Every enricher may fail alone: what it would have added is missing then, and the provenance says why.

pub mod cues;
pub mod dateline;
pub mod engine;
pub mod entities;
pub mod gazetteer;
pub mod keywords;
pub mod language;
pub mod lexicon;
pub mod places;
pub mod quotes;
pub mod tokens;
pub mod topics;

pub use engine::{Enricher, Input};

#[cfg(test)]
mod tests;
