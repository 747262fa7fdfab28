//! Ids and hashes of 32 hexadecimal digits, in half the memory.

use std::fmt;

/// A text that is nearly always 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Digits {
    /// 32 digits, small letters.
    Hex([u8; 16]),
    /// Anything else, as it is.
    Other(Box<str>),
}

impl Digits {
    pub(super) fn new(text: &str) -> Self {
        let small = |b: &u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
        match u128::from_str_radix(text, 16) {
            Ok(value) if text.len() == 32 && text.as_bytes().iter().all(small) => {
                Self::Hex(value.to_be_bytes())
            }
            _ => Self::Other(text.into()),
        }
    }

    /// A hash for tables in memory.
    pub(super) fn spread(&self) -> u64 {
        let bytes: &[u8] = match self {
            Self::Hex(bytes) => bytes,
            Self::Other(text) => text.as_bytes(),
        };
        bytes.iter().fold(0, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
        })
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(bytes) => write!(f, "{:032x}", u128::from_be_bytes(*bytes)),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        for text in [
            "0123456789abcdef0123456789abcdef",
            "00000000000000000000000000000000",
            "",
            "a",
            "+123456789abcdef0123456789abcdef",
            "0123456789ABCDEF0123456789ABCDEF",
        ] {
            assert_eq!(Digits::new(text).to_string(), text);
        }
        assert!(matches!(Digits::new("0123456789abcdef0123456789abcdef"), Digits::Hex(_)));
    }
}
