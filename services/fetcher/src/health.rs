//! What a source is and what is wrong with it, from one document and what HTTP said about it: for `wiredesk sources check`.
//! A pure function; what is said is meant to be sent to the publisher as it stands.

mod outlook;
mod problems;
mod rhythm;
mod scan;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use wiredesk_contract::Timestamp;
use wiredesk_contract::raw::Repair;
use wiredesk_net::Response;

pub use outlook::Outlook;
pub use problems::{Problem, Weight};
pub use rhythm::Rhythm;
pub use words::repair_words;

use crate::config::Config;
use crate::read::Document;
use crate::source::SourceConfig;

/// What is known about a source after one look.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Where it was asked for.
    pub url: String,
    /// Where it was in the end, where redirects led elsewhere.
    pub redirected_to: Option<String>,
    /// The new address, where the redirects are permanent.
    pub moved_to: Option<String>,
    /// The form in words, such as `RSS 2.0`.
    pub form: String,
    /// What it calls itself.
    pub title: Option<String>,
    /// The language that it declares.
    pub language: Option<String>,
    /// Bytes of the document, decompressed.
    pub bytes: usize,
    /// Items in it.
    pub items: usize,
    /// Sitemaps that it lists, where it is an index of them.
    pub sitemaps: usize,
    /// How often it moves.
    pub rhythm: Rhythm,
    /// What HTTP said, by name in lower case: validators, caching, type.
    pub http: BTreeMap<&'static str, String>,
    /// What the document says about polling, such as `ttl`.
    pub asks: BTreeMap<&'static str, String>,
    /// WebSub hubs.
    pub hubs: Vec<String>,
    /// What robots.txt says of its pages, in words; None where nobody asked.
    pub robots: Option<String>,
    /// What was mended, by kind.
    pub repairs: Vec<Repair>,
    /// How often wiredesk would ask.
    pub outlook: Outlook,
    /// What is wrong with it, the worst first.
    pub problems: Vec<Problem>,
}

/// Looks at a document; `response` is what HTTP said, where it came that way.
pub fn report(
    source: &SourceConfig,
    config: &Config,
    bytes: &[u8],
    document: &Document,
    response: Option<&Response>,
    now: Timestamp,
) -> Report {
    let rhythm = rhythm::of(document, now);
    let mut hubs = document.meta.hubs.clone();
    let mut http = BTreeMap::new();
    let mut moved_to = None;
    let mut redirected_to = None;
    if let Some(response) = response {
        for (name, value) in [
            ("etag", &response.etag),
            ("last-modified", &response.last_modified),
            ("content-type", &response.content_type),
            ("cache-control", &response.cache_control),
            ("expires", &response.expires),
        ] {
            if let Some(value) = value {
                http.insert(name, value.clone());
            }
        }
        hubs.extend(response.links.iter().flat_map(|l| hub_links(l)));
        moved_to.clone_from(&response.moved_to);
        redirected_to = (response.url != source.url).then(|| response.url.clone());
    }
    hubs.sort();
    hubs.dedup();
    let outlook = outlook::of(source, config, document, response, &rhythm, now);
    let problems = problems::of(source, bytes, document, response, &rhythm, now);
    Report {
        url: source.url.clone(),
        redirected_to,
        moved_to,
        form: if document.meta.form.is_empty() { "feed" } else { document.meta.form }.to_owned(),
        title: document.meta.title.clone(),
        language: document.meta.language.clone(),
        bytes: bytes.len(),
        items: document.entries.len(),
        sitemaps: document.children.len(),
        rhythm,
        http,
        asks: asks(document),
        hubs,
        robots: None,
        repairs: document.repairs.repairs(),
        outlook,
        problems,
    }
}

fn asks(document: &Document) -> BTreeMap<&'static str, String> {
    let meta = &document.meta;
    let mut asks = BTreeMap::new();
    if let Some(minutes) = meta.ttl_minutes {
        asks.insert("ttl", format!("{minutes} min"));
    }
    if let Some(minutes) = meta.update_minutes {
        asks.insert("update period", format!("{minutes} min"));
    }
    let list = |numbers: &[u8]| numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    if !meta.skip_hours.is_empty() {
        asks.insert("not at the hours (GMT)", list(&meta.skip_hours));
    }
    if !meta.skip_days.is_empty() {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let named: Vec<&str> =
            meta.skip_days.iter().filter_map(|d| days.get(usize::from(*d)).copied()).collect();
        asks.insert("not on", named.join(", "));
    }
    asks
}

/// The targets of `rel="hub"` in a `Link` header (RFC 8288).
fn hub_links(header: &str) -> Vec<String> {
    header
        .split(',')
        .filter_map(|link| {
            let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
            let rel = parameters.split(';').find_map(|p| p.trim().strip_prefix("rel="))?;
            rel.trim_matches('"')
                .split_whitespace()
                .any(|r| r.eq_ignore_ascii_case("hub"))
                .then(|| target.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests;
