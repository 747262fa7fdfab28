//! Which addresses may be reached: public unicast ones, and the networks that the operator allows by name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::error::NetError;

/// A network in CIDR form, `10.1.0.0/16` or `fd00::/8`; an address alone is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Is `address` in it? An IPv4 address in an IPv6 form counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, unmapped(address)) {
            (IpAddr::V4(base), IpAddr::V4(a)) => {
                same_prefix(base.to_bits().into(), a.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(base), IpAddr::V6(a)) => same_prefix(base.to_bits(), a.to_bits(), 128, self.bits),
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, width: u32, bits: u8) -> bool {
    let rest = width.saturating_sub(u32::from(bits));
    a.checked_shr(rest).unwrap_or(0) == b.checked_shr(rest).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        let wrong = || NetError::BadNetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let base: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

/// The address check, with the operator's exceptions.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow: Vec<Network>,
}

impl Guard {
    /// A guard that lets these networks through besides the public ones.
    ///
    /// # Errors
    /// [`NetError::BadNetwork`] where one is not in CIDR form.
    pub fn new(allow: &[String]) -> Result<Self, NetError> {
        Ok(Self { allow: allow.iter().map(|n| n.parse()).collect::<Result<_, _>>()? })
    }

    /// Why `address` may not be reached; `None` where it may.
    pub fn refuses(&self, address: IpAddr) -> Option<&'static str> {
        if self.allow.iter().any(|n| n.contains(address)) {
            return None;
        }
        special(address)
    }
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`) address, or the address itself.
fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// What sort of address it is where it is not public unicast, after the IANA special-purpose registries (RFC 6890 and
/// its updates).
fn special(address: IpAddr) -> Option<&'static str> {
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
        // Forms that carry an IPv4 address: mapped, translated (RFC 2765), compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, h, l] | [0, 0, 0, 0, 0xffff, 0, h, l] | [0, 0, 0, 0, 0, 0, h, l] => {
            special_v4(v4(h, l))
        }
        [0x64, 0xff9b, 0, 0, 0, 0, h, l] => special_v4(v4(h, l)),
        [0x64, 0xff9b, 1, ..] => Some("a local NAT64 form"),
        [0x2002, h, l, ..] => special_v4(v4(h, l)),
        // ISATAP (RFC 5214) carries one in its last 32 bits.
        [_, _, _, _, 0 | 0x200, 0x5efe, h, l] if special_v4(v4(h, l)).is_some() => {
            Some("ISATAP to a closed network")
        }
        [0x2001, 0, ..] => Some("Teredo"),
        [0x2001, 2, 0, ..] => Some("for benchmarks"),
        [0x2001, 0x10..=0x2f, ..] => Some("ORCHID"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_addresses_are_refused_in_all_their_forms() {
        let guard = Guard::default();
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
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:a9fe:a9fe",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "2001:0:53aa:64c::1",
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
            "fe80::200:5efe:c0a8:101",
            "5f00::1",
        ] {
            assert!(guard.refuses(address.parse().unwrap()).is_some(), "{address} would be reached");
        }
    }

    #[test]
    fn public_addresses_are_reached() {
        let guard = Guard::default();
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
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(guard.refuses(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn an_allowed_network_is_reached_and_no_other() {
        let guard = Guard::new(&["127.0.0.1/32".into(), "fd00:5::/32".into(), "10.1.0.0/16".into()]).unwrap();
        for (address, open) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.1.200.3", true),
            ("10.2.0.1", false),
            ("fd00:5::9", true),
            ("fd00:6::9", false),
            ("::1", false),
        ] {
            assert_eq!(guard.refuses(address.parse().unwrap()).is_none(), open, "{address}");
        }
    }

    #[test]
    fn what_is_not_a_network_is_refused_by_name() {
        for text in ["", "10.0.0.0/33", "localhost", "10.0.0.0/-1", "fd00::/129", "10.0.0/8"] {
            let error = Guard::new(&[text.to_owned()]).unwrap_err().to_string();
            assert!(error.contains("CIDR"), "{error}");
        }
        assert_eq!("10.0.0.0/0".parse::<Network>().unwrap().to_string(), "10.0.0.0/0");
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("9.9.9.9".parse().unwrap()));
    }
}
