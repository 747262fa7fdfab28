//! One source, as the operator names it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wiredesk_contract::SourceId;
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_runtime::Secret;

use crate::error::FetchError;
use crate::place::Place;
use crate::reference;

/// What sort of thing a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
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
    /// Language of its copy, as BCP 47 writes it: `es`, `pt-BR`.
    #[serde(default)]
    pub language: Option<String>,
    /// Its country, as ISO 3166-1 writes it in two letters: `ES`.
    #[serde(default)]
    pub country: Option<String>,
    /// Time zone of dates without one, by its IANA name: `Europe/Madrid`.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Agency whose own wire it is.
    #[serde(default)]
    pub agency: Option<String>,
    /// What of its items may be published.
    #[serde(default)]
    pub rights: Rights,
    /// Fetch the article pages too.
    #[serde(default)]
    pub pages: bool,
    /// Seconds between two polls; overrules what is measured and what the feed asks for.
    #[serde(default)]
    pub interval_seconds: Option<u32>,
    /// Networks that this source may be on although they are not public.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Headers to send, such as `Authorization`; never logged, never sent to another host. Here, in the cookie, the proxy and
    /// the secret, `env:NAME` and `file:/run/secrets/x` stand for what is there when the source is polled.
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
    /// Never speak HTTP/2: for servers that do it badly.
    #[serde(default)]
    pub http1_only: bool,
    /// How its documents come.
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
    /// Its items lose their words after so many days; by default as `processor.retention` says.
    #[serde(default)]
    pub retention_days: Option<u32>,
    /// Words to find it by: desks, folders of the list that it came in.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where it is listed.
    #[serde(skip)]
    pub place: Place,
}

/// A source as it is stored and exported: without defaults, and without secrets but for references to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Portable {
    /// Its keys.
    pub values: Map<String, Value>,
    /// Keys that hold a secret itself and were left out, such as `headers.Authorization`.
    pub left_out: Vec<String>,
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
            url: Some(self.url.clone()).filter(|u| !u.is_empty()),
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

    /// Headers to send, references read now. One that cannot be read is left out and logged: the server's answer to the
    /// request without it says what is wrong, in the source's health.
    pub fn revealed_headers(&self) -> BTreeMap<String, String> {
        let pairs = self.headers.iter();
        pairs.filter_map(|(name, v)| Some((name.clone(), self.revealed(name, v)?))).collect()
    }

    /// What `Cookie` says, a reference read now.
    pub fn revealed_cookie(&self) -> Option<String> {
        self.cookie.as_ref().and_then(|v| self.revealed("cookie", v))
    }

    /// The proxy, a reference read now.
    pub fn revealed_proxy(&self) -> Option<String> {
        self.proxy.as_ref().and_then(|v| self.revealed("proxy", v))
    }

    /// What the agency signs with, a reference read now.
    pub fn revealed_secret(&self) -> Option<String> {
        self.secret.as_ref().and_then(|v| self.revealed("secret", v))
    }

    fn revealed(&self, key: &str, secret: &Secret<String>) -> Option<String> {
        match reference::resolve(secret.reveal()) {
            Ok(text) => Some(text),
            Err(why) => {
                tracing::warn!(source = self.id, "source {}: {key}: {why}", self.id);
                None
            }
        }
    }

    /// Its secrets, by the key that each stands at.
    fn secrets(&self) -> impl Iterator<Item = (String, &Secret<String>)> {
        let single = [("cookie", &self.cookie), ("proxy", &self.proxy), ("secret", &self.secret)];
        let single = single.into_iter().filter_map(|(key, v)| Some((key.to_owned(), v.as_ref()?)));
        self.headers.iter().map(|(name, v)| (format!("headers.{name}"), v)).chain(single)
    }

    /// It without defaults and secrets, for the table of sources and for export.
    pub fn portable(&self) -> Portable {
        let object = |s: &Self| match serde_json::to_value(s) {
            Ok(Value::Object(values)) => values,
            _ => Map::new(),
        };
        let (mut values, defaults) = (object(self), object(&Self::default()));
        // The rights are said even where they are the default: they are what is asked about first.
        values.retain(|key, value| key == "rights" || defaults.get(key) != Some(value));
        let mut left_out = Vec::new();
        for (key, secret) in self.secrets() {
            let place = match key.split_once('.') {
                Some((outer, inner)) => {
                    values.get_mut(outer).and_then(Value::as_object_mut).map(|m| (m, inner))
                }
                None => Some((&mut values, key.as_str())),
            };
            let Some((map, name)) = place else { continue };
            if reference::is_reference(secret.reveal()) {
                map.insert(name.to_owned(), secret.reveal().clone().into());
            } else {
                map.remove(name);
                left_out.push(key);
            }
        }
        if values.get("headers").and_then(Value::as_object).is_some_and(Map::is_empty) {
            values.remove("headers");
        }
        Portable { values, left_out }
    }

    /// A source from the values of [`Self::portable`], or from a list.
    ///
    /// # Errors
    /// serde's words.
    pub fn from_values(values: Map<String, Value>) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(values))
    }

    /// Can the secrets that it refers to be had on this machine?
    ///
    /// # Errors
    /// [`FetchError::Source`] with what to do.
    pub fn check_secrets(&self) -> Result<(), FetchError> {
        for (key, secret) in self.secrets() {
            if let Err(why) = reference::resolve(secret.reveal()) {
                let place = self.place.of(key.split('.').next().unwrap_or_default());
                return Err(FetchError::Source { place, id: self.id.clone(), what: format!("{key}: {why}") });
            }
        }
        Ok(())
    }

    /// Is it usable as written?
    ///
    /// # Errors
    /// [`FetchError::Source`] with what to do.
    pub fn check(&self) -> Result<(), FetchError> {
        match self.problem() {
            None => Ok(()),
            Some((key, what)) => {
                Err(FetchError::Source { place: self.place.of(key), id: self.id.clone(), what })
            }
        }
    }

    /// What people read of it, by its key: on one line, and Postgres stores no NUL.
    fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("name", self.name.as_str()), ("url", &self.url)];
        let given = [("country", &self.country), ("agency", &self.agency), ("user_agent", &self.user_agent)];
        texts.extend(given.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?))));
        texts.extend(self.tags.iter().map(|tag| ("tags", tag.as_str())));
        texts
    }

    /// The key at fault, what is wrong with it, and what to do.
    fn problem(&self) -> Option<(&'static str, String)> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 100 || !self.id.chars().all(legal) {
            let what = "its id may only have lower-case letters, digits and hyphens, 1 to 100 of them";
            return Some(("id", what.to_owned()));
        }
        let address = self.kind == SourceKind::Feed || !self.url.is_empty();
        if address && let Err(e) = wiredesk_net::client::parse(&self.url) {
            return Some(("url", e.to_string()));
        }
        if self.kind == SourceKind::Folder && self.folder.is_none() {
            return Some(("kind", "a source of kind \"folder\" needs folder = \"/path\"".to_owned()));
        }
        if let Err(e) = wiredesk_net::Guard::new(&self.allow) {
            return Some(("allow", e.to_string()));
        }
        if let Some(zone) = &self.time_zone
            && zone.parse::<Tz>().is_err()
        {
            return Some(("time_zone", format!("{zone:?} is no time zone; write it as Europe/Madrid")));
        }
        if let Some(language) = self.language.as_deref().filter(|l| !is_language(l)) {
            return Some(("language", format!("{language:?} is no language tag; write it as es or pt-BR")));
        }
        if let Some((key, _)) =
            self.texts().into_iter().find(|(_, text)| text.trim().contains(char::is_control))
        {
            let what = format!("its {key} has a line break or another control character; take it out");
            return Some((key, what));
        }
        if self.interval_seconds == Some(0) {
            return Some(("interval_seconds", "interval_seconds is 0; the least is 1".to_owned()));
        }
        let least = wiredesk_store::retention::LEAST_DAYS;
        if let Some(days) = self.retention_days.filter(|days| *days < least) {
            let what = format!(
                "retention_days is {days}; the least is {least}, since the topics keep items for a week"
            );
            return Some(("retention_days", what));
        }
        None
    }
}

/// Has it the shape of a language tag (BCP 47)?
pub(crate) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_alphabetic());
    letters && parts.all(|p| (1..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()))
}
