//! References: `&amp;`, `&#233;`, `&eacute;`, entities that the document declares, and ampersands that are none of these.

use std::collections::HashMap;

use memchr::memchr;

use super::named::named;
use crate::read::Tally;

/// Bytes that a document's own entities may add to it altogether: enough for a wire's name in every item, no bomb.
const MOST_EXPANDED: usize = 1 << 20;
/// A longer value is not taken.
const LONGEST: usize = 4096;

/// Entities that a document declares.
#[derive(Debug, Default)]
pub struct Entities<'a> {
    values: HashMap<&'a str, &'a str>,
    expanded: usize,
}

impl<'a> Entities<'a> {
    /// Takes one; the first of a name counts.
    pub fn declare(&mut self, name: &'a str, value: &'a str) {
        if value.len() <= LONGEST && self.values.len() < 256 {
            self.values.entry(name).or_insert(value);
        }
    }

    fn value(&mut self, name: &str) -> Option<&'a str> {
        let value = *self.values.get(name)?;
        self.expanded += value.len();
        (self.expanded <= MOST_EXPANDED).then_some(value)
    }
}

/// What XML 1.0 (production 2) does not allow.
pub fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Does the text hold such a character? Without a branch a byte, so that most documents are passed at memory's speed.
pub fn has_forbidden(text: &str) -> bool {
    let control = text.as_bytes().chunks(1024).any(|chunk| {
        chunk
            .iter()
            .fold(false, |found, b| found | ((*b < 0x20) & (*b != b'\n') & (*b != b'\t') & (*b != b'\r')))
    });
    control || text.contains('\u{fffe}') || text.contains('\u{ffff}')
}

/// Appends a text as it is, without what is forbidden.
pub fn literal(text: &str, dirty: bool, out: &mut String, tally: &mut Tally) {
    if !dirty {
        return out.push_str(text);
    }
    let before = out.len();
    out.extend(text.chars().filter(|c| !forbidden(*c)));
    let lost = text.len() - (out.len() - before);
    if lost > 0 {
        tally.add_n("control_character", u32::try_from(lost).unwrap_or(u32::MAX));
    }
}

/// Appends a text with its references resolved. `dirty`: it may hold forbidden characters.
pub fn resolve(text: &str, dirty: bool, entities: &mut Entities, out: &mut String, tally: &mut Tally) {
    let mut rest = text;
    while let Some(n) = memchr(b'&', rest.as_bytes()) {
        literal(&rest[..n], dirty, out, tally);
        rest = &rest[n..];
        rest = &rest[reference(rest, entities, out, tally)..];
    }
    literal(rest, dirty, out, tally);
}

/// The text with its references resolved.
pub fn resolved(text: &str, entities: &mut Entities, tally: &mut Tally) -> String {
    let mut out = String::with_capacity(text.len());
    resolve(text, true, entities, &mut out, tally);
    out
}

/// Appends what the reference at this `&` stands for; answers with how many bytes it takes.
fn reference(rest: &str, entities: &mut Entities, out: &mut String, tally: &mut Tally) -> usize {
    let body = &rest[1..];
    if !body.as_bytes().first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'#' || *b == b'_') {
        tally.add("bare_ampersand");
        out.push('&');
        return 1;
    }
    let length = body
        .bytes()
        .take(48)
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.')));
    let name = length.and_then(|n| body.get(..n)).unwrap_or_default();
    let closed = body.as_bytes().get(name.len()) == Some(&b';');
    if name.is_empty() || !closed {
        tally.add("bare_ampersand");
        out.push('&');
        return 1;
    }
    let whole = name.len() + 2;
    if let Some(number) = name.strip_prefix('#') {
        match character(number) {
            Some(c) if forbidden(c) => tally.add("control_character"),
            Some(c) => out.push(c),
            None if number.bytes().any(|b| b.is_ascii_digit()) => tally.add("control_character"),
            None => {
                tally.add("bare_ampersand");
                out.push('&');
                return 1;
            }
        }
        return whole;
    }
    let predefined = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    };
    if !predefined.is_empty() {
        out.push_str(predefined);
    } else if let Some(value) = entities.value(name) {
        tally.add("declared_entity");
        // Its own references once, and no entity within: that is how bombs are built.
        resolve(value, true, &mut Entities::default(), out, tally);
    } else if let Some(value) = named(name) {
        tally.add("html_entity");
        out.push_str(value);
    } else {
        tally.add("bare_ampersand");
        out.push('&');
        return 1;
    }
    whole
}

/// The character of a numeric reference. Numbers of the C1 range are meant as windows-1252, as in HTML.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    match code.ok()? {
        byte @ 0x80..=0x9f => {
            let bytes = [u8::try_from(byte).ok()?];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            text.chars().next()
        }
        code => char::from_u32(code),
    }
}

/// Appends text as HTML that shows it literally.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
}

/// Plain text as HTML that shows it: `<` is escaped, and `&` where it would be taken for a reference.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (n, c) in text.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' if text.as_bytes().get(n + 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'#') => {
                let name = &text.as_bytes()[n + 1..text.len().min(n + 40)];
                let end = name.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'#'));
                let reference = end.is_some_and(|end| name[end] == b';');
                out.push_str(if reference { "&amp;" } else { "&" });
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_they_stand_for() {
        for (text, expected, repairs) in [
            ("G&amp;H &lt;b&gt; &#233;&#xE9;", "G&H <b> éé", ""),
            ("Ruiz & Mora &c; R&D", "Ruiz & Mora &c; R&D", "bare_ampersand=3"),
            ("caf&eacute;&nbsp;", "café\u{a0}", "html_entity=2"),
            ("&ag; &bomb;", "Agencia & Ñu &ag;", "bare_ampersand=1 declared_entity=2 html_entity=1"),
            ("&#0;&#x1f;&#xD800;&#99999999999;a\u{1}", "a", "control_character=5"),
            ("&#147;hola&#148;", "“hola”", ""),
            ("&", "&", "bare_ampersand=1"),
            ("&#;&#x;&#zz;", "&#;&#x;&#zz;", "bare_ampersand=3"),
        ] {
            let mut tally = Tally::default();
            let mut entities = Entities::default();
            entities.declare("ag", "Agencia &#38; &Ntilde;u");
            entities.declare("bomb", "&ag;");
            let out = resolved(text, &mut entities, &mut tally);
            assert_eq!((out.as_str(), tally.to_string().as_str()), (expected, repairs), "{text}");
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let value = "x".repeat(4000);
        let mut entities = Entities::default();
        entities.declare("a", &value);
        let out = resolved(&"&a;".repeat(100_000), &mut entities, &mut Tally::default());
        assert!(out.len() < MOST_EXPANDED + 300_000, "{}", out.len());
    }
}
