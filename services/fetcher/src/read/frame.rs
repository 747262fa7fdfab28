//! The document around the items: its root and namespaces made what the parser knows, junk before and after it dropped,
//! a missing end supplied.

use std::collections::BTreeSet;

use super::segment::{Segment, opaque_end, segments};
use super::tally::Tally;

/// What sort of root a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// `<rss>`, or a bare `<channel>`.
    Rss,
    /// `<rdf:RDF>`.
    Rdf,
    /// `<feed>`.
    Atom,
}

/// A document that was mended, framed anew.
#[derive(Debug)]
pub struct Framed {
    /// The document.
    pub text: String,
    /// Its root.
    pub root: Root,
    /// Its root's start tag.
    pub open: String,
    /// Its items.
    pub items: Vec<Segment>,
    /// It ended early.
    pub partial: bool,
}

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Frames a mended document; None where it has no root that a feed has.
pub fn frame(mended: &str, tally: &mut Tally) -> Option<Framed> {
    let (start, name) = find_root(mended)?;
    let lowered;
    let mut text = &mended[start..];
    if !mended[..start].trim().is_empty() {
        tally.add("junk_before");
    }
    let local = name.rsplit(':').next().unwrap_or(&name);
    if local != local.to_ascii_lowercase() && local != "RDF" {
        tally.add("upper_case_tags");
        lowered = lower_tags(text);
        text = &lowered;
    }
    let root = match local.to_ascii_lowercase().as_str() {
        "rdf" => Root::Rdf,
        "feed" => Root::Atom,
        _ => Root::Rss,
    };
    let bare_channel = local.eq_ignore_ascii_case("channel");
    let open_end = if bare_channel { 0 } else { text.find('>')? + 1 };
    let given = &text[..open_end];
    let mut body = text[open_end..].to_owned();
    let close = if bare_channel { "</channel>".to_owned() } else { format!("</{}>", closing(&name, root)) };
    let mut partial = false;
    let (mut end, tail) = match body.rfind(&close) {
        Some(end) => {
            if !body[end + close.len()..].trim().is_empty() {
                tally.add("junk_after");
            }
            (end, "")
        }
        None if root == Root::Rss && body.contains("</channel>") => {
            tally.add("unclosed_root");
            (body.rfind("</channel>").map_or(body.len(), |n| n + "</channel>".len()), "")
        }
        None => {
            tally.add("truncated");
            partial = true;
            let items = segments(&body);
            // With the last whole item; where there is none, before the first that was cut.
            let last = items.iter().rev().find(|s| s.closed).map(|s| s.end);
            let last = last.or_else(|| items.first().map(|s| s.start));
            (last.unwrap_or(body.len()), if root == Root::Rss { "</channel>" } else { "" })
        }
    };
    if bare_channel && !partial {
        end += close.len();
    }
    body.truncate(end);
    body.push_str(tail);
    if root == Root::Atom && given.contains("http://purl.org/atom/ns#") {
        tally.add("old_namespace");
        body = atom_03(&body);
    }
    let open = open_tag(root, given, &body, tally);
    let close = match root {
        Root::Rss => "</rss>",
        Root::Rdf => "</rdf:RDF>",
        Root::Atom => "</feed>",
    };
    let text = format!("{open}{body}{close}");
    let items = segments(&text);
    Some(Framed { text, root, open, items, partial })
}

fn closing(name: &str, root: Root) -> String {
    if root == Root::Rdf { name.to_owned() } else { name.to_ascii_lowercase() }
}

/// The first start tag that can be a feed's root, and its name.
fn find_root(text: &str) -> Option<(usize, String)> {
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        let name: String = text[start + 1..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || ":_-.".contains(*c))
            .take(40)
            .collect();
        let local = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(local.as_str(), "rss" | "feed" | "rdf" | "channel") {
            return Some((start, name));
        }
        at = start + 1;
    }
    None
}

/// The root's start tag as feed-rs knows it, with every prefix that the body uses declared.
fn open_tag(root: Root, given: &str, body: &str, tally: &mut Tally) -> String {
    let attributes = attributes(given);
    let mut out = match root {
        Root::Rss => "<rss version=\"2.0\"".to_owned(),
        Root::Rdf => "<rdf:RDF".to_owned(),
        Root::Atom => "<feed".to_owned(),
    };
    if root == Root::Rss && !given.is_empty() {
        let version = attributes.iter().find(|(n, _)| n == "version").map(|(_, v)| v.as_str());
        match version {
            None => tally.add("no_version"),
            Some("2.0" | "0.91" | "0.92") => {}
            Some(_) => tally.add("odd_version"),
        }
    }
    let mut known = BTreeSet::from(["xml".to_owned(), "xmlns".to_owned()]);
    for (name, value) in &attributes {
        let quote = if value.contains('"') { '\'' } else { '"' };
        match name.as_str() {
            "version" => {}
            // A default namespace on <rss> hides every item from the parser.
            "xmlns" if root == Root::Rss => tally.add("root_namespace"),
            "xmlns" if root == Root::Atom => {}
            "xmlns" if !value.starts_with("http://purl.org/rss/1.0") => tally.add("old_namespace"),
            _ => {
                if let Some(prefix) = name.strip_prefix("xmlns:") {
                    known.insert(prefix.to_owned());
                }
                out.push_str(&format!(" {name}={quote}{value}{quote}"));
            }
        }
    }
    if root == Root::Atom {
        out.push_str(&format!(" xmlns=\"{ATOM}\""));
    }
    for prefix in prefixes(body).difference(&known) {
        if !body.contains(&format!("xmlns:{prefix}=")) {
            tally.add("unbound_prefix");
            out.push_str(&format!(" xmlns:{prefix}=\"{}\"", namespace(prefix)));
        }
    }
    if root == Root::Rdf && !known.contains("rdf") {
        out.push_str(&format!(" xmlns:rdf=\"{}\"", namespace("rdf")));
    }
    out.push('>');
    out
}

fn namespace(prefix: &str) -> String {
    match prefix {
        "dc" => "http://purl.org/dc/elements/1.1/".to_owned(),
        "content" => "http://purl.org/rss/1.0/modules/content/".to_owned(),
        "media" => "http://search.yahoo.com/mrss/".to_owned(),
        "atom" => ATOM.to_owned(),
        "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#".to_owned(),
        other => format!("urn:wiredesk:unbound:{other}"),
    }
}

/// The attributes of a start tag, as written.
pub fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = tag.trim_start_matches('<').trim_start_matches(|c: char| !c.is_whitespace() && c != '>');
    while let Some(equals) = rest.find('=') {
        let name = rest[..equals].trim().to_owned();
        let value = rest[equals + 1..].trim_start();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let Some(end) = value[1..].find(quote) else { break };
        let legal = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "<>\"'/".contains(c));
        // A second attribute of one name makes a document that no parser takes.
        if legal && found.iter().all(|(n, _)| *n != name) {
            found.push((name, value[1..=end].to_owned()));
        }
        rest = &value[end + 2..];
    }
    found
}

/// The prefixes of the tags of a document.
fn prefixes(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        if let Some(end) = opaque_end(&text[start..]) {
            at = start + end;
            continue;
        }
        let name = text[start + 1..].trim_start_matches('/');
        let length = name.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(0);
        if length > 0 && name[length..].starts_with(':') && !found.contains(&name[..length]) {
            found.insert(name[..length].to_owned());
        }
        at = start + 1;
    }
    found
}

/// Tag names in lower case, but for those that RSS writes otherwise.
fn lower_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        out.push_str(&text[at..start]);
        if let Some(end) = opaque_end(&text[start..]) {
            out.push_str(&text[start..start + end]);
            at = start + end;
            continue;
        }
        let slash = if text[start + 1..].starts_with('/') { 2 } else { 1 };
        let name = &text[start + slash..];
        let length = name.find(|c: char| !c.is_alphanumeric() && c != ':').unwrap_or(name.len());
        out.push_str(&text[start..start + slash]);
        let lower = name[..length].to_lowercase();
        out.push_str(match lower.as_str() {
            "pubdate" => "pubDate",
            "lastbuilddate" => "lastBuildDate",
            other => other,
        });
        at = start + slash + length;
    }
    out.push_str(&text[at..]);
    out
}

/// Atom 0.3's names of dates and texts, as Atom 1.0 has them.
fn atom_03(body: &str) -> String {
    let mut out = body.to_owned();
    for (old, new) in
        [("issued", "published"), ("modified", "updated"), ("tagline", "subtitle"), ("copyright", "rights")]
    {
        for (open, close) in [("<", ">"), ("</", ">"), ("<", " ")] {
            out = out.replace(&format!("{open}{old}{close}"), &format!("{open}{new}{close}"));
        }
    }
    out
}
