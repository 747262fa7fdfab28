//! The wires as entries of a feed list.

use serde::{Deserialize, Serialize};
use wiredesk_contract::source::Rights;

use crate::wires::WIRES;

/// One wire for the fetcher's feed list: field names are those of its configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Source id.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Address of the feed.
    pub url: String,
    /// BCP 47.
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// Agency whose own wire it is.
    pub agency: Option<String>,
    /// The copy is ours: full text.
    pub rights: Rights,
    /// Article pages are to be fetched.
    pub pages: bool,
    /// Seconds between polls.
    pub interval_seconds: u32,
    /// Networks that it may be on although they are not public: loopback.
    pub allow: Vec<String>,
    /// What it is, always `feed`.
    pub kind: String,
}

/// The sample wires as they are served under `base_url`.
pub fn sources(base_url: &str) -> Vec<SourceEntry> {
    let base = base_url.trim_end_matches('/');
    WIRES
        .iter()
        .map(|wire| SourceEntry {
            id: wire.id.to_owned(),
            name: wire.name.to_owned(),
            url: format!("{base}{}", wire.feed_path()),
            language: Some(wire.language.to_owned()),
            country: Some(wire.country.to_owned()),
            time_zone: Some(wire.zone.name().to_owned()),
            agency: wire.agency.map(str::to_owned),
            rights: Rights::FullText,
            pages: !wire.full,
            interval_seconds: 5,
            allow: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()],
            kind: "feed".to_owned(),
        })
        .collect()
}
