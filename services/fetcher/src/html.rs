//! A small scanner of HTML: tags and text in one pass, whatever the input. It builds no tree: it is for looking a few
//! things up (links, metadata) and for comparing, not for extracting articles.

use std::borrow::Cow;

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text between tags, references not resolved.
    Text(&'a str),
    /// A start tag; its attributes are read by [`attribute`].
    Open {
        /// Name, as written.
        name: &'a str,
        /// What follows the name, without the closing bracket.
        attributes: &'a str,
    },
    /// An end tag: its name, as written.
    Close(&'a str),
}

/// The pieces of a document in order. Comments, declarations and the insides of `script` and `style` are left out. Each byte
/// is looked at a bounded number of times.
pub fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html, raw: None }
}

/// See [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    rest: &'a str,
    /// The element whose inside is no markup.
    raw: Option<&'a str>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            self.rest = after_raw(self.rest, name);
        }
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if !starts_markup(self.rest) {
                // A bracket that opens nothing is text.
                let from = usize::from(self.rest.starts_with('<'));
                let end = self.rest[from..].find('<').map_or(self.rest.len(), |n| n + from);
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            }
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = comment.find("-->").map_or("", |n| &comment[n + 3..]);
                continue;
            }
            let end = tag_end(self.rest);
            let (tag, rest) = (&self.rest[1..end], self.rest.get(end + 1..).unwrap_or(""));
            self.rest = rest;
            if tag.starts_with(['!', '?']) {
                continue;
            }
            let close = tag.starts_with('/');
            let tag = tag.trim_start_matches('/');
            let name_end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
            let (name, attributes) = tag.split_at(name_end);
            if close {
                return Some(Token::Close(name));
            }
            if name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") {
                self.raw = Some(name);
            }
            return Some(Token::Open { name, attributes });
        }
    }
}

fn starts_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first() == Some(&b'<')
        && match bytes.get(1) {
            Some(b'!' | b'?') => true,
            Some(b'/') => bytes.get(2).is_some_and(u8::is_ascii_alphabetic),
            Some(c) => c.is_ascii_alphabetic(),
            None => false,
        }
}

/// Where the tag at the start of `text` closes; brackets inside quotes do not close it. The end of the text where it never does.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            // A quote opens a value only after an equals sign: a stray one elsewhere must not swallow the document.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(q), b) if q == b => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    text.len()
}

/// What follows the end tag of `name`.
fn after_raw<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let start = from + at + 2;
        if text.as_bytes()[start..]
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        {
            return text[start..].find('>').map_or("", |n| &text[start + n + 1..]);
        }
        from = start;
    }
    ""
}

/// The value of an attribute, references resolved; empty for one without value. The first of that name counts.
pub fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        // The first character belongs to the name, whatever it is: else a stray `=` would stop the scan.
        let ends = |c: char| c.is_ascii_whitespace() || c == '=' || c == '/';
        let end = rest.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (value, next) = match after.strip_prefix('=') {
            None => ("", after),
            Some(text) => value_of(text.trim_start_matches(|c: char| c.is_ascii_whitespace())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(resolve(value));
        }
        rest = next;
    }
}

fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
    text.split_at(end)
}

/// Text with its character references resolved; those that nobody knows stay as they are.
pub fn resolve(text: &str) -> Cow<'_, str> {
    /// The longest name in HTML's table is 31 letters.
    const LONGEST: usize = 33;
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(LONGEST).position(|b| b == b';');
        match end.map(|n| &rest[..=n]).map(|r| (r.len(), quick_xml::escape::unescape(r))) {
            Some((length, Ok(resolved))) => {
                out.push_str(&resolved);
                rest = &rest[length..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(html: &str) -> Vec<String> {
        tokens(html)
            .map(|t| match t {
                Token::Text(text) => text.to_owned(),
                Token::Open { name, .. } => format!("<{name}>"),
                Token::Close(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tags_and_text() {
        for (html, expected) in [
            ("a<b>c</b>d", vec!["a", "<b>", "c", "</b>", "d"]),
            ("3 < 5 <- x", vec!["3 ", "< 5 ", "<- x"]),
            ("<!doctype html><!-- <p> --><P class=x/>y", vec!["<P>", "y"]),
            ("<script>if (a<b) '</p>'</SCRIPT >z", vec!["<script>", "z"]),
            ("<a title=\"a > b\" href='c'>t", vec!["<a>", "t"]),
            ("<p it's>t</p>", vec!["<p>", "t", "</p>"]),
            ("<p", vec!["<p>"]),
            ("<!-- never closed <p>", vec![]),
            ("<style>never closed <p>", vec!["<style>"]),
        ] {
            assert_eq!(told(html), expected, "{html}");
        }
    }

    #[test]
    fn attributes() {
        for (attributes, expected) in [
            (" href=\"a&amp;b\" rel=x", Some("a&b")),
            (" HREF = 'a' href=b", Some("a")),
            (" rel=next href=/a/b/", Some("/a/b/")),
            (" rel=\"x\"href=\"y\"", Some("y")),
            (" href", Some("")),
            (" data-href=x ñ=y", None),
            (" / ñañ =é href=é", Some("é")),
            (" href=\"never closed", Some("never closed")),
        ] {
            assert_eq!(attribute(attributes, "href").as_deref(), expected, "{attributes}");
        }
    }

    #[test]
    fn references() {
        assert_eq!(resolve("a &amp; b &oacute; &#x41; &nobody; &amp"), "a & b ó A &nobody; &amp");
        assert_eq!(resolve("&&amp;"), "&&");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_longer_than_it_was(html in "[<>/!='\"&;a-zñ -]{0,80}") {
            let mut length = 0;
            for token in tokens(&html) {
                length += match token {
                    Token::Text(text) => resolve(text).len().min(text.len()),
                    Token::Open { name, attributes } => {
                        let _ = attribute(attributes, "a");
                        name.len() + attributes.len()
                    }
                    Token::Close(name) => name.len(),
                };
            }
            prop_assert!(length <= html.len());
        }
    }
}
