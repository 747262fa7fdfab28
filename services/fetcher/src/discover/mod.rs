//! Autodiscovery: the feeds and news sitemaps of a site, from its address alone.
//!
//! Pure: [`page`] (what a page and its headers name), [`places`] (where feeds usually are). The shell is here: it fetches what
//! they name, one after another, and keeps what can be read.

pub mod page;
mod places;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};
use wiredesk_net::{Client, Guard, NetError, Request, Response};

use crate::address;
use crate::read::{self, Document, Hints};
use crate::robots::Robots;

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

/// Most addresses that are fetched for one site.
const REQUESTS: usize = 40;
/// Pause between two of them.
const PAUSE: Duration = Duration::from_millis(300);
/// Most sitemaps out of robots.txt: large sites list dozens, and those for news come first here.
const SITEMAPS: usize = 6;
/// What is asked for.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5";

/// The sources of a site, the surest first, each fetched and read. `url` may lack its scheme. Requests go out one after
/// another.
///
/// # Errors
/// [`NetError`] where the address cannot be fetched at all; a site without any source is an empty list.
pub async fn discover(client: &Client, url: &str) -> Result<Vec<Candidate>, NetError> {
    let (start, response) = first(client, url).await?;
    let end = Url::parse(&response.url).unwrap_or(start);
    if let Some(itself) = verified(&response, Why::Itself) {
        return Ok(vec![itself]);
    }
    let mut search = Search::new(client, &end);
    for found in page::named_by_headers(&response.links, &end) {
        search.add(found, Why::Header);
    }
    if response.status == 200 {
        let html = read::decode::decode(&response.body, response.content_type.as_deref()).text;
        let page = page::read(&html, &end);
        for found in page.declared {
            search.add(found, Why::Declared);
        }
        for found in page.linked {
            search.add(found, Why::Linked);
        }
    }
    for sitemap in search.sitemaps(&end).await {
        search.add(sitemap, Why::Robots);
    }
    search.verify().await;
    // Guesses are for sites that say nothing: they cost requests that mostly find nothing.
    if search.candidates.is_empty() {
        for guess in places::feeds(&end) {
            search.add(guess, Why::Guessed);
        }
    }
    if !search.candidates.iter().any(|c| c.why == Why::Robots) {
        for guess in places::sitemaps(&end) {
            search.add(guess, Why::Guessed);
        }
    }
    search.verify().await;
    let mut candidates = search.candidates;
    candidates.sort_by_key(|c| c.why);
    Ok(candidates)
}

/// The first answer: over https where the address names no scheme, else over http.
async fn first(client: &Client, url: &str) -> Result<(Url, Response), NetError> {
    let text = url.trim();
    if text.contains("://") {
        return fetch(client, wiredesk_net::client::parse(text)?).await;
    }
    let secure = wiredesk_net::client::parse(&format!("https://{text}"))?;
    match fetch(client, secure).await {
        Err(error) if error.is_transient() => {
            let plain = wiredesk_net::client::parse(&format!("http://{text}"))?;
            // What is wrong with https is what people can act upon.
            fetch(client, plain).await.map_err(|_| error)
        }
        answer => answer,
    }
}

async fn fetch(client: &Client, url: Url) -> Result<(Url, Response), NetError> {
    let request = Request { url: url.to_string(), accept: Some(ACCEPT), ..Request::default() };
    client.get(&request).await.map(|response| (url, response))
}

struct Search<'a> {
    client: &'a Client,
    /// In the operator's own network nobody is to be spared.
    own: bool,
    requests: usize,
    /// Keys of the addresses that were or will be asked for.
    known: BTreeSet<String>,
    waiting: Vec<(Url, Why)>,
    candidates: Vec<Candidate>,
}

impl<'a> Search<'a> {
    fn new(client: &'a Client, at: &Url) -> Self {
        let public = Guard::default();
        let is_own = |ip: IpAddr| public.refuses(ip).is_some();
        let own = match at.host() {
            Some(Host::Ipv4(ip)) => is_own(ip.into()),
            Some(Host::Ipv6(ip)) => is_own(ip.into()),
            _ => false,
        };
        Self { client, own, requests: 0, known: BTreeSet::new(), waiting: Vec::new(), candidates: Vec::new() }
    }

    fn add(&mut self, url: Url, why: Why) {
        let key = address::key(url.as_str()).unwrap_or_else(|| url.to_string());
        if self.known.insert(key) {
            self.waiting.push((url, why));
        }
    }

    /// The answer of an address, after a pause; None where it gives none or enough was asked.
    async fn ask(&mut self, url: Url) -> Option<Response> {
        if self.requests >= REQUESTS {
            return None;
        }
        self.requests += 1;
        if !self.own {
            tokio::time::sleep(PAUSE).await;
        }
        fetch(self.client, url).await.ok().map(|(_, response)| response)
    }

    /// Sitemaps that robots.txt names, those for news first. Others are archives, of no use for a wire.
    async fn sitemaps(&mut self, site: &Url) -> Vec<Url> {
        let Ok(robots) = site.join("/robots.txt") else { return Vec::new() };
        let Some(response) = self.ask(robots).await.filter(|r| r.status == 200) else { return Vec::new() };
        let named = Robots::read(&response.body, "wiredesk").sitemaps;
        let mut sitemaps: Vec<Url> = named.iter().filter_map(|s| site.join(s).ok()).collect();
        sitemaps.sort_by_key(|s| !places::is_for_news(s));
        sitemaps.truncate(SITEMAPS);
        sitemaps
    }

    /// Fetches what waits, and keeps what can be read.
    async fn verify(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|(_, why)| *why);
        for (url, why) in waiting {
            let Some(response) = self.ask(url).await else { continue };
            let Some(candidate) = verified(&response, why) else { continue };
            if self.candidates.iter().all(|c| address::key(&c.url) != address::key(&candidate.url)) {
                self.candidates.push(candidate);
            }
        }
    }
}

/// What an answer is, where it is a source.
fn verified(response: &Response, why: Why) -> Option<Candidate> {
    if response.status != 200 {
        return None;
    }
    let hints = Hints {
        content_type: response.content_type.clone(),
        url: Some(response.url.clone()),
        ..Hints::default()
    };
    let document = read::read(&response.body, &hints).ok()?;
    // Of a feed of comments nobody wants news, and a page that reads as an empty feed is none.
    let entries = document.entries.len().max(document.children.len());
    let is_empty = entries == 0 && document.meta.title.is_none() && why != Why::Itself;
    (!is_empty).then(|| Candidate {
        url: response.url.clone(),
        title: document.meta.title.clone(),
        kind: kind(&document, response),
        why,
        entries,
    })
}

fn kind(document: &Document, response: &Response) -> String {
    if !document.meta.form.is_empty() {
        return document.meta.form.to_owned();
    }
    let head = String::from_utf8_lossy(&response.body[..response.body.len().min(2000)]).to_ascii_lowercase();
    let forms = [
        ("<rss", "RSS"),
        ("<rdf", "RDF"),
        ("<feed", "Atom"),
        ("jsonfeed.org", "JSON Feed"),
        ("<urlset", "sitemap"),
        ("<sitemapindex", "sitemap index"),
    ];
    forms.iter().find(|(mark, _)| head.contains(mark)).map_or("feed", |(_, name)| name).to_owned()
}
