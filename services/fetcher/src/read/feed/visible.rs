//! Items that a person sees in a document, whatever a reader made of it.

use memchr::{memchr, memmem};

/// How many start tags of items there are, comments left out.
pub(super) fn items(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let (mut count, mut at, mut comments) = (0_u32, 0, true);
    while let Some(n) = memchr(b'<', &bytes[at..]) {
        let rest = &bytes[at + n..];
        at += n + 1;
        if comments && rest.starts_with(b"<!--") {
            match memmem::find(rest, b"-->") {
                Some(end) => at += end + 2,
                None => comments = false,
            }
            continue;
        }
        let tag = |name: &[u8]| {
            rest.len() > name.len() + 1
                && rest[1..=name.len()].eq_ignore_ascii_case(name)
                && matches!(rest[name.len() + 1], b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
        };
        if tag(b"item") || tag(b"entry") {
            count = count.saturating_add(1);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen() {
        for (text, seen) in [
            ("<rss><item><ITEM x='1'><entry/>", 3),
            ("<!-- <item> --><items><entryway><itemx>", 0),
            ("<!-- <item>", 1),
            ("<item", 0),
            ("", 0),
        ] {
            assert_eq!(items(text), seen, "{text}");
        }
    }
}
