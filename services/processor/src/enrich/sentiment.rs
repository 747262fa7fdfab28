//! The slot for an engine of sentiment. wiredesk ships none: no lexicon or model with a fitting licence covers the seven languages.

use wiredesk_contract::enrichment::Sentiment;

use super::tokens::Document;

/// An engine that tells the tone of a text.
pub trait SentimentEngine: Send + Sync {
    /// Name in the provenance.
    fn name(&self) -> &'static str;
    /// Version in the provenance.
    fn version(&self) -> &str;
    /// The tone; `None` where the engine has no opinion, such as on a language that it does not know.
    fn tone(&self, headline: &str, document: &Document<'_>, language: &str) -> Option<Sentiment>;
}
