//! A rule's path: anchored at the start, `*` is any run of characters, `$` at the end is the end.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A rule's path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    /// As compared: percent-encoding in one form.
    text: String,
    /// Length as written, which is what "longest" means.
    length: usize,
    /// It ends with `$`.
    to_the_end: bool,
}

impl Pattern {
    pub fn new(written: &str) -> Self {
        let (path, to_the_end) = written.strip_suffix('$').map_or((written, false), |path| (path, true));
        let text = normal(path, true).into_owned();
        Self { length: text.len() + usize::from(to_the_end), text, to_the_end }
    }

    pub fn length(&self) -> usize {
        self.length
    }

    pub fn weight(&self) -> usize {
        self.text.len()
    }

    /// Each piece between two stars is looked for once, from where the last one ended: the leftmost place is always as good as
    /// any later one. So the time is that of one search in the path, however many stars there are.
    pub fn matches(&self, path: &str) -> bool {
        let mut pieces = self.text.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = path.strip_prefix(first) else { return false };
        let mut last = None;
        for piece in pieces {
            // The piece before is not the last one: it is found where it first stands.
            if let Some(before) = last.replace(piece) {
                match find(rest, before) {
                    Some(after) => rest = after,
                    None => return false,
                }
            }
        }
        match (last, self.to_the_end) {
            (None, true) => rest.is_empty(),
            (None, false) => true,
            (Some(piece), true) => rest.ends_with(piece),
            (Some(piece), false) => find(rest, piece).is_some(),
        }
    }
}

/// What follows the first `piece`.
fn find<'a>(text: &'a str, piece: &str) -> Option<&'a str> {
    text.find(piece).map(|at| &text[at + piece.len()..])
}

/// An address' path and query in the form that patterns are in.
pub(super) fn of_address(path_and_query: &str) -> Cow<'_, str> {
    normal(path_and_query, false)
}

/// Percent-encoding in one form (RFC 9309, 2.2.2): octets outside of ASCII encoded, unreserved ones plain, hexadecimal digits
/// large, and in a query `:` and `/` plain, as the RFC takes `http://x` and `http%3A%2F%2Fx` for the same. `*` and `$`
/// that mean themselves are encoded, as patterns have them.
fn normal(text: &str, pattern: bool) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'%' | b'$') && (pattern || b != b'*');
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut in_query = false;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        in_query |= byte == b'?';
        let octet = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match octet {
            Some(octet) => {
                let unreserved = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
                if unreserved || (in_query && b":/".contains(&octet)) {
                    out.push(char::from(octet));
                } else {
                    let _ = write!(out, "%{octet:02X}");
                }
                at += 3;
            }
            None => {
                if plain(byte) || byte == b'%' {
                    out.push(char::from(byte));
                } else {
                    let _ = write!(out, "%{byte:02X}");
                }
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}
