//! `[fetcher.push]`: what may come in by itself, and how much of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::FetchError;
use crate::source::{SourceConfig, SourceKind};

/// Least length of a webhook's secret, in bytes: 128 bits in hex, half of that in base64.
const LEAST_SECRET: usize = 16;

/// `[fetcher.push]`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PushConfig {
    /// Address and port that webhooks and hubs are listened for on; port 0 takes a free one, which is logged; empty is off.
    /// It is opened only where something can come in: a source of kind `webhook`, or a `public_url`.
    pub listen: String,
    /// Where hubs reach that listener from outside, such as `https://push.newsroom.example`; empty: no hub is asked.
    pub public_url: String,
    /// Largest document that is taken, by post or as a file, in bytes.
    pub max_body_bytes: usize,
    /// Most requests at a time; one more is answered 503.
    pub concurrency: usize,
    /// Most open connections; one more waits.
    pub connections: usize,
    /// Longest time for a request's headers, and again for its body, in seconds.
    pub read_seconds: u64,
    /// Documents that one webhook may send in a second; one more is answered 429.
    pub per_second: u32,
    /// Documents that it may send at once after a pause.
    pub burst: u32,
    /// The lease that hubs are asked for, in seconds.
    pub lease_seconds: u32,
    /// After so many polls in one lease that found what the hub had not sent, it is left for a week.
    pub misses: u32,
    /// Milliseconds between two looks into a watched folder.
    pub look_ms: u64,
    /// A file is taken when it has not changed for so many milliseconds.
    pub settle_ms: u64,
    /// Days for which files that were taken are kept in `done/`; 0 keeps them for ever.
    pub keep_days: u32,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8082".to_owned(),
            public_url: String::new(),
            max_body_bytes: 16 * 1024 * 1024,
            concurrency: 32,
            connections: 512,
            read_seconds: 15,
            per_second: 50,
            burst: 500,
            lease_seconds: 10 * 86_400,
            misses: 3,
            look_ms: 1000,
            settle_ms: 2000,
            keep_days: 30,
        }
    }
}

impl PushConfig {
    /// Is it usable as written, with these sources?
    ///
    /// # Errors
    /// [`FetchError`] with what to do.
    pub fn check(&self, sources: &[SourceConfig]) -> Result<(), FetchError> {
        for (name, zero) in [
            ("fetcher.push.max_body_bytes", self.max_body_bytes == 0),
            ("fetcher.push.concurrency", self.concurrency == 0),
            ("fetcher.push.connections", self.connections == 0),
            ("fetcher.push.read_seconds", self.read_seconds == 0),
            ("fetcher.push.per_second", self.per_second == 0),
            ("fetcher.push.burst", self.burst == 0),
            ("fetcher.push.misses", self.misses == 0),
            ("fetcher.push.look_ms", self.look_ms == 0),
        ] {
            if zero {
                return Err(FetchError::Zero(name));
            }
        }
        let wrong = |key, what: String| Err(FetchError::Push { key, what });
        if self.lease_seconds < 300 {
            return wrong("lease_seconds", format!("{} is too short; the least is 300", self.lease_seconds));
        }
        if !self.public_url.is_empty() {
            let plain = |u: &Url| {
                matches!(u.scheme(), "http" | "https")
                    && u.host().is_some()
                    && u.query().is_none()
                    && u.fragment().is_none()
                    && u.username().is_empty()
                    && u.password().is_none()
            };
            if !Url::parse(&self.public_url).is_ok_and(|u| plain(&u)) {
                return wrong(
                    "public_url",
                    format!(
                        "{:?} is no web address without query; write it as https://push.newsroom.example",
                        self.public_url
                    ),
                );
            }
            if self.listen.is_empty() {
                return wrong(
                    "public_url",
                    "it leads to no listener; set listen too, or remove it".to_owned(),
                );
            }
        }
        for source in sources {
            self.check_source(source)?;
        }
        Ok(())
    }

    fn check_source(&self, source: &SourceConfig) -> Result<(), FetchError> {
        let Some((key, what)) = self.problem(source) else { return Ok(()) };
        Err(FetchError::Source { place: source.place.of(key), id: source.id.clone(), what })
    }

    /// The key at fault, what is wrong with it, and what to do.
    fn problem(&self, source: &SourceConfig) -> Option<(&'static str, String)> {
        match source.kind {
            SourceKind::Webhook => {
                let length = source.revealed_secret().map_or(0, |s| s.len());
                if length < LEAST_SECRET {
                    return Some((
                        "secret",
                        format!(
                            "a webhook needs a secret of at least {LEAST_SECRET} characters and has {length}; make one by `openssl rand -hex 32`"
                        ),
                    ));
                }
                let off = self.listen.is_empty();
                off.then(|| ("kind", "a webhook needs the listener; set fetcher.push.listen".to_owned()))
            }
            SourceKind::Folder => {
                let path = source.folder.as_ref().filter(|p| !p.is_absolute())?;
                Some(("folder", format!("its folder {} is not an absolute path", path.display())))
            }
            SourceKind::Feed => {
                let deaf = source.websub == Some(true) && self.public_url.is_empty();
                deaf.then(|| {
                    let what =
                        "it wants pushes by WebSub, but hubs cannot reach us; set fetcher.push.public_url";
                    ("websub", what.to_owned())
                })
            }
        }
    }

    /// Are pushes by WebSub taken for this source?
    pub fn takes_websub(&self, source: &SourceConfig) -> bool {
        !self.public_url.is_empty() && source.kind == SourceKind::Feed && source.websub != Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(push: &str, source: &str) -> String {
        let push: PushConfig = toml::from_str(push).unwrap();
        let sources: Vec<SourceConfig> =
            if source.is_empty() { Vec::new() } else { vec![toml::from_str(source).unwrap()] };
        push.check(&sources).map_or_else(|e| e.to_string(), |()| "good".to_owned())
    }

    #[test]
    fn bad_settings_are_refused_with_what_to_do() {
        let hook = "id = \"a\"\nkind = \"webhook\"\nsecret = \"0123456789abcdef\"";
        for (push, source, expected) in [
            ("", "", "good"),
            ("public_url = \"https://push.newsroom.example/wires\"", hook, "good"),
            ("listen = \"\"", "id = \"a\"\nkind = \"folder\"\nfolder = \"/wires/in\"", "good"),
            ("per_second = 0", "", "fetcher.push.per_second is 0; the least is 1"),
            ("lease_seconds = 60", "", "fetcher.push.lease_seconds: 60 is too short; the least is 300"),
            (
                "public_url = \"push.newsroom.example\"",
                "",
                "fetcher.push.public_url: \"push.newsroom.example\" is no web address without query; write it as https://push.newsroom.example",
            ),
            (
                "listen = \"\"\npublic_url = \"https://push.newsroom.example\"",
                "",
                "fetcher.push.public_url: it leads to no listener; set listen too, or remove it",
            ),
            (
                "",
                "id = \"a\"\nkind = \"webhook\"\nsecret = \"short\"",
                "configuration: source \"a\": a webhook needs a secret of at least 16 characters and has 5; make one by `openssl rand -hex 32`",
            ),
            (
                "listen = \"\"",
                hook,
                "configuration: source \"a\": a webhook needs the listener; set fetcher.push.listen",
            ),
            (
                "",
                "id = \"a\"\nkind = \"folder\"\nfolder = \"in\"",
                "configuration: source \"a\": its folder in is not an absolute path",
            ),
            (
                "",
                "id = \"a\"\nurl = \"https://wire.example/\"\nwebsub = true",
                "configuration: source \"a\": it wants pushes by WebSub, but hubs cannot reach us; set fetcher.push.public_url",
            ),
        ] {
            assert_eq!(check(push, source), expected, "{push} {source}");
        }
        assert!(
            toml::from_str::<PushConfig>("lisen = \"\"").unwrap_err().to_string().contains("unknown field")
        );
    }
}
