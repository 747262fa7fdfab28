//! `wiredesk tool feed`: reading alone, for people and for measuring.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::identity;
use crate::read::{Hints, read};

/// Reads one document as the fetcher would. `headers` are the HTTP headers that came with it, names in lower case.
/// Answers `{"file","feed":{…},"entries":[{"id","title","link","published","summary_text",…}],"repairs":[…]}`, with `error` in
/// words where it cannot be read.
pub fn feed(file: &str, bytes: &[u8], headers: &BTreeMap<String, String>) -> Value {
    let hints = Hints {
        content_type: headers.get("content-type").cloned(),
        url: headers.get("content-location").cloned(),
        zone: None,
    };
    let document = match read(bytes, &hints) {
        Ok(document) => document,
        Err(error) => return json!({"file": file, "error": error.to_string(), "entries": [], "repairs": []}),
    };
    let entries: Vec<Value> = document
        .entries
        .iter()
        .map(|e| {
            json!({
                "id": e.guid.clone().or_else(|| identity::key(e)),
                "title": shown(&e.title),
                "link": e.link,
                "published": e.published.or(e.updated),
                "updated": e.updated,
                "summary_text": e.summary_html.as_ref().or(e.content_html.as_ref()).map(|t| shown(t)),
                "authors": e.authors,
                "categories": e.categories,
                "language": e.language,
                "media": e.media,
            })
        })
        .collect();
    let broken: Vec<Value> = document.broken.iter().map(|b| json!({"why": b.why, "text": b.text})).collect();
    json!({
        "file": file,
        "feed": {
            "title": document.meta.title,
            "form": document.meta.form,
            "language": document.meta.language,
            "ttl_minutes": document.meta.ttl_minutes,
            "update_minutes": document.meta.update_minutes,
            "skip_hours": document.meta.skip_hours,
            "skip_days": document.meta.skip_days,
            "hubs": document.meta.hubs,
            "self_link": document.meta.self_link,
        },
        "feed_title": document.meta.title.as_deref().map(shown),
        "entries": entries,
        "broken": broken,
        "repairs": document.repairs.repairs(),
        "partial": document.partial,
    })
}

/// HTML without what no reader is shown: the contents of scripts and style sheets.
fn shown(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(n) = rest.find('<') {
        let (before, tag) = rest.split_at(n);
        out.push_str(before);
        let hidden = ["script", "style"].into_iter().find(|name| starts_with(&tag[1..], name));
        rest = match hidden {
            Some(name) => after(tag, name),
            None => {
                out.push('<');
                &tag[1..]
            }
        };
    }
    out.push_str(rest);
    out
}

/// Does the tag of this name begin the text?
fn starts_with(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        && !bytes[name.len()].is_ascii_alphanumeric()
}

/// What follows the element of this name that starts here; all is in it where it is not closed.
fn after<'a>(tag: &'a str, name: &str) -> &'a str {
    let open = tag.find('>').map_or(tag.len(), |n| n + 1);
    if tag[..open].ends_with("/>") {
        return &tag[open..];
    }
    let mut rest = &tag[open..];
    while let Some(n) = rest.find("</") {
        rest = &rest[n + 2..];
        if starts_with(rest, name) {
            return rest.find('>').map_or("", |n| &rest[n + 1..]);
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_not_shown() {
        for (html, expected) in [
            ("antes<SCRIPT src=x>var a = '<b>';</SCRIPT > y después", "antes y después"),
            ("a<style>p{}</style>b<script/>c<styled>d", "abc<styled>d"),
            ("a<script>never closed", "a"),
            ("3 < 5 <b>x</b>", "3 < 5 <b>x</b>"),
        ] {
            assert_eq!(shown(html), expected);
        }
    }
}
