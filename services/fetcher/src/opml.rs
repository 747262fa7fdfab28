//! OPML 2, in and out. The lists that readers export are broken in every way (no version, bare `&`, attributes in capitals,
//! ISO-8859-1), so reading is a scan for `<outline …>` and needs no well-formed document around it.
//!
//! What OPML has no attribute for is written in a namespace of ours, each key of a source as an attribute `wd:key`: what
//! is exported comes back the same.

use quick_xml::escape::{escape, resolve_html5_entity};
use serde_json::{Map, Value};

use crate::read::decode;
use crate::source::SourceConfig;

/// Namespace of the attributes that OPML does not have.
const NAMESPACE: &str = "urn:wiredesk:opml";
/// Deepest folder whose name is kept.
const MAX_DEPTH: usize = 64;
/// Longest tag in bytes: an unpaired quote must not eat the document.
const MAX_TAG: usize = 64 * 1024;

/// An outline with an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Its line in the decoded document, from 1.
    pub line: usize,
    /// Names of the folders around it, the outermost first.
    pub folders: Vec<String>,
    /// Its attributes, names in lower case, values unescaped and trimmed.
    pub attributes: Vec<(String, String)>,
}

impl Outline {
    /// The value of an attribute, by its name in lower case; None where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The feed's address: `xmlUrl`, or `url` where `type` says that it is a feed.
    pub fn address(&self) -> Option<&str> {
        let is_feed =
            || self.get("type").is_some_and(|t| matches!(t.to_lowercase().as_str(), "rss" | "atom"));
        self.get("xmlurl").or_else(|| self.get("url").filter(|_| is_feed()))
    }

    /// Is it a source: something with an address, or one of ours that needs none?
    pub fn is_source(&self) -> bool {
        self.address().is_some() || self.get("wd:kind").is_some()
    }

    /// The source as the list's values; the caller gives it an id where there is none.
    pub fn values(&self) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, text) in &self.attributes {
            if let Some(key) = name.strip_prefix("wd:") {
                values.insert(
                    key.to_owned(),
                    serde_json::from_str(text).unwrap_or_else(|_| text.clone().into()),
                );
            }
        }
        // A source of ours without a name is shown by its id.
        let id = values.get("id").and_then(Value::as_str);
        let named_by_id = self.get("title").is_none() && id.is_some() && id == self.get("text");
        let mut put = |key: &str, text: Option<&str>| {
            if let Some(text) = text {
                values.insert(key.to_owned(), text.into());
            }
        };
        put("url", self.address().map(plain_scheme).as_deref());
        put("name", self.get("title").or_else(|| self.get("text")).filter(|_| !named_by_id));
        put("language", crate::listing::language(self.get("language")).as_deref());
        // Our own lists say the tags by category; lists of readers have folders.
        let tags: Vec<Value> = match self.get("category") {
            Some(text) => text.split(',').map(|t| t.trim().trim_matches('/')).map(Value::from).collect(),
            None => self.folders.iter().map(|f| Value::from(f.as_str())).collect(),
        };
        let tags: Vec<Value> = tags.into_iter().filter(|t| t.as_str() != Some("")).collect();
        if !tags.is_empty() {
            values.insert("tags".to_owned(), tags.into());
        }
        values
    }
}

/// `feed://host` and `feed:https://host`, as readers register themselves for, to addresses.
fn plain_scheme(url: &str) -> String {
    match url.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("http") => rest.to_owned(),
        Some(rest) => format!("http:{rest}"),
        None => url.to_owned(),
    }
}

/// The outlines with an address, at any depth, in order; None where the document is no OPML at all.
pub fn read(bytes: &[u8]) -> Option<Vec<Outline>> {
    let text = decode::decode(bytes, None).text;
    let mut found = Vec::new();
    let mut folders: Vec<String> = Vec::new();
    let mut is_opml = false;
    let (mut at, mut line, mut counted) = (0, 1, 0);
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        let rest = &text[start..];
        if let Some(end) = passed_over(rest) {
            at = start + end;
            continue;
        }
        at = start + 1;
        let name: String =
            rest[1..].chars().take_while(|c| c.is_alphanumeric() || *c == '/' || *c == ':').take(9).collect();
        match name.to_lowercase().trim_end_matches('/') {
            "opml" => is_opml = true,
            "/outline" => {
                folders.pop();
            }
            "outline" => {
                let (attributes, length, closed) = attributes(&rest["<outline".len()..]);
                at = start + "<outline".len() + length;
                line += text.as_bytes()[counted..start].iter().filter(|b| **b == b'\n').count();
                counted = start;
                let outline = Outline {
                    line,
                    folders: folders.iter().filter(|f| !f.is_empty()).take(MAX_DEPTH).cloned().collect(),
                    attributes,
                };
                if !closed {
                    // What has an address is no folder of those inside it.
                    let name = outline.get("text").or_else(|| outline.get("title")).unwrap_or_default();
                    folders.push(if outline.is_source() { String::new() } else { name.to_owned() });
                }
                if outline.is_source() {
                    found.push(outline);
                }
            }
            _ => {}
        }
    }
    (is_opml || !found.is_empty()).then_some(found)
}

/// The length of a comment, section or declaration.
fn passed_over(rest: &str) -> Option<usize> {
    for (open, close) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
        if rest.starts_with(open) {
            return Some(rest.find(close).map_or(rest.len(), |n| n + close.len()));
        }
    }
    None
}

/// The attributes of a tag from after its name, the length up to its end, and whether it closes itself.
pub(crate) fn attributes(text: &str) -> (Vec<(String, String)>, usize, bool) {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let skipped = rest.len() - rest.trim_start().len();
        at += skipped;
        let rest = &text[at..];
        if let Some(c) = rest.chars().next().filter(|c| matches!(c, '>' | '<' | '/')) {
            match c {
                '/' if rest[1..].trim_start().starts_with('>') => {
                    return (found, at + rest.find('>').map_or(1, |n| n + 1), true);
                }
                '/' => at += 1,
                '>' => return (found, at + 1, false),
                // The next tag began: this one was never closed.
                _ => return (found, at, true),
            }
            continue;
        }
        let length = rest.find(|c: char| c.is_whitespace() || "=></".contains(c)).unwrap_or(rest.len());
        if length == 0 && !rest.starts_with('=') {
            return (found, text.len(), true);
        }
        let name = rest[..length].to_lowercase();
        let after = rest[length..].trim_start();
        let Some(value) = after.strip_prefix('=') else {
            at += length.max(1);
            continue;
        };
        let value = value.trim_start();
        let from = text.len() - value.len();
        let (inner, length) = quoted(value);
        if found.iter().all(|(n, _)| *n != name) {
            // A line break in an attribute is a space (XML 1.0, 3.3.3); one that is meant is written as a reference.
            let inner = inner.replace(['\n', '\r', '\t'], " ");
            found.push((name, unescape(&inner).trim().to_owned()));
        }
        at = from + length;
    }
}

/// A value with its quotes or without, and how long it is in the text.
fn quoted(value: &str) -> (&str, usize) {
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let cap = value.floor_char_boundary(MAX_TAG.min(value.len()));
        let inside = &value[1..cap];
        // An unpaired quote ends with its tag.
        let paired = inside.find(quote).filter(|end| !inside[..*end].contains("<outline"));
        let end = paired.or_else(|| inside.find(['>', '\n'])).unwrap_or(inside.len());
        let closing = usize::from(inside[end..].starts_with(quote));
        return (&inside[..end], 1 + end + closing);
    }
    let end = value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len());
    (&value[..end], end)
}

/// References to text; a bare `&` and a reference that nobody knows stay as they are.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest[1..].find(';').filter(|n| *n <= 32).map(|n| &rest[1..=n]);
        let known = reference.and_then(|r| match r.strip_prefix('#') {
            Some(number) => {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32).map(String::from)
            }
            None => resolve_html5_entity(r).map(str::to_owned),
        });
        match (known, reference) {
            (Some(text), Some(reference)) => {
                out.push_str(&text);
                rest = &rest[reference.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// An OPML 2 document of these sources.
pub fn write(sources: &[SourceConfig], title: &str) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:wd=\"{NAMESPACE}\">\n  <head><title>{}</title></head>\n  <body>\n",
        escape(title)
    );
    for source in sources {
        let mut values = source.portable().values;
        let mut take = |key: &str| values.remove(key);
        let text =
            |value: Option<Value>| value.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let (name, url, language) = (text(take("name")), text(take("url")), text(take("language")));
        let tags = take("tags");
        let shown = if name.is_empty() { source.id.clone() } else { name.clone() };
        let mut line = format!("    <outline type=\"rss\" text=\"{}\"", attribute(&shown));
        if !name.is_empty() {
            line += &format!(" title=\"{}\"", attribute(&name));
        }
        line += &format!(" xmlUrl=\"{}\"", attribute(&url));
        if !language.is_empty() {
            line += &format!(" language=\"{}\"", attribute(&language));
        }
        let plain = |v: &Value| {
            v.as_array().is_some_and(|t| t.iter().all(|t| !text(Some(t.clone())).contains([',', '/'])))
        };
        match tags {
            Some(tags) if plain(&tags) => {
                let words: Vec<String> =
                    tags.as_array().into_iter().flatten().map(|t| text(Some(t.clone()))).collect();
                line += &format!(" category=\"{}\"", attribute(&words.join(",")));
            }
            Some(tags) => line += &format!(" wd:tags=\"{}\"", attribute(&tags.to_string())),
            None => {}
        }
        for (key, value) in &values {
            let written = match value {
                Value::String(text) if is_plain(text) => text.clone(),
                value => value.to_string(),
            };
            line += &format!(" wd:{key}=\"{}\"", attribute(&written));
        }
        out.push_str(&line);
        out.push_str("/>\n");
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

/// May a text stand in an attribute as it is? One that would be read as a number or the like, or that an attribute does not
/// keep (line breaks, spaces at its ends), is written as JSON.
fn is_plain(text: &str) -> bool {
    text.trim() == text && !text.contains(char::is_control) && serde_json::from_str::<Value>(text).is_err()
}

/// A text as an attribute's value.
fn attribute(text: &str) -> String {
    escape(text).replace(['\n', '\r', '\t'], " ")
}
