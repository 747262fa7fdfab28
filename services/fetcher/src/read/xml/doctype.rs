//! `<!DOCTYPE …>`: its name and the simple entities that it declares. Nothing outside the document is ever fetched.

use memchr::{memchr, memchr3, memmem};

/// Entities that are taken from one document.
const MOST_ENTITIES: usize = 256;

/// What a `DOCTYPE` says.
#[derive(Debug, Default)]
pub struct Doctype<'a> {
    /// Bytes that it takes.
    pub length: usize,
    /// What it says before the internal subset: name and identifiers.
    pub name: &'a str,
    /// Entities declared with a value.
    pub entities: Vec<(&'a str, &'a str)>,
}

/// Reads the one that starts here. One that is not closed ends before the next tag.
pub fn read(rest: &str) -> Doctype<'_> {
    let bytes = rest.as_bytes();
    let from = "<!DOCTYPE".len();
    let (name_end, end) = match memchr3(b'[', b'>', b'<', &bytes[from..]).map(|n| n + from) {
        Some(n) if bytes[n] == b'>' => (n, n + 1),
        Some(n) if bytes[n] == b'[' => (n, subset_end(rest, n + 1)),
        Some(n) => (n, n),
        None => (rest.len(), rest.len()),
    };
    let subset = rest.get(name_end..end).unwrap_or_default();
    Doctype { length: end, name: rest[from..name_end].trim(), entities: entities(subset) }
}

/// Byte after the `]>` that ends the internal subset. Declarations are passed one by one; whatever else comes ends it.
fn subset_end(rest: &str, from: usize) -> usize {
    let bytes = rest.as_bytes();
    let mut at = from;
    loop {
        let Some(n) = memchr3(b'<', b']', b'>', &bytes[at..]) else { return rest.len() };
        let place = at + n;
        match bytes[place] {
            b']' => {
                let after = bytes[place + 1..].iter().position(|b| !b.is_ascii_whitespace());
                match after.map(|n| place + 1 + n) {
                    Some(end) if bytes[end] == b'>' => return end + 1,
                    Some(end) => at = end,
                    None => return rest.len(),
                }
            }
            b'<' if rest[place..].starts_with("<!--") => match memmem::find(&bytes[place + 4..], b"-->") {
                Some(n) => at = place + n + 7,
                None => return place,
            },
            b'<' if matches!(bytes.get(place + 1), Some(b'!' | b'?')) => {
                match declaration_end(bytes, place + 2) {
                    Some(end) => at = end,
                    None => return place,
                }
            }
            b'<' => return place,
            _ => at = place + 1,
        }
    }
}

/// Byte after the `>` of a declaration, its quoted values passed.
fn declaration_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let place = at + memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        if bytes[place] == b'>' {
            return Some(place + 1);
        }
        at = place + 2 + memchr(bytes[place], &bytes[place + 1..])?;
    }
}

fn entities(subset: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = subset;
    while let Some((_, after)) = rest.split_once("<!ENTITY") {
        rest = after;
        if found.len() == MOST_ENTITIES {
            break;
        }
        // `<!ENTITY % name …>` and `<!ENTITY name SYSTEM …>` are not taken.
        let after = after.trim_start();
        let Some((name, value)) = after.split_once(|c: char| c.is_ascii_whitespace()) else { continue };
        let value = value.trim_start();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        if let Some(end) = memchr(quote as u8, &value.as_bytes()[1..]) {
            found.push((name, &value[1..=end]));
            rest = &value[end + 2..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_ends_and_what_it_declares() {
        for (text, after, entities) in [
            ("<!DOCTYPE rss SYSTEM 'x.dtd'><rss>", "<rss>", vec![]),
            (
                "<!DOCTYPE rss [<!ENTITY ag 'Agencia'> <!ENTITY gt2 \"a > b\"] ><rss>",
                "] ><rss>".strip_prefix("] >").unwrap_or_default(),
                vec![("ag", "Agencia"), ("gt2", "a > b")],
            ),
            ("<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///y'><!ENTITY % p 'q'>]><rss>", "<rss>", vec![]),
            ("<!DOCTYPE rss [<!ENTITY a 'b'><rss>", "<rss>", vec![("a", "b")]),
            ("<!DOCTYPE rss<rss>", "<rss>", vec![]),
            ("<!DOCTYPE", "", vec![]),
            ("<!DOCTYPE [<!ENTITY a '", "<!ENTITY a '", vec![]),
        ] {
            let doctype = read(text);
            assert_eq!((&text[doctype.length..], doctype.entities), (after, entities), "{text}");
        }
    }
}
