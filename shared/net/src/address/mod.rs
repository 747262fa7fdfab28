//! Which addresses may be reached: public unicast ones, and what the operator allows by name.

mod allow;
mod network;
mod special;

use std::net::IpAddr;

pub use self::network::Network;

use self::allow::Allowed;
use self::special::{Prefix64, special, unmapped};
use crate::error::NetError;

/// The address check, with the operator's exceptions.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow: Vec<Allowed>,
    nat64: Vec<Prefix64>,
}

impl Guard {
    /// A guard that lets these through besides public addresses: networks (`10.1.0.0/16`, `fd00::/8`), addresses, and
    /// host names (`wire.internal`), each with a port (`10.1.0.0/16:8080`, `wire.internal:8080`) or for all ports.
    ///
    /// # Errors
    /// [`NetError::BadNetwork`] where one is none of these.
    pub fn new(allow: &[String]) -> Result<Self, NetError> {
        Ok(Self { allow: allow.iter().map(|n| n.parse()).collect::<Result<_, _>>()?, nat64: Vec::new() })
    }

    /// The same guard where the operator's network translates these prefixes to IPv4 (NAT64, RFC 6052): addresses in
    /// them are judged as the IPv4 address that they carry.
    ///
    /// # Errors
    /// [`NetError::BadNat64`] where one is no IPv6 prefix of 32, 40, 48, 56, 64 or 96 bits.
    pub fn with_nat64(mut self, prefixes: &[String]) -> Result<Self, NetError> {
        self.nat64 = prefixes.iter().map(|p| p.parse()).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Why `address` may not be reached on every port; `None` where it may.
    pub fn refuses(&self, address: IpAddr) -> Option<&'static str> {
        self.refuses_at(address, None)
    }

    /// Why `address` may not be reached on `port`.
    pub(crate) fn refuses_at(&self, address: IpAddr, port: Option<u16>) -> Option<&'static str> {
        let inner = self.inner(address);
        if self.allow.iter().any(|a| a.has_address(address, port) || a.has_address(inner, port)) {
            return None;
        }
        special(inner)
    }

    /// Is this host allowed by its name, wherever it leads?
    pub(crate) fn knows(&self, host: &str, port: Option<u16>) -> bool {
        self.allow.iter().any(|a| a.has_host(host, port))
    }

    /// `port` where something is allowed for this port alone: connections to it are then kept apart from others.
    pub(crate) fn limited_to(&self, port: u16) -> Option<u16> {
        self.allow.iter().any(|a| a.port == Some(port)).then_some(port)
    }

    /// The address that the network's own translators make of it.
    fn inner(&self, address: IpAddr) -> IpAddr {
        let IpAddr::V6(v6) = address else { return address };
        match self.nat64.iter().find_map(|p| p.embedded(v6)) {
            Some(v4) => IpAddr::V4(v4),
            None => unmapped(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str]) -> Guard {
        Guard::new(&allow.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn an_allowed_network_is_reached_and_no_other() {
        let guard = guard(&["127.0.0.1/32", "fd00:5::/32", "10.1.0.0/16"]);
        for (address, open) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.1.200.3", true),
            ("10.2.0.1", false),
            ("fd00:5::9", true),
            ("fd00:6::9", false),
            ("::1", false),
            ("64:ff9b::10.1.0.1", false),
        ] {
            assert_eq!(guard.refuses(address.parse().unwrap()).is_none(), open, "{address}");
        }
    }

    #[test]
    fn an_allowance_with_a_port_is_for_that_port() {
        let guard = guard(&["10.1.0.0/16:8080", "[fd00:5::/32]:443", "10.2.0.1:81", "10.3.0.0/16"]);
        for (address, port, open) in [
            ("10.1.9.9", Some(8080), true),
            ("10.1.9.9", Some(80), false),
            ("10.1.9.9", None, false),
            ("fd00:5::1", Some(443), true),
            ("fd00:5::1", Some(80), false),
            ("10.2.0.1", Some(81), true),
            ("10.2.0.2", Some(81), false),
            ("10.3.0.1", Some(81), true),
            ("10.3.0.1", None, true),
            ("9.9.9.9", Some(81), true),
        ] {
            let refused = guard.refuses_at(address.parse().unwrap(), port);
            assert_eq!(refused.is_none(), open, "{address} {port:?}");
        }
        assert_eq!((guard.limited_to(8080), guard.limited_to(80)), (Some(8080), None));
    }

    #[test]
    fn a_host_is_known_by_its_name() {
        let guard = guard(&["Wire.Internal:8080", "press.example"]);
        for (host, port, known) in [
            ("wire.internal", Some(8080), true),
            ("wire.internal", Some(80), false),
            ("wire.internal", None, false),
            ("press.example", Some(80), true),
            ("press.example", None, true),
            ("a.press.example", Some(80), false),
        ] {
            assert_eq!(guard.knows(host, port), known, "{host} {port:?}");
        }
    }

    #[test]
    fn the_operators_nat64_is_seen_through() {
        let prefixes =
            ["2a00:64::/96", "2a00:65::/64", "2a00:66:1::/48", "2a00:67:100::/40", "64:ff9b:1::/96"];
        let guard = Guard::new(&["10.1.0.0/16".to_owned()])
            .unwrap()
            .with_nat64(&prefixes.map(str::to_owned))
            .unwrap();
        for (address, open) in [
            ("2a00:64::127.0.0.1", false),
            ("2a00:64::8.8.8.8", true),
            ("2a00:64::10.1.2.3", true),
            ("2a00:64::10.2.2.3", false),
            ("2a00:64:0:1::127.0.0.1", true),
            ("2a00:65::7f:0:100:0", false),
            ("2a00:65::8:808:800:0", true),
            ("2a00:66:1:7f00:0:100::", false),
            ("2a00:66:1:808:8:800::", true),
            ("2a00:67:17f:0:1::", false),
            ("64:ff9b:1::7f00:1", false),
            ("64:ff9b:1::808:808", true),
            ("64:ff9b:1:1::808:808", false),
        ] {
            assert_eq!(guard.refuses(address.parse().unwrap()).is_none(), open, "{address}");
        }
        for text in ["", "10.0.0.0/8", "2a00::/33", "2a00::"] {
            let error = Guard::default().with_nat64(&[text.to_owned()]).unwrap_err().to_string();
            assert!(error.contains("NAT64"), "{error}");
        }
    }
}
