//! One look at a source, as a person asks for it: fetched or read from a file, read, and judged. Nothing is saved.

use std::path::Path;

use url::{Position, Url};
use wiredesk_contract::Timestamp;
use wiredesk_net::Client;

use crate::address;
use crate::answer::{self, Answer};
use crate::ask;
use crate::config::Config;
use crate::discover::{self, Candidate};
use crate::health::{self, Report};
use crate::read::{self, Document, Hints, Unreadable};
use crate::robots::{LONGEST, Robots, token_of};
use crate::source::SourceConfig;
use crate::text;

/// Titles that a look keeps.
const HEADLINES: usize = 5;

/// What a look at a source came to.
#[derive(Debug)]
pub struct Look {
    /// The source, with the address at which it was found.
    pub source: SourceConfig,
    /// What it is and what is wrong with it.
    pub report: Report,
    /// Titles of its first items, in plain text.
    pub headlines: Vec<String>,
    /// Where a site's address was given: what was found on the site, this source first.
    pub found: Vec<Candidate>,
}

/// Why there is nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// No document came.
    #[error("{url} cannot be fetched: {why}")]
    Fetch {
        /// The address.
        url: String,
        /// Why, in words, with what to do.
        why: String,
    },
    /// A document came that is none.
    #[error("{url} cannot be read: {why}")]
    Read {
        /// The address or path.
        url: String,
        /// Why.
        why: Unreadable,
    },
    /// A site on which nothing was found.
    #[error("{url} is a web page, and no feed was found on its site; look on it for the address of one")]
    NoFeed {
        /// The address.
        url: String,
    },
    /// The file cannot be read.
    #[error("{path} cannot be read: {error}")]
    File {
        /// Its path.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
}

impl LookError {
    /// May a later look succeed?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Fetch { .. })
    }
}

/// `example.org` as `https://example.org`; what has a scheme stays.
pub fn with_scheme(url: &str) -> String {
    let url = url.trim();
    if url.contains("://") { url.to_owned() } else { format!("https://{url}") }
}

/// Looks at a source's address; where it is a web page, for the source that its site has to offer.
///
/// # Errors
/// [`LookError`] in one sentence.
pub async fn at_address(
    client: &Client,
    config: &Config,
    source: &SourceConfig,
    clock: fn() -> Timestamp,
) -> Result<Look, LookError> {
    match once(client, config, source, clock).await {
        Err(LookError::Read { url, why: Unreadable::WebPage }) => {
            let found = discover::discover(client, &url)
                .await
                .map_err(|e| LookError::Fetch { url: url.clone(), why: e.to_string() })?;
            let Some(first) = found.first() else { return Err(LookError::NoFeed { url }) };
            let source = SourceConfig { url: first.url.clone(), ..source.clone() };
            let look = once(client, config, &source, clock).await?;
            Ok(Look { found, ..look })
        }
        look => look,
    }
}

async fn once(
    client: &Client,
    config: &Config,
    source: &SourceConfig,
    clock: fn() -> Timestamp,
) -> Result<Look, LookError> {
    let url = source.url.clone();
    let request = ask::request_of(source, &url, None);
    let failed = |why: String| LookError::Fetch { url: url.clone(), why };
    let response = match answer::read(client.get(&request).await, clock()) {
        Answer::Document(response) => *response,
        Answer::Unchanged => {
            return Err(failed("the server answers 304 to a request without validators".to_owned()));
        }
        Answer::Gone => {
            return Err(failed(
                "the server says that it is gone for good (410); look for its successor".to_owned(),
            ));
        }
        Answer::TooLarge(why, _) | Answer::Failed { error: why, .. } => return Err(failed(why)),
    };
    let hints = Hints {
        content_type: response.content_type.clone(),
        url: Some(response.url.clone()),
        zone: source.zone(),
    };
    let document = read::read(&response.body, &hints).map_err(|why| LookError::Read { url, why })?;
    let mut report = health::report(source, config, &response.body, &document, Some(&response), clock());
    if let Some(page) = document.entries.iter().find_map(|e| address::parsed(e.link.as_deref()?)) {
        report.robots = Some(robots(client, source, &page, &config.user_agent()).await);
    }
    Ok(seen(source, report, &document))
}

fn seen(source: &SourceConfig, report: Report, document: &Document) -> Look {
    let titles = document.entries.iter().map(|e| text::plain(&e.title)).filter(|t| !t.is_empty());
    Look { source: source.clone(), report, headlines: titles.take(HEADLINES).collect(), found: Vec::new() }
}

/// What robots.txt of a page's host says of this page to us (RFC 9309), in words.
async fn robots(client: &Client, source: &SourceConfig, page: &Url, user_agent: &str) -> String {
    let host = page.host_str().unwrap_or_default();
    let closed = |why: String| format!("no page of {host} is fetched: its robots.txt cannot be had ({why})");
    let rules = match client.get(&ask::robots_of(source, page)).await {
        Ok(response) if response.status < 300 => {
            let body = &response.body[..response.body.len().min(LONGEST)];
            Robots::read(body, &token_of(user_agent))
        }
        // Whoever has no such file forbids nothing.
        Ok(response) if (400..500).contains(&response.status) && response.status != 429 => Robots::default(),
        Ok(response) => return closed(format!("the server answers {}", response.status)),
        Err(error) => return closed(error.to_string()),
    };
    let delay = rules.crawl_delay.map(|s| format!(", asks for {s} s between two")).unwrap_or_default();
    if rules.allows(&page[Position::BeforePath..]) {
        format!("allows its pages on {host}{delay}")
    } else {
        format!("forbids {} on {host}: pages = true would bring nothing there", page.path())
    }
}

/// Looks at a document in a file.
///
/// # Errors
/// [`LookError`] in one sentence.
pub fn at_file(
    path: &Path,
    config: &Config,
    source: &SourceConfig,
    now: Timestamp,
) -> Result<Look, LookError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| LookError::File { path: name.clone(), error })?;
    at_bytes(&name, &bytes, config, source, now)
}

/// Looks at a document that is there already.
///
/// # Errors
/// [`LookError::Read`].
pub fn at_bytes(
    name: &str,
    bytes: &[u8],
    config: &Config,
    source: &SourceConfig,
    now: Timestamp,
) -> Result<Look, LookError> {
    let hints = Hints { zone: source.zone(), ..Hints::default() };
    let document = read::read(bytes, &hints).map_err(|why| LookError::Read { url: name.to_owned(), why })?;
    let mut report = health::report(source, config, bytes, &document, None, now);
    name.clone_into(&mut report.url);
    Ok(seen(source, report, &document))
}
