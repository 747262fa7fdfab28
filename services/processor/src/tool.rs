//! `wiredesk tool enrich`: one JSON object in, one out, without any server.

use serde_json::{Value, json};

use crate::enrich::{self, Input};

/// The enricher behind the tool.
#[derive(Default)]
pub struct Enricher {
    engine: enrich::Enricher,
}

impl Enricher {
    /// Loads the vocabularies.
    pub fn new() -> Self {
        Self { engine: enrich::Enricher::new() }
    }

    /// Enriches `{"id","title","text"}` to `{"id","language","dateline","entities","topics","quotes","keywords"}`.
    /// `language`, `categories` (or `section`), `country`, `dateline` (text, or an object with `place` and `region`) are
    /// hints. Offsets are in Unicode characters of `text`.
    pub fn enrich(&self, line: &Value) -> Value {
        let text_of = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let categories = categories_of(line);
        let hint = line.get("dateline").and_then(place_and_region);
        let input = Input {
            headline: if text_of("title").is_empty() { text_of("headline") } else { text_of("title") },
            text: text_of("text"),
            language: if text_of("language").is_empty() { text_of("lang") } else { text_of("language") },
            dateline: hint,
            categories: &categories,
            country: line.get("country").or_else(|| line.pointer("/source/country")).and_then(Value::as_str),
        };
        let (enrichment, seen) = self.engine.run(&input);
        // By way of text: a 32-bit 0.66 would otherwise print as 0.6600000262.
        let enrichment_json: Value = serde_json::to_string(&enrichment)
            .and_then(|text| serde_json::from_str(&text))
            .unwrap_or_default();
        let part = |name: &str| enrichment_json.get(name).cloned().unwrap_or_else(|| json!([]));
        json!({
            "id": line.get("id").cloned().unwrap_or(Value::Null),
            "language": seen.language,
            "dateline": dateline(line, &enrichment, &seen),
            "entities": part("entities"),
            "places": part("places"),
            "topics": part("topics"),
            "quotes": part("quotes"),
            "keywords": part("keywords"),
            "provenance": part("provenance"),
        })
    }
}

fn categories_of(line: &Value) -> Vec<String> {
    let list = line.get("categories").and_then(Value::as_array).into_iter().flatten();
    list.chain(line.get("section")).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn place_and_region(hint: &Value) -> Option<(&str, Option<&str>)> {
    match hint {
        Value::String(place) => Some((place, None)),
        other => Some((other.get("place")?.as_str()?, other.get("region").and_then(Value::as_str))),
    }
}

/// The hint or what was found in the text, with the place that it resolves to; null where there is neither.
fn dateline(
    line: &Value,
    enrichment: &wiredesk_contract::enrichment::Enrichment,
    seen: &enrich::engine::Seen,
) -> Value {
    let mut dateline = match (line.get("dateline"), &seen.dateline) {
        (Some(Value::Object(hint)), _) => Value::Object(hint.clone()),
        (Some(Value::String(place)), _) => json!({ "place": place }),
        (_, Some(found)) => json!({
            "raw": found.raw, "place": found.place, "region": found.region, "agency": found.agency,
            "month_day": found.month_day.map(|(month, day)| format!("{month:02}-{day:02}")),
        }),
        _ => return Value::Null,
    };
    if let Some(place) = &enrichment.located {
        dateline["geonameid"] = json!(place.id.trim_start_matches("geo:"));
        dateline["located"] = json!(place);
    }
    dateline
}
