//! One entry of the operator's allow-list.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use url::Host;

use super::network::Network;
use crate::error::NetError;

/// What is allowed, on one port or on all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    what: What,
    pub(super) port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Network(Network),
    Host(String),
}

impl Allowed {
    pub(super) fn has_address(&self, address: IpAddr, port: Option<u16>) -> bool {
        self.has_port(port) && matches!(&self.what, What::Network(n) if n.contains(address))
    }

    pub(super) fn has_host(&self, host: &str, port: Option<u16>) -> bool {
        self.has_port(port) && matches!(&self.what, What::Host(h) if h == host)
    }

    fn has_port(&self, port: Option<u16>) -> bool {
        self.port.is_none() || self.port == port
    }
}

impl FromStr for Allowed {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let wrong = || NetError::BadNetwork(text.to_owned());
        let number = |port: &str| port.parse::<u16>().ok().filter(|p| *p > 0).ok_or_else(wrong);
        let network = |n: &str| n.parse().map(What::Network).map_err(|_| wrong());
        let text = text.trim();
        let (what, port) = if let Some((base, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']'))
        {
            // [fd00::/8]:443
            (network(base)?, Some(number(rest.strip_prefix(':').ok_or_else(wrong)?)?))
        } else if let Some((base, rest)) = text.split_once('/') {
            match rest.split_once(':') {
                Some((bits, port)) => (network(&format!("{base}/{bits}"))?, Some(number(port)?)),
                None => (network(text)?, None),
            }
        } else if let Ok(address) = text.parse::<SocketAddr>() {
            (network(&address.ip().to_string())?, Some(number(&address.port().to_string())?))
        } else if text.parse::<IpAddr>().is_ok() {
            (network(text)?, None)
        } else {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(number(port)?)),
                None => (text, None),
            };
            match Host::parse(host) {
                // A word alone is more likely a slip than a host.
                Ok(Host::Domain(name)) if name.contains('.') || port.is_some() => (What::Host(name), port),
                _ => return Err(wrong()),
            }
        };
        Ok(Self { what, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_allowed() {
        for (text, host, port) in [
            ("10.1.0.0/16", false, None),
            ("10.1.0.0/16:8080", false, Some(8080)),
            ("10.1.0.1", false, None),
            ("10.1.0.1:8080", false, Some(8080)),
            ("fd00::/8", false, None),
            ("fd00::/8:443", false, Some(443)),
            ("[fd00::/8]:443", false, Some(443)),
            ("[fd00::1]:443", false, Some(443)),
            ("::1", false, None),
            ("wire.internal", true, None),
            (" Wire.Internal:8080 ", true, Some(8080)),
            ("wire:8080", true, Some(8080)),
            ("bücher.example", true, None),
        ] {
            let allowed: Allowed = text.parse().unwrap();
            assert_eq!((matches!(allowed.what, What::Host(_)), allowed.port), (host, port), "{text}");
        }
    }

    #[test]
    fn what_may_not() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "fd00::/129",
            "10.0.0/8",
            "10.0.0",
            "10.0.0.0/8:0",
            "10.0.0.0/8:70000",
            "[fd00::/8]",
            "[wire.internal]:80",
            "http://wire.internal",
            "wire.internal:http",
            "a b",
            "loopback",
            "0x7f.1",
        ] {
            let error = text.parse::<Allowed>().unwrap_err().to_string();
            assert!(error.contains("10.1.0.0/16"), "{error}");
        }
    }
}
