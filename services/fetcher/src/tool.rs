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
                "title": e.title,
                "link": e.link,
                "published": e.published.or(e.updated),
                "updated": e.updated,
                "summary_text": e.summary_html.as_ref().or(e.content_html.as_ref()),
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
        "feed": {"title": document.meta.title, "language": document.meta.language, "ttl_minutes": document.meta.ttl_minutes},
        "feed_title": document.meta.title,
        "entries": entries,
        "broken": broken,
        "repairs": document.repairs.repairs(),
        "partial": document.partial,
    })
}
