//! Where the API listens, who may use it, and how much of it.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wiredesk_net::Network;

/// Who may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everyone who can connect: for this machine alone, unless `open_to_network` says otherwise.
    #[default]
    Open,
    /// Who has a token: `wiredesk token create`.
    Token,
}

/// `[api]`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port; port 0 takes a free one, which is logged.
    pub listen: String,
    /// Who may read.
    pub access: Access,
    /// Lets other machines read without a token, where `listen` reaches them and `access` is `open`.
    pub open_to_network: bool,
    /// Names under which the page is reached, beside those of this machine. Where the API is open, requests to other names are
    /// refused: a foreign web page could otherwise have its own name lead here.
    pub hosts: Vec<String>,
    /// Readers come by HTTPS, through a proxy: the session's cookie is then sent by HTTPS alone.
    pub behind_tls: bool,
    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Requests a minute from one address without a token; one more is answered 429. Tokens have their own.
    pub anonymous_per_minute: u32,
    /// Live readers at most; one more is answered 503.
    pub max_streams: usize,
    /// Live streams of one token, or of one address without a token.
    pub streams_per_reader: usize,
    /// Events kept for a live reader that reads slowly; one that falls further behind catches up from the topic.
    pub stream_buffer: usize,
    /// Most items, stories or wires on one page of a list.
    pub max_page: u32,
    /// Longest time for which words are looked for among older and older items, in milliseconds. A page that is not full by then ends
    /// there, and the next goes on; the newest 4,000 items are looked through whatever it takes.
    pub search_millis: u64,
    /// Open connections at most; one more waits.
    pub connections: usize,
    /// Open connections of one address that is no trusted proxy; one more is closed.
    pub connections_per_address: usize,
    /// Longest time for a request's head, between two requests too, in seconds.
    pub read_seconds: u64,
    /// Longest time until an answer begins, in seconds.
    pub answer_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            access: Access::Open,
            open_to_network: false,
            hosts: Vec::new(),
            behind_tls: false,
            trusted_proxies: Vec::new(),
            anonymous_per_minute: 3000,
            max_streams: 200,
            streams_per_reader: 20,
            stream_buffer: 1024,
            max_page: 200,
            search_millis: 150,
            connections: 1024,
            connections_per_address: 256,
            read_seconds: 15,
            answer_seconds: 30,
        }
    }
}

/// Why the API cannot be started as configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Open to other machines, and nobody said so.
    #[error(
        "api.listen = {0:?} is reached by other machines and api.access is \"open\", so everyone there could read everything; set \
         api.access = \"token\" (`wiredesk token create` makes tokens), or listen on 127.0.0.1, or say api.open_to_network = true"
    )]
    Open(String),
    /// A limit of nothing.
    #[error("{0} is 0; the least is 1")]
    Zero(&'static str),
    /// No network.
    #[error("api.trusted_proxies: {0:?} is not a network in CIDR form such as 10.1.0.0/16")]
    Network(String),
}

impl ConfigError {
    /// A configuration stays as it is written.
    pub fn is_transient(&self) -> bool {
        false
    }
}

impl Config {
    /// Is it usable as written?
    ///
    /// # Errors
    /// [`ConfigError`] with what to do.
    pub fn check(&self) -> Result<(), ConfigError> {
        for (name, zero) in [
            ("api.anonymous_per_minute", self.anonymous_per_minute == 0),
            ("api.streams_per_reader", self.streams_per_reader == 0),
            ("api.max_page", self.max_page == 0),
            ("api.connections", self.connections == 0),
            ("api.connections_per_address", self.connections_per_address == 0),
            ("api.read_seconds", self.read_seconds == 0),
            ("api.answer_seconds", self.answer_seconds == 0),
        ] {
            if zero {
                return Err(ConfigError::Zero(name));
            }
        }
        self.proxies()?;
        let host = self.listen.rsplit_once(':').map_or(self.listen.as_str(), |(host, _)| host);
        self.check_reach(is_this_machine(host))
    }

    /// May an address be listened on, by whether only this machine reaches it?
    ///
    /// # Errors
    /// [`ConfigError::Open`].
    pub fn check_reach(&self, this_machine_only: bool) -> Result<(), ConfigError> {
        if self.access == Access::Open && !this_machine_only && !self.open_to_network {
            return Err(ConfigError::Open(self.listen.clone()));
        }
        Ok(())
    }

    /// The networks of `trusted_proxies`.
    ///
    /// # Errors
    /// [`ConfigError::Network`].
    pub fn proxies(&self) -> Result<Vec<Network>, ConfigError> {
        let read = |text: &String| text.parse().map_err(|_| ConfigError::Network(text.clone()));
        self.trusted_proxies.iter().map(read).collect()
    }
}

/// Does a host, without its port, name this machine alone?
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_is_for_this_machine_unless_it_is_said() {
        for (listen, access, said, good) in [
            ("127.0.0.1:8080", Access::Open, false, true),
            ("localhost:8080", Access::Open, false, true),
            ("[::1]:8080", Access::Open, false, true),
            ("0.0.0.0:8080", Access::Open, false, false),
            ("[::]:8080", Access::Open, false, false),
            ("10.0.0.7:8080", Access::Open, false, false),
            ("desk.example:8080", Access::Open, false, false),
            ("0.0.0.0:8080", Access::Open, true, true),
            ("0.0.0.0:8080", Access::Token, false, true),
        ] {
            let config =
                Config { listen: listen.to_owned(), access, open_to_network: said, ..Config::default() };
            assert_eq!(config.check().is_ok(), good, "{listen} {access:?} {said}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let config = Config { trusted_proxies: vec!["10.0.0.0/33".to_owned()], ..Config::default() };
        assert!(config.check().unwrap_err().to_string().contains("10.0.0.0/33"));
        let config = Config { connections: 0, ..Config::default() };
        assert_eq!(config.check(), Err(ConfigError::Zero("api.connections")));
    }
}
