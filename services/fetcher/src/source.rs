//! One source, as the operator names it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use wiredesk_contract::SourceId;
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_runtime::Secret;

use crate::error::FetchError;

/// What sort of thing a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// An address that is polled: a feed, a news sitemap, or a document in a wire format; which one is seen from its bytes.
    #[default]
    Feed,
    /// Documents that an agency posts to `/v1/ingest/{id}`, signed.
    Webhook,
    /// Files that appear in a folder.
    Folder,
}

/// A source.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Slug: lower-case letters, digits and hyphens. Item ids are derived from it: it is not changed later.
    pub id: String,
    /// The name to show; by default the id.
    #[serde(default)]
    pub name: String,
    /// The feed's address; for a webhook or folder the agency's own, or empty.
    #[serde(default)]
    pub url: String,
    /// BCP 47.
    #[serde(default)]
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// IANA zone of dates without one.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Agency whose own wire it is.
    #[serde(default)]
    pub agency: Option<String>,
    /// What may be published.
    #[serde(default)]
    pub rights: Rights,
    /// Fetch the article pages.
    #[serde(default)]
    pub pages: bool,
    /// Seconds between two polls; overrules what is measured and what the feed asks for.
    #[serde(default)]
    pub interval_seconds: Option<u32>,
    /// Networks that this source may be on although they are not public.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Headers to send, such as `Authorization`; never logged, never sent to another host.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret<String>>,
    /// What `Cookie` says; never logged, never sent to another host.
    #[serde(default)]
    pub cookie: Option<Secret<String>>,
    /// What `User-Agent` says to this source instead of the fetcher's own.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// Proxy for this source: `http://host:port` or `socks5://host:port`, perhaps with credentials.
    #[serde(default)]
    pub proxy: Option<Secret<String>>,
    /// What it is.
    #[serde(default)]
    pub kind: SourceKind,
    /// The folder that is watched (kind `folder`).
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// What the agency signs its posts with (kind `webhook`).
    #[serde(default)]
    pub secret: Option<Secret<String>>,
    /// Take pushes by WebSub where the feed names a hub.
    #[serde(default)]
    pub websub: Option<bool>,
}

impl SourceConfig {
    /// The zone of dates without one; an unknown name was refused at start.
    pub fn zone(&self) -> Option<Tz> {
        self.time_zone.as_deref().and_then(|z| z.parse().ok())
    }

    /// The source as raw items carry it.
    pub fn reference(&self) -> SourceRef {
        SourceRef {
            id: SourceId::new(&self.id),
            name: self.shown().to_owned(),
            url: Some(self.url.clone()),
            language: self.language.clone(),
            country: self.country.clone(),
            time_zone: self.time_zone.clone(),
            agency: self.agency.clone(),
            rights: self.rights,
        }
    }

    /// The name to show.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// Headers to send.
    pub fn revealed_headers(&self) -> BTreeMap<String, String> {
        self.headers.iter().map(|(n, v)| (n.clone(), v.reveal().clone())).collect()
    }

    /// Is it usable as written?
    ///
    /// # Errors
    /// [`FetchError::Source`] with what to do.
    pub fn check(&self, place: &str) -> Result<(), FetchError> {
        let wrong = |what: String| FetchError::Source { place: place.to_owned(), id: self.id.clone(), what };
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 100 || !self.id.chars().all(legal) {
            return Err(wrong(
                "its id may only have lower-case letters, digits and hyphens, 1 to 100 of them".to_owned(),
            ));
        }
        if self.kind == SourceKind::Feed {
            wiredesk_net::client::parse(&self.url).map_err(|e| wrong(e.to_string()))?;
        }
        wiredesk_net::Guard::new(&self.allow).map_err(|e| wrong(e.to_string()))?;
        if let Some(zone) = &self.time_zone
            && zone.parse::<Tz>().is_err()
        {
            return Err(wrong(format!("{zone:?} is no time zone; write it as Europe/Madrid")));
        }
        if self.interval_seconds == Some(0) {
            return Err(wrong("interval_seconds is 0; the least is 1".to_owned()));
        }
        Ok(())
    }
}
