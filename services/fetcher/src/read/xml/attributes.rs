//! The attributes of a start tag, however they are written.

use memchr::memchr;

/// More of them than this are not looked at.
const MOST: usize = 256;

/// The attributes between a tag's name and its end: name and value as written, its references not resolved. Takes values
/// without quotes and names without values.
pub fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    Attributes(text).take(MOST)
}

/// The value of an attribute by its local name, in any case, with any prefix but `xml`.
pub fn get<'a>(text: &'a str, local: &str) -> Option<&'a str> {
    let mut found = attributes(text).filter(|(name, _)| {
        let (prefix, own) = name.rsplit_once(':').unwrap_or(("", name));
        own.eq_ignore_ascii_case(local) && prefix != "xml"
    });
    found.next().map(|(_, value)| value)
}

struct Attributes<'a>(&'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let junk = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\'' | '=' | ',');
        let text = self.0.trim_start_matches(junk);
        if text.is_empty() {
            return None;
        }
        let end = text.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '"').unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let after = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(value) = after.strip_prefix('=') else {
            self.0 = rest;
            return Some((name, ""));
        };
        let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let quote = value.as_bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let (value, rest) = match quote {
            Some(quote) => {
                let inner = &value[1..];
                let end = memchr(quote, inner.as_bytes()).unwrap_or(inner.len());
                (&inner[..end], inner.get(end + 1..).unwrap_or_default())
            }
            None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        self.0 = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_they_are_written() {
        for (text, expected) in [
            (r#" a="1" b='2'"#, vec![("a", "1"), ("b", "2")]),
            (" a=1 b = '2 3' c", vec![("a", "1"), ("b", "2 3"), ("c", "")]),
            (r#" a="1"b="2",c="3""#, vec![("a", "1"), ("b", "2"), ("c", "3")]),
            (r#" a="never closed"#, vec![("a", "never closed")]),
            (" = \" ' ", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(attributes(text).collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(get(" xml:href='no' rdf:HREF='yes'", "href"), Some("yes"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ab=\"' /é,]{0,40}") {
            attributes(&text).count();
        }
    }
}
