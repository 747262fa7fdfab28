//! Enrichment: place, entities, topics, quotations and keywords of clean copy. Pure and offline: words and places come
//! from `vocab/`, embedded in the executable.
//!
//! Every enricher has a time budget and may fail alone: what it would have added is missing then, and `enrich.errors` says why.

mod budget;
pub mod cues;
pub mod dateline;
pub mod engine;
pub mod entities;
pub mod event;
pub mod figures;
pub mod gazetteer;
pub mod keywords;
pub mod known;
pub mod language;
pub mod lexicon;
mod notes;
pub mod places;
pub mod quotes;
pub mod sentiment;
pub mod summary;
pub mod tokens;
pub mod topics;
mod vocabulary;

pub use engine::{Enricher, Input};

#[cfg(test)]
mod tests;
