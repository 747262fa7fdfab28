//! The fetcher's configuration, and the list of sources that it adds up to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use wiredesk_net::NetConfig;

use crate::push::PushConfig;
use crate::source::SourceConfig;

/// The fetcher.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Sources named here.
    pub sources: Vec<SourceConfig>,
    /// A TOML file with more `[[sources]]`.
    pub sources_file: Option<PathBuf>,
    /// An OPML file with more.
    pub sources_opml: Option<PathBuf>,
    /// Who one is to servers; by default `wiredesk/<version> (+<contact>)`.
    pub user_agent: Option<String>,
    /// A web or mail address for the operators of servers.
    pub contact: String,
    /// Seconds between two polls of a source that names none of its own.
    pub interval_seconds: u32,
    /// Most polls at a time.
    pub concurrency: usize,
    /// Most polls of one registrable domain at a time.
    pub per_host: usize,
    /// Seconds for which a fetcher that says nothing keeps its sources.
    pub lease_seconds: u32,
    /// Longest pause after failures, in seconds.
    pub max_backoff_seconds: u32,
    /// Addresses, sizes and times.
    pub net: NetConfig,
    /// Article pages.
    pub pages: PagesConfig,
    /// What comes by itself: posts, hubs, files.
    pub push: PushConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            sources_file: None,
            sources_opml: None,
            user_agent: None,
            contact: "https://example.org/wiredesk".to_owned(),
            interval_seconds: 120,
            concurrency: 64,
            per_host: 4,
            lease_seconds: 45,
            max_backoff_seconds: 3600,
            net: NetConfig::default(),
            pages: PagesConfig::default(),
            push: PushConfig::default(),
        }
    }
}

impl Config {
    /// What requests say in `User-Agent`.
    pub fn user_agent(&self) -> String {
        let own = || format!("wiredesk/{} (+{})", env!("CARGO_PKG_VERSION"), self.contact);
        self.user_agent.clone().unwrap_or_else(own)
    }
}

/// How article pages are fetched.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PagesConfig {
    /// Most pages of one source at a time.
    pub concurrency: usize,
    /// How often a page that could not be had is tried again.
    pub retries: u32,
    /// Seconds before the first retry; doubled each time.
    pub retry_seconds: u32,
    /// Largest page in bytes, after decompression.
    pub max_bytes: usize,
    /// Longest time for a page in seconds.
    pub total_seconds: u64,
    /// Fetch pages again so many seconds later to see edits; 0 never does.
    pub recheck_seconds: u32,
    /// How often a page is fetched again to see edits.
    pub rechecks: u32,
}

impl Default for PagesConfig {
    fn default() -> Self {
        Self {
            concurrency: 4,
            retries: 4,
            retry_seconds: 15,
            max_bytes: 4 * 1024 * 1024,
            total_seconds: 20,
            recheck_seconds: 0,
            rechecks: 3,
        }
    }
}
