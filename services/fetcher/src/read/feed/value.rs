//! The text of an element: escaped, in CDATA, in base64, or as markup that stands in the document, whole or not.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::Reader;
use super::names::{Element, Ns, element};
use crate::read::xml::attributes::get;
use crate::read::xml::{Tag, Token, references};

/// Bytes of one value; what is beyond them is counted and left out.
const LONGEST: usize = 4 << 20;
/// Open elements within a value that are remembered.
const DEEPEST: usize = 32;

/// How the text of an element is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// HTML, escaped or in CDATA (RSS; Atom's `html`).
    Html,
    /// Plain text: `&lt;b>` means the letters.
    Text,
    /// Markup of the document itself (Atom's `xhtml`).
    Markup,
    /// Base64 of HTML.
    Base64,
}

impl<'a> Reader<'a, '_> {
    /// The text that this tag opens, as HTML; reads on to its end.
    pub(super) fn html(&mut self, tag: Tag<'a>, of: Element, ns: Ns) -> String {
        let mode = mode(tag.attributes, ns == Ns::Atom || (self.atom && ns == Ns::Rss));
        self.collect(tag, of, mode)
    }

    /// The text that this tag opens, as text: an address, a date, a name.
    pub(super) fn plain(&mut self, tag: Tag<'a>, of: Element) -> String {
        self.collect(tag, of, Mode::Html)
    }

    fn collect(&mut self, tag: Tag<'a>, of: Element, mut mode: Mode) -> String {
        let mut out = String::new();
        if tag.empty {
            return out;
        }
        let declared = mode;
        let mut nested = 0_usize;
        let mut open: Vec<&str> = Vec::new();
        let mut broken = false;
        let mut sections = false;
        while let Some(token) = self.scan.next(Some(tag.name), &mut self.tally) {
            let token = self.within(token, out.len());
            match token {
                Token::Text(text) if mode == Mode::Markup => {
                    let text = references::resolved(text, &mut self.scan.entities, &mut self.tally);
                    references::escape(&text, &mut out);
                }
                Token::Text(text) => {
                    references::resolve(text, self.dirty, &mut self.scan.entities, &mut out, &mut self.tally);
                }
                Token::Cdata(text) if mode == Mode::Markup => references::escape(text, &mut out),
                Token::Cdata(text) => {
                    sections = true;
                    references::literal(text, self.dirty, &mut out, &mut self.tally);
                }
                Token::Stray if out.len() > LONGEST => self.long = true,
                Token::Stray => out.push_str(if mode == Mode::Markup { "&lt;" } else { "<" }),
                Token::Open(inner) => {
                    let same = inner.name.eq_ignore_ascii_case(tag.name);
                    if self.ends(inner, of, declared) || (same && !holds_markup(of)) {
                        self.tally.add("unclosed_tag");
                        self.scan.again();
                        break;
                    }
                    if same && !inner.empty {
                        nested += 1;
                    }
                    if mode == Mode::Text {
                        // Not plain text then, whatever was said.
                        let before = std::mem::take(&mut out);
                        references::escape(&before, &mut out);
                        mode = Mode::Markup;
                    }
                    if !inner.empty && open.len() < DEEPEST {
                        open.push(inner.name);
                    }
                    self.inline(inner.name, 1, &mut out);
                }
                Token::Close(name) if name.eq_ignore_ascii_case(tag.name) => {
                    if nested == 0 {
                        break;
                    }
                    nested -= 1;
                    self.inline(name, 2, &mut out);
                }
                Token::Close(name) => {
                    if self.closes_around(name) {
                        self.tally.add("unclosed_tag");
                        self.scan.again();
                        break;
                    }
                    match open.iter().rposition(|n| n.eq_ignore_ascii_case(name)) {
                        Some(n) => {
                            broken |= n + 1 < open.len();
                            open.truncate(n);
                        }
                        None => broken |= open.len() < DEEPEST,
                    }
                    self.inline(name, 2, &mut out);
                }
            }
        }
        if broken || (!open.is_empty() && open.len() < DEEPEST && nested == 0) {
            self.tally.add("broken_markup");
        }
        if mode == Mode::Text && !sections && out.contains(['<', '&']) {
            out = references::shown(&out);
        }
        if declared == Mode::Base64
            && let Some(text) = base64(&out)
        {
            return text;
        }
        if let Some(text) = encoded_twice(&out) {
            self.tally.add("encoded_twice");
            return text;
        }
        out
    }

    /// A piece of text as far as there is room for it.
    fn within(&mut self, token: Token<'a>, used: usize) -> Token<'a> {
        let (Token::Text(text) | Token::Cdata(text)) = token else { return token };
        let room = LONGEST.saturating_sub(used);
        if text.len() <= room {
            return token;
        }
        self.long = true;
        let end = (0..=room).rev().find(|n| text.is_char_boundary(*n)).unwrap_or_default();
        if matches!(token, Token::Text(_)) { Token::Text(&text[..end]) } else { Token::Cdata(&text[..end]) }
    }

    /// Appends the tag that was read last, without a prefix that says XHTML.
    fn inline(&mut self, name: &'a str, before: usize, out: &mut String) {
        let raw = &self.scan.text()[self.scan.start()..self.scan.end()];
        if out.len() > LONGEST {
            self.long = true;
            return;
        }
        match name.split_once(':') {
            Some((prefix, local)) if self.spaces.of(prefix) == Ns::Xhtml => {
                out.push_str(&raw[..before]);
                out.push_str(local);
                references::literal(&raw[before + name.len()..], self.dirty, out, &mut self.tally);
            }
            _ => references::literal(raw, self.dirty, out, &mut self.tally),
        }
    }

    /// Is this start tag, in the text of an element, the next field or item, so that an end tag is missing?
    fn ends(&mut self, tag: Tag<'a>, of: Element, mode: Mode) -> bool {
        let (prefix, local) = tag.name.split_once(':').unwrap_or(("", tag.name));
        let ns = self.spaces.of(prefix);
        let found = element(ns, local);
        if mode == Mode::Markup {
            return found == Element::Item && self.item_name.is_none_or(|name| name == tag.name);
        }
        match found {
            Element::Item
            | Element::Id
            | Element::Published
            | Element::Updated
            | Element::Enclosure
            | Element::Description
            | Element::Category => true,
            Element::Author => ns != Ns::Atom,
            Element::Content => ns == Ns::Content,
            Element::MediaContent | Element::MediaGroup | Element::MediaThumbnail => true,
            Element::Title | Element::Summary => !holds_markup(of),
            Element::Link => !holds_markup(of) || (tag.attributes.is_empty() && !tag.empty),
            _ => false,
        }
    }

    /// Does this end tag close something around the element whose text is read?
    fn closes_around(&self, name: &str) -> bool {
        let structural =
            |e| matches!(e, Element::Item | Element::Channel | Element::Rss | Element::Feed | Element::Rdf);
        self.frames.iter().rev().any(|f| structural(f.element) && f.name.eq_ignore_ascii_case(name))
    }
}

/// May it hold elements of its own name?
fn holds_markup(of: Element) -> bool {
    matches!(of, Element::Description | Element::Summary | Element::Content | Element::MediaDescription)
}

fn mode(attributes: &str, atom: bool) -> Mode {
    let (kind, how) = if attributes.is_empty() {
        (String::new(), String::new())
    } else {
        let lower = |name| get(attributes, name).unwrap_or_default().trim().to_ascii_lowercase();
        (lower("type"), lower("mode"))
    };
    if how == "base64" {
        return Mode::Base64;
    }
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind {
        "" if atom => Mode::Text,
        "" => Mode::Html,
        "text" | "text/plain" | "plain" => Mode::Text,
        "html" | "text/html" if how == "xml" => Mode::Markup,
        "html" | "text/html" => Mode::Html,
        "xhtml" => Mode::Markup,
        k if k.ends_with("/xml") || k.ends_with("+xml") => {
            if how == "escaped" {
                Mode::Html
            } else {
                Mode::Markup
            }
        }
        k if k.starts_with("text/") => Mode::Text,
        k if k.contains('/') && atom => Mode::Base64,
        _ => Mode::Html,
    }
}

/// The text that this was before somebody took its UTF-8 for ISO 8859-1 or windows-1252 and encoded it again, where that is
/// what happened: every character that is not ASCII belongs to a valid sequence, which in honest text does not happen.
fn encoded_twice(text: &str) -> Option<String> {
    let first = text.bytes().position(|b| !b.is_ascii())?;
    // Decided by the first two for nearly every text.
    let mut head = text[first..].chars().map(byte_of);
    if !matches!(head.next()?, Some(0xc2..=0xf4)) || !matches!(head.next()?, Some(0x80..=0xbf)) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    String::from_utf8(bytes?).ok()
}

/// The byte that ISO 8859-1 or windows-1252 has for a character.
fn byte_of(c: char) -> Option<u8> {
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let mut utf8 = [0; 4];
        let (bytes, _, failed) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut utf8));
        (!failed).then(|| bytes[0])
    })
}

/// Base64 decoded, where it is base64 of text.
fn base64(text: &str) -> Option<String> {
    const LOOSE: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let packed: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = LOOSE.decode(packed).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn text_that_was_encoded_twice() {
        for (text, before) in [
            ("aÃ±o de la EspaÃ±a", Some("año de la España")),
            ("â€¦", Some("…")),
            ("â\u{80}\u{a6}", Some("…")),
            ("año", None),
            ("Ã±o y año", None),
            ("São Paulo «hoje»", None),
            ("会見", None),
            ("plain", None),
            ("é", None),
        ] {
            assert_eq!(encoded_twice(text).as_deref(), before, "{text}");
        }
    }

    #[test]
    fn base64_with_and_without_padding() {
        assert_eq!(base64("bm90\n aWNpYQ==").as_deref(), Some("noticia"));
        assert_eq!(base64("bm90aWNpYQ").as_deref(), Some("noticia"));
        assert_eq!(base64("no es base64"), None);
    }
}
