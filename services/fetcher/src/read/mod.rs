//! Reading: the bytes of a feed and what HTTP said about them, to entries. A pure function of its input.
//!
//! Bytes are decoded ([`decode`]); XML is read by one tolerant reader ([`feed`] on [`xml`]), whether it is whole or broken, so
//! that an entry reads the same before and after damage elsewhere in its document.

pub mod dates;
pub mod decode;
pub mod entry;
mod feed;
pub mod frame;
mod json;
pub mod repair;
pub mod segment;
pub mod tally;
pub mod wire;
mod xml;

use chrono_tz::Tz;
use wiredesk_contract::raw::FeedEntry;

pub use entry::FeedMeta;
pub use tally::Tally;

/// What is known of a document besides its bytes.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Where it was fetched: what relative addresses are relative to.
    pub url: Option<String>,
    /// Zone of dates without one.
    pub zone: Option<Tz>,
}

/// A feed that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it says about itself.
    pub meta: FeedMeta,
    /// Its entries, in order.
    pub entries: Vec<FeedEntry>,
    /// Items that could not be read.
    pub broken: Vec<BrokenEntry>,
    /// What was mended.
    pub repairs: Tally,
    /// It ended early: entries may be missing.
    pub partial: bool,
    /// Other documents that it lists, where it is a sitemap index.
    pub children: Vec<Child>,
}

/// A document that a sitemap index lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its address, absolute.
    pub url: String,
    /// When it last changed.
    pub modified: Option<wiredesk_contract::Timestamp>,
}

/// An item that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenEntry {
    /// Its text, as it was after decoding and mending.
    pub text: String,
    /// Why, in words.
    pub why: String,
}

/// Why a document cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No bytes.
    #[error("the document is empty")]
    Empty,
    /// A web page.
    #[error("the document is a web page, not a feed; look on it for the feed's address")]
    WebPage,
    /// A sitemap.
    #[error("the document is a sitemap, not a feed; sitemaps are not read")]
    Sitemap,
    /// Anything else that is no feed.
    #[error("the document is not a feed in RSS, Atom or JSON Feed form; it begins with {0:?}")]
    NotAFeed(String),
    /// JSON that is no JSON Feed.
    #[error("the document is JSON but not a JSON Feed: {0}")]
    Json(String),
}

impl Unreadable {
    /// The stable name for dead letters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "empty_document",
            Self::WebPage | Self::Sitemap | Self::NotAFeed(_) | Self::Json(_) => "not_a_feed",
        }
    }

    /// The same bytes give the same answer.
    pub fn is_transient(&self) -> bool {
        false
    }
}

/// Reads a document of any form. Nothing in it makes this panic, loop, or take more than a small multiple of its length in
/// time and memory.
///
/// # Errors
/// [`Unreadable`] where it is no feed, in words.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<Document, Unreadable> {
    let decoded = decode::decode_within(bytes, hints.content_type.as_deref());
    let mut tally = Tally::default();
    for (kind, count) in &decoded.repairs {
        tally.add_n(kind, *count);
    }
    let text = decoded.text.trim_start_matches(['\u{feff}', '\0']).trim_start();
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut document = if let Some(result) = wire::read(text, hints, &mut tally) {
        Document { repairs: tally, ..result? }
    } else if text.starts_with(['{', '[']) {
        json::read(text, hints, tally)?
    } else {
        // A document that had to be decoded is in memory twice.
        let owned = matches!(decoded.text, std::borrow::Cow::Owned(_));
        feed::read(text, hints, tally, if owned { feed::MOST_TEXT / 2 } else { feed::MOST_TEXT })?
    };
    document.partial |= decoded.cut;
    Ok(document)
}

fn no_feed(text: &str) -> Unreadable {
    let head: String = text.chars().take(2000).collect::<String>().to_ascii_lowercase();
    if head.contains("<urlset") || head.contains("<sitemapindex") {
        Unreadable::Sitemap
    } else if head.contains("<html") || head.contains("<body") || head.contains("<head") {
        Unreadable::WebPage
    } else {
        Unreadable::NotAFeed(text.chars().take(40).collect())
    }
}

#[cfg(test)]
mod tests;
