//! A token as it is written: `wd_`, 8 characters that name it, 43 that are secret, 6 of a checksum.
//!
//! The prefix and the checksum are for programs that look for secrets in code: they find a token without asking us, and take
//! nothing else for one. The secret is 43 characters of 62, which is 256 random bits.

use rand::distr::{Alphanumeric, Distribution};
use sha2::{Digest, Sha256};
use wiredesk_runtime::Secret;

/// What every token begins with.
pub const PREFIX: &str = "wd_";
const ID: usize = 8;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
/// Characters of a token.
pub const LENGTH: usize = PREFIX.len() + ID + SECRET + CHECKSUM;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token that is written as one; whether it is good is another question.
#[derive(Clone, Debug)]
pub struct Token {
    id: String,
    text: Secret<String>,
}

impl Token {
    /// A new one, from the operating system's randomness.
    pub fn generate() -> Self {
        let mut text = PREFIX.to_owned();
        text.extend(Alphanumeric.sample_iter(rand::rng()).take(ID + SECRET).map(char::from));
        let sum = checksum(&text);
        text.push_str(&sum);
        Self { id: text[PREFIX.len()..PREFIX.len() + ID].to_owned(), text: Secret::new(text) }
    }

    /// Reads one; None where it is none, or is not whole.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix(PREFIX)?;
        if text.len() != LENGTH || !inner.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, sum) = text.split_at(LENGTH - CHECKSUM);
        let id = inner.get(..ID)?.to_owned();
        (checksum(body) == sum).then(|| Self { id, text: Secret::new(text.to_owned()) })
    }

    /// Is there a token anywhere in this text?
    pub fn is_in(text: &str) -> bool {
        text.match_indices(PREFIX)
            .any(|(at, _)| text.get(at..at + LENGTH).is_some_and(|one| Self::read(one).is_some()))
    }

    /// The part that is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the table keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.reveal().as_bytes()).into()
    }

    /// The token itself: shown once, to whoever made it.
    pub fn reveal(&self) -> &str {
        self.text.reveal()
    }
}

/// CRC-32 as six digits of base 62: 32 bits need no more.
fn checksum(text: &str) -> String {
    let mut left = u64::from(crc32(text.as_bytes()));
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(left % 62) as usize];
        left /= 62;
    }
    digits.iter().map(|&d| char::from(d)).collect()
}

/// CRC-32 (IEEE 802.3), a bit at a time: it is over 54 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_common_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_token_is_read_back_and_never_printed() {
        let token = Token::generate();
        let text = token.reveal().to_owned();
        assert_eq!(text.len(), 60);
        let again = Token::read(&format!(" {text}\n")).unwrap();
        assert_eq!((again.id(), again.hash()), (token.id(), token.hash()));
        assert!(Token::is_in(&format!("q=1&x={text}&y")) && !Token::is_in(&text[1..]));
        assert!(!format!("{token:?}").contains(&text[11..54]));
        assert_ne!(Token::generate().reveal(), text);
    }

    #[test]
    fn a_typing_error_is_no_token() {
        let text = Token::generate().reveal().to_owned();
        let other = if text.as_bytes()[30] == b'x' { "y" } else { "x" };
        let mut wrong = text.clone();
        wrong.replace_range(30..31, other);
        for wrong in [wrong.as_str(), &text[..59], "", "wd_", &"wd_\u{e9}".repeat(15), &text.to_uppercase()] {
            assert!(Token::read(wrong).is_none(), "{wrong}");
        }
    }
}
