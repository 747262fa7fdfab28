//! The fetcher's configuration, and the list of sources that it adds up to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_net::NetConfig;

use crate::push::PushConfig;
use crate::source::SourceConfig;

/// The fetcher.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The wires, a table each.
    pub sources: Vec<SourceConfig>,
    /// A file with more sources (TOML, OPML or JSON), or a folder of such files.
    pub sources_file: Option<PathBuf>,
    /// An OPML file with more sources.
    pub sources_opml: Option<PathBuf>,
    /// Who one is to servers; by default `wiredesk/<version> (+<contact>)`.
    pub user_agent: Option<String>,
    /// A web or mail address for the operators of servers.
    pub contact: String,
    /// Seconds until the second poll of a source that names no interval of its own, before anything is measured.
    pub interval_seconds: u32,
    /// Most polls at a time.
    pub concurrency: usize,
    /// Most polls of one registrable domain at a time.
    pub per_host: usize,
    /// Milliseconds between the starts of two requests to one registrable domain, by all fetchers together. Hosts that are
    /// IP addresses on a network that the operator allowed are his own: no gap is kept there.
    pub gap_ms: u32,
    /// Registrable domains with limits of their own.
    pub domains: BTreeMap<String, DomainConfig>,
    /// Seconds for which a fetcher that says nothing keeps its domains. Short enough that news flow again within ten seconds of a crash.
    pub lease_seconds: u32,
    /// Longest pause after failures, in seconds.
    pub max_backoff_seconds: u32,
    /// Longest `Retry-After` that is obeyed, in seconds: days were seen in the wild.
    pub max_retry_after_seconds: u32,
    /// Documents of a sitemap index that are fetched in one poll.
    pub children_a_poll: usize,
    /// How often sources are asked that name no interval of their own: freshness against load.
    pub pace: PaceConfig,
    /// Addresses, sizes and times.
    pub net: NetConfig,
    /// How article pages are fetched.
    pub pages: PagesConfig,
    /// What comes by itself: posts, hubs, files.
    pub push: PushConfig,
    /// Days for which an entry is known after a feed has last listed it; it is not sent again when it comes back.
    pub seen_days: u32,
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
            per_host: 2,
            gap_ms: 1000,
            domains: BTreeMap::new(),
            lease_seconds: 9,
            max_backoff_seconds: 3600,
            max_retry_after_seconds: 86_400,
            children_a_poll: 5,
            pace: PaceConfig::default(),
            net: NetConfig::default(),
            pages: PagesConfig::default(),
            push: PushConfig::default(),
            seen_days: 400,
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

/// Limits of one registrable domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DomainConfig {
    /// Instead of the `gap_ms` of all domains, in milliseconds.
    pub gap_ms: Option<u32>,
    /// Instead of `per_host`: most polls at a time.
    pub concurrency: Option<usize>,
}

/// How often sources are asked that name no interval of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PaceConfig {
    /// Half of a wire's items are to be had within so many seconds.
    pub median_seconds: u32,
    /// Shortest pause between two polls, in seconds, whatever is at risk.
    pub min_seconds: u32,
    /// Longest pause between two polls of a source that works, in seconds.
    pub max_seconds: u32,
    /// Longest `ttl`, `max-age`, `Expires` or `sy:updatePeriod` that is believed, in seconds.
    pub max_floor_seconds: u32,
    /// So many items may come at once: places in the document's window that are kept free for them.
    pub burst_items: u32,
    /// A source that brings so many items a day is a wire; one that brings less is asked in proportion.
    pub wire_items_a_day: u32,
    /// The document is asked for in full once in so many seconds, whatever its validators say; 0 never does.
    pub full_seconds: u32,
    /// After so many failures in a row, over `pause_days`, a source is asked only once in `probe_seconds`.
    pub pause_failures: u32,
    /// For so many days a source must have failed until it is asked that seldom.
    pub pause_days: u32,
    /// Seconds between two polls of such a source.
    pub probe_seconds: u32,
}

impl Default for PaceConfig {
    fn default() -> Self {
        Self {
            median_seconds: 60,
            min_seconds: 30,
            max_seconds: 3600,
            max_floor_seconds: 3600,
            burst_items: 8,
            wire_items_a_day: 24,
            full_seconds: 86_400,
            pause_failures: 30,
            pause_days: 7,
            probe_seconds: 7 * 86_400,
        }
    }
}

/// How article pages are fetched.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
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
    /// Least milliseconds between two pages of one registrable domain, over all sources. The operator's own networks are not
    /// waited for.
    pub gap_ms: u32,
    /// Most pages of one registrable domain at a time.
    pub per_domain: usize,
    /// Longest that the pages of one poll wait for their turns, in seconds; items whose pages' turns come later go out
    /// without, and their pages come with a later poll.
    pub wait_seconds: u32,
    /// Fetch no page that its host's robots.txt forbids.
    pub robots: bool,
    /// Longest pause between two pages that a robots.txt can ask for, in seconds.
    pub max_crawl_delay_seconds: u32,
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
            gap_ms: 1000,
            per_domain: 2,
            wait_seconds: 30,
            robots: true,
            max_crawl_delay_seconds: 30,
        }
    }
}
