//! A network in CIDR form.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::special::unmapped;
use crate::error::NetError;

/// A network in CIDR form, `10.1.0.0/16` or `fd00::/8`; an address alone is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Is `address` in it? An IPv4 address in a mapped IPv6 form counts as the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, unmapped(address)) {
            (IpAddr::V4(base), IpAddr::V4(a)) => {
                same_prefix(base.to_bits().into(), a.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(base), IpAddr::V6(a)) => same_prefix(base.to_bits(), a.to_bits(), 128, self.bits),
            _ => false,
        }
    }

    /// Its first address as written, and how many bits of it count.
    pub(super) fn parts(&self) -> (IpAddr, u8) {
        (self.base, self.bits)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_every_size() {
        assert_eq!("10.0.0.0/0".parse::<Network>().unwrap().to_string(), "10.0.0.0/0");
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("9.9.9.9".parse().unwrap()));
        assert!(!"0.0.0.0/0".parse::<Network>().unwrap().contains("2a00::1".parse().unwrap()));
        assert!("::/0".parse::<Network>().unwrap().contains("2a00::1".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/129", "10.0.0/8", "localhost"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
