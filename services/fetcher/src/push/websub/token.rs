//! The secret of a subscription, and the callback's token that is derived from it.

use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use wiredesk_contract::SourceId;

use crate::push::signature::{hmac_sha256, to_hex};

/// Bytes of a secret, from the operating system.
const SECRET: usize = 32;
/// Hex digits of a token: 128 bits.
const TOKEN: usize = 32;

/// A new secret; None where the operating system gives no random bytes.
pub fn new_secret() -> Option<String> {
    let mut bytes = [0u8; SECRET];
    SysRng.try_fill_bytes(&mut bytes).ok()?;
    Some(to_hex(&bytes))
}

/// The token of a subscription's callback: the same for all renewals, since a hub knows a subscription by topic and
/// callback, and as hard to guess as the secret.
pub fn token(secret: &str, source: &SourceId, topic: &str) -> String {
    let mut hex = hmac_sha256(
        secret.as_bytes(),
        &[b"wiredesk callback\n", source.as_str().as_bytes(), b"\n", topic.as_bytes()],
    );
    hex.truncate(TOKEN);
    hex
}

/// What a token is looked up by: the time that the look-up takes says nothing about the token.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Can it be a token at all?
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_stable_and_apart() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        let source = SourceId::new("nu");
        let of = |secret: &str, topic: &str| token(secret, &source, topic);
        assert_eq!(of(&one, "https://wire.example/"), of(&one, "https://wire.example/"));
        assert_ne!(of(&one, "https://wire.example/"), of(&other, "https://wire.example/"));
        assert_ne!(of(&one, "https://wire.example/"), of(&one, "https://wire.example/2"));
        assert!(is_token(&of(&one, "https://wire.example/")) && !is_token("") && !is_token(&one));
        assert!(!one.contains(&of(&one, "https://wire.example/")));
    }
}
