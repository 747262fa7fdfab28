//! Reading: the bytes of a feed and what HTTP said about them, to entries. A pure function of its input.
//!
//! Bytes are decoded ([`decode`]), mended ([`repair`]) and framed ([`frame`]); feed-rs reads the result. What it refuses, or
//! reads fewer entries of than are visible, is read item by item ([`items`]), so that a broken item costs no neighbour.

pub mod dates;
pub mod decode;
pub mod entry;
pub mod frame;
mod items;
mod parser;
pub mod repair;
pub mod rescue;
pub mod segment;
pub mod tally;
pub mod wire;

use chrono_tz::Tz;
use wiredesk_contract::raw::FeedEntry;

pub use entry::FeedMeta;
pub use tally::Tally;

use frame::{Framed, frame};

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

/// Reads a feed.
///
/// # Errors
/// [`Unreadable`] where it is no feed, in words.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<Document, Unreadable> {
    let decoded = decode::decode(bytes, hints.content_type.as_deref());
    let mut tally = Tally::default();
    for (kind, count) in &decoded.repairs {
        tally.add_n(kind, *count);
    }
    let text = decoded.text.trim_start_matches(['\u{feff}', '\0']).trim_start();
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    if let Some(read) = wire::read(text, hints, &mut tally) {
        return read;
    }
    if text.starts_with('{') {
        return parser::parse(text, hints).map(|feed| document(feed, tally, hints)).map_err(Unreadable::Json);
    }
    let mended = repair::mend(text, &mut tally);
    let Some(framed) = frame(&mended, &mut tally) else { return Err(no_feed(&mended)) };
    Ok(framed_document(&framed, tally, hints))
}

fn framed_document(framed: &Framed, tally: Tally, hints: &Hints) -> Document {
    let partial = framed.partial;
    let whole = parser::parse(&framed.text, hints);
    let mut document = match whole {
        Ok(feed) if feed.entries.len() >= framed.items.len() => document(feed, tally, hints),
        _ => items::read(framed, tally, hints),
    };
    document.partial = partial;
    about(framed, &mut document.entries);
    document
}

fn document(feed: feed_rs::model::Feed, repairs: Tally, hints: &Hints) -> Document {
    let meta = FeedMeta::of(&feed);
    let entries = feed.entries.into_iter().map(|e| entry::entry(e, &meta, hints.zone)).collect();
    Document { meta, entries, repairs, ..Document::default() }
}

/// RDF names its items by `rdf:about`, which feed-rs does not read.
fn about(framed: &Framed, entries: &mut [FeedEntry]) {
    if framed.root != frame::Root::Rdf || framed.items.len() != entries.len() {
        return;
    }
    for (segment, entry) in framed.items.iter().zip(entries) {
        let text = &framed.text[segment.start..segment.end];
        let tag = &text[..text.find('>').map_or(text.len(), |n| n + 1)];
        if entry.guid.is_none()
            && let Some((_, about)) = frame::attributes(tag).into_iter().find(|(n, _)| n.ends_with("about"))
        {
            let about =
                quick_xml::escape::unescape(&about).map_or(about.clone(), std::borrow::Cow::into_owned);
            entry.guid = entry::address(&about);
        }
    }
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
