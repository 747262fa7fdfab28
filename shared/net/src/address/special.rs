//! What sort of address one is, after the IANA special-purpose registries (RFC 6890 and its updates), with the IPv4
//! addresses that IPv6 addresses may carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::network::Network;
use crate::error::NetError;

/// The IPv4 address inside a mapped (`::ffff:0:0/96`) address, or the address itself.
pub(super) fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// What sort of address it is where it is not public unicast.
pub(super) fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("this network"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("private"),
        (100, 64..=127, _) => Some("shared by a carrier (CGNAT)"),
        (127, ..) => Some("loopback"),
        (169, 254, _) => Some("link-local"),
        (192, 0, 0) => Some("reserved for protocols"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("for documentation"),
        (192, 88, 99) => Some("a 6to4 relay"),
        (198, 18..=19, _) => Some("for benchmarks"),
        (224..=239, ..) => Some("multicast"),
        (240..=255, ..) => Some("reserved"),
        _ => None,
    }
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if address.is_loopback() {
        return Some("loopback");
    }
    match s {
        // Forms that carry an IPv4 address: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, h, l] | [0x64, 0xff9b, 0, 0, 0, 0, h, l] | [0x2002, h, l, ..] => {
            special_v4(v4(h, l))
        }
        // Compatible (RFC 4291) and translated (RFC 2765) ones are given up: nothing public is behind them.
        [0, 0, 0, 0, 0, 0, h, l] | [0, 0, 0, 0, 0xffff, 0, h, l] => {
            special_v4(v4(h, l)).or(Some("an obsolete form of an IPv4 address"))
        }
        [0x64, 0xff9b, 1, ..] => Some("a local NAT64 form"),
        // ISATAP (RFC 5214) carries one in its last 32 bits.
        [_, _, _, _, 0 | 0x200, 0x5efe, h, l] if special_v4(v4(h, l)).is_some() => {
            Some("ISATAP to a closed network")
        }
        [0x2001, 0, ..] => Some("Teredo"),
        [0x2001, 2, 0, ..] => Some("for benchmarks"),
        [0x2001, 0x10..=0x2f, ..] => Some("ORCHID"),
        [0x2001, 0..=0x1ff, ..] => Some("reserved for protocols"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => Some("for documentation"),
        [0x100, 0, 0, 0, ..] => Some("discard-only"),
        [0xfc00..=0xfdff, ..] => Some("unique local"),
        [0xfe80..=0xfebf, ..] => Some("link-local"),
        [0xfec0..=0xfeff, ..] => Some("site-local"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        // Only 2000::/3 is given out as global unicast.
        [0x2000..=0x3fff, ..] => None,
        _ => Some("not global unicast"),
    }
}

/// A prefix whose addresses carry an IPv4 address (NAT64, RFC 6052 section 2.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix64(Network);

impl Prefix64 {
    /// The IPv4 address that `address` carries; `None` where it is not in the prefix.
    pub(super) fn embedded(&self, address: Ipv6Addr) -> Option<Ipv4Addr> {
        if !self.0.contains(IpAddr::V6(address)) {
            return None;
        }
        let o = address.octets();
        // Octet 8 is left out: it is zero in every form but the longest.
        let [a, b, c, d] = match self.0.parts().1 {
            32 => [4, 5, 6, 7],
            40 => [5, 6, 7, 9],
            48 => [6, 7, 9, 10],
            56 => [7, 9, 10, 11],
            64 => [9, 10, 11, 12],
            _ => [12, 13, 14, 15],
        };
        Some(Ipv4Addr::new(o[a], o[b], o[c], o[d]))
    }
}

impl FromStr for Prefix64 {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let wrong = || NetError::BadNat64(text.to_owned());
        let network: Network = text.trim().parse().map_err(|_| wrong())?;
        match network.parts() {
            (IpAddr::V6(_), 32 | 40 | 48 | 56 | 64 | 96) => Ok(Self(network)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_addresses_are_seen_in_all_their_forms() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:a9fe:a9fe",
            "::ffff:0:127.0.0.1",
            "::ffff:0:8.8.8.8",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "64:ff9b:1::808:808",
            "64:ff9b:0:0:0:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "2001:0:53aa:64c::1",
            "2001:1::1",
            "2001:db8::1",
            "2001:10::1",
            "2001:20::1",
            "2001:2::1",
            "100::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
            "4000::1",
            "2a00::5efe:7f00:1",
            "2a00::200:5efe:a00:1",
            "fe80::200:5efe:c0a8:101",
            "5f00::1",
        ] {
            assert!(special(address.parse().unwrap()).is_some(), "{address} would be reached");
        }
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }
}
