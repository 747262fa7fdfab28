//! JSON Feed 1.1.

use serde_json::{Value, json};

use super::{full_html, rfc3339};
use crate::edition::Edition;
use crate::settings::Settings;
use crate::wires::Wire;

/// The feed.
pub(super) fn feed(settings: &Settings, wire: &Wire, items: &[&Edition]) -> String {
    let base = &settings.base_url;
    let items: Vec<Value> = items.iter().map(|edition| item(wire, edition)).collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": wire.name,
        "home_page_url": format!("{base}/{}/", wire.path),
        "feed_url": format!("{base}{}", wire.feed_path()),
        "language": wire.language,
        "items": items,
    });
    format!("{feed:#}\n")
}

fn item(wire: &Wire, edition: &Edition) -> Value {
    let mut item = json!({
        "id": edition.guid,
        "url": edition.link,
        "title": edition.title,
        "summary": edition.teaser,
        "date_published": rfc3339(edition.published),
        "date_modified": rfc3339(edition.updated),
        "tags": [edition.section],
        "language": wire.language,
    });
    if let Some(byline) = &edition.byline {
        item["authors"] = json!([{ "name": byline }]);
    }
    if wire.full {
        item["content_html"] = json!(full_html(edition));
    } else {
        item["content_text"] = json!(edition.teaser);
    }
    item
}
