//! Signatures of what is sent to us: HMAC over the body, compared in constant time.
//!
//! `X-Hub-Signature: METHOD=HEX` is WebSub's (W3C Recommendation of 2018, section 8); `X-Hub-Signature-256: sha256=HEX` is what
//! senders of webhooks made of it. Neither says when it was made. `X-Wiredesk-Signature: t=UNIX,v1=HEX` does: its HMAC-SHA256
//! is over the time in seconds, a full stop and the body.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use wiredesk_contract::Timestamp;

/// How far the time of a signature may be from ours, in seconds, to either side.
pub const WINDOW: i64 = 300;
/// Most signatures in one header: a sender that changes its secret signs with both for a while.
const MOST: usize = 4;

/// Why a body is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// No signature.
    #[error(
        "the request is not signed; send X-Wiredesk-Signature: t=UNIX,v1=HEX with the HMAC-SHA256 of t.body"
    )]
    Missing,
    /// None of the forms.
    #[error("the signature has none of the known forms; write X-Wiredesk-Signature: t=UNIX,v1=HEX")]
    Form,
    /// Made too long ago, or by a clock that is wrong.
    #[error(
        "the signature's time is {0} seconds from ours and 300 are allowed; set the sender's clock and sign again"
    )]
    Time(i64),
    /// Another secret, or another body.
    #[error(
        "the signature is not that of this body under this source's secret; check the secret, and that the body is signed as it is sent"
    )]
    Wrong,
}

impl Unsigned {
    /// The same request is answered the same.
    pub fn is_transient(&self) -> bool {
        false
    }

    /// Its name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Form => "form",
            Self::Time(_) => "time",
            Self::Wrong => "wrong",
        }
    }
}

/// A hash under HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A signature that has been read but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    method: Method,
    /// The time that is signed before the body.
    time: Option<i64>,
    /// Any of these may be right.
    candidates: Vec<Vec<u8>>,
}

impl Signature {
    /// `METHOD=HEX`, with one of the methods that WebSub names: `sha1`, `sha256`, `sha384`, `sha512`.
    ///
    /// # Errors
    /// [`Unsigned::Form`].
    pub fn of_hub(header: &str) -> Result<Self, Unsigned> {
        let (method, text) = header.trim().split_once('=').ok_or(Unsigned::Form)?;
        let method = match method.trim().to_ascii_lowercase().as_str() {
            "sha1" => Method::Sha1,
            "sha256" => Method::Sha256,
            "sha384" => Method::Sha384,
            "sha512" => Method::Sha512,
            _ => return Err(Unsigned::Form),
        };
        let bytes = hex(text.trim()).ok_or(Unsigned::Form)?;
        Ok(Self { method, time: None, candidates: vec![bytes] })
    }

    /// `t=UNIX,v1=HEX`, with `now` within [`WINDOW`] of the time. Fields that are not known are passed over.
    ///
    /// # Errors
    /// [`Unsigned::Form`], [`Unsigned::Time`].
    pub fn of_sender(header: &str, now: Timestamp) -> Result<Self, Unsigned> {
        let mut time = None;
        let mut candidates = Vec::new();
        for field in header.split(',') {
            match field.trim().split_once('=') {
                Some(("t", text)) => time = Some(text.parse::<i64>().map_err(|_| Unsigned::Form)?),
                Some(("v1", text)) => candidates.push(hex(text).ok_or(Unsigned::Form)?),
                _ => {}
            }
        }
        let time = time.ok_or(Unsigned::Form)?;
        if candidates.is_empty() || candidates.len() > MOST {
            return Err(Unsigned::Form);
        }
        let away = now.timestamp().saturating_sub(time).saturating_abs();
        if away > WINDOW {
            return Err(Unsigned::Time(away));
        }
        Ok(Self { method: Method::Sha256, time: Some(time), candidates })
    }

    /// Is it that of this body under this secret?
    ///
    /// # Errors
    /// [`Unsigned::Wrong`].
    pub fn check(&self, secret: &[u8], body: &[u8]) -> Result<(), Unsigned> {
        let before = self.time.map(|t| format!("{t}.")).unwrap_or_default();
        let parts = [before.as_bytes(), body];
        let right = match self.method {
            Method::Sha1 => self.any::<Hmac<Sha1>>(secret, parts),
            Method::Sha256 => self.any::<Hmac<Sha256>>(secret, parts),
            Method::Sha384 => self.any::<Hmac<Sha384>>(secret, parts),
            Method::Sha512 => self.any::<Hmac<Sha512>>(secret, parts),
        };
        if right { Ok(()) } else { Err(Unsigned::Wrong) }
    }

    fn any<M: Mac + KeyInit + Clone>(&self, secret: &[u8], parts: [&[u8]; 2]) -> bool {
        // HMAC takes a key of any length.
        let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else { return false };
        for part in parts {
            mac.update(part);
        }
        // `verify_slice` compares in constant time.
        self.candidates.iter().any(|c| mac.clone().verify_slice(c).is_ok())
    }
}

/// HMAC-SHA256, in hex: for what we sign ourselves, and for senders in tests.
pub fn hmac_sha256(secret: &[u8], parts: &[&[u8]]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for part in parts {
        mac.update(part);
    }
    to_hex(&mac.finalize().into_bytes())
}

/// What `X-Wiredesk-Signature` says for this body, signed at this time in seconds.
pub fn sign(secret: &[u8], time: i64, body: &[u8]) -> String {
    format!("t={time},v1={}", hmac_sha256(secret, &[format!("{time}.").as_bytes(), body]))
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    // 64 bytes are the longest that any method gives.
    if text.is_empty() || text.len() > 128 || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 2202 and RFC 4231, their second test cases.
    #[test]
    fn the_vectors_of_the_rfcs() {
        let body = b"what do ya want for nothing?";
        for header in [
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
            "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ] {
            let signature = Signature::of_hub(header).unwrap();
            assert_eq!(signature.check(b"Jefe", body), Ok(()), "{header}");
            assert_eq!(signature.check(b"jefe", body), Err(Unsigned::Wrong), "{header}");
            assert_eq!(signature.check(b"Jefe", b"what do ya want for nothing"), Err(Unsigned::Wrong));
        }
    }

    #[test]
    fn signatures_that_are_none() {
        for header in [
            "",
            "sha256",
            "sha256=",
            "sha256=0",
            "sha256=zz",
            "md5=00",
            "=00",
            "sha256=\u{e9}\u{e9}",
            "sha256=+1",
        ] {
            assert_eq!(Signature::of_hub(header), Err(Unsigned::Form), "{header:?}");
        }
        for header in
            ["", "t=5", "v1=00", "t=,v1=00", "t=x,v1=00", "t=5,v1=0", "t=5,v1=00,v1=00,v1=00,v1=00,v1=00"]
        {
            assert_eq!(Signature::of_sender(header, at(5)), Err(Unsigned::Form), "{header:?}");
        }
        // A part of the right one is not right.
        let half = Signature::of_hub("sha256=5bdcc146bf60754e6a042426089575c7").unwrap();
        assert_eq!(half.check(b"Jefe", b"what do ya want for nothing?"), Err(Unsigned::Wrong));
    }

    #[test]
    fn the_time_is_signed_and_must_be_near() {
        let signed = sign(b"key", 1000, b"copy");
        for (now, expected) in [
            (1000, Ok(())),
            (1300, Ok(())),
            (700, Ok(())),
            (1301, Err(Unsigned::Time(301))),
            (699, Err(Unsigned::Time(301))),
        ] {
            assert_eq!(
                Signature::of_sender(&signed, at(now)).and_then(|s| s.check(b"key", b"copy")),
                expected
            );
        }
        // Another time with the same HMAC.
        let moved = signed.replace("t=1000", "t=1001");
        assert_eq!(
            Signature::of_sender(&moved, at(1000)).unwrap().check(b"key", b"copy"),
            Err(Unsigned::Wrong)
        );
        // A sender that changes its secret signs with both.
        let both = format!("{},{}", sign(b"old", 1000, b"copy"), &signed["t=1000,".len()..]);
        assert_eq!(Signature::of_sender(&both, at(1000)).unwrap().check(b"key", b"copy"), Ok(()));
        assert_eq!(
            Signature::of_sender("t=-9223372036854775808,v1=00", at(1)),
            Err(Unsigned::Time(i64::MAX))
        );
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in ".{0,80}", body in proptest::collection::vec(any::<u8>(), 0..50)) {
            for signature in [Signature::of_hub(&header), Signature::of_sender(&header, at(0))].into_iter().flatten() {
                prop_assert_eq!(signature.check(b"key", &body), Err(Unsigned::Wrong));
            }
        }

        #[test]
        fn only_the_signed_body_is_right(body in proptest::collection::vec(any::<u8>(), 0..50), time in 0i64..4_000_000_000, at_byte in 0usize..50) {
            let signature = Signature::of_sender(&sign(b"key", time, &body), at(time)).unwrap();
            prop_assert_eq!(signature.check(b"key", &body), Ok(()));
            if let Some(byte) = body.clone().get(at_byte) {
                let mut other = body.clone();
                other[at_byte] = byte ^ 1;
                prop_assert_eq!(signature.check(b"key", &other), Err(Unsigned::Wrong));
            }
        }
    }
}
