//! `wiredesk tool enrich`: one JSON object in, one out, without any server.

use serde_json::{Value, json};

use wiredesk_contract::enrichment::Enrichment;

use crate::enrich::engine::Seen;
use crate::enrich::summary::Given;
use crate::enrich::{self, Input};
use crate::explain::Explained;

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

    /// Enriches `{"id","title","text"}` to `{"id","language","dateline","entities","topics","quotes","keywords", …}`.
    /// `language`, `categories` (or `section`), `country`, `dateline` (text, or an object with `place` and `region`), `published`
    /// (a date, or a date and time), `summary` (the feed's own) and `deck` are hints. Offsets are in Unicode characters of `text`.
    pub fn enrich(&self, line: &Value) -> Value {
        let (enrichment, seen) = self.run(line);
        // By way of text: a 32-bit 0.66 would otherwise print as 0.6600000262.
        let enrichment_json: Value = serde_json::to_string(&enrichment)
            .and_then(|text| serde_json::from_str(&text))
            .unwrap_or_default();
        let mut out = json!({
            "id": line.get("id").cloned().unwrap_or(Value::Null),
            "language": seen.language,
            "dateline": dateline(line, &enrichment, &seen),
        });
        if let (Value::Object(out), Value::Object(mut parts)) = (&mut out, enrichment_json) {
            // The dateline has it.
            parts.remove("located");
            out.extend(parts);
        }
        out
    }

    /// The same for people.
    pub fn explain(&self, line: &Value) -> Explained {
        let (enrichment, seen) = self.run(line);
        let id = line.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        Explained {
            id: id.unwrap_or_default(),
            headline: headline(line).to_owned(),
            text: text_of(line, "text").to_owned(),
            language: seen.language,
            enrichment,
        }
    }

    fn run(&self, line: &Value) -> (Enrichment, Seen) {
        let categories = categories_of(line);
        let some = |key: &str| Some(text_of(line, key)).filter(|text| !text.is_empty());
        let input = Input {
            headline: headline(line),
            text: text_of(line, "text"),
            language: some("language").unwrap_or(text_of(line, "lang")),
            dateline: line.get("dateline").and_then(place_and_region),
            categories: &categories,
            country: line.get("country").or_else(|| line.pointer("/source/country")).and_then(Value::as_str),
            published: some("published").and_then(|time| time.get(..10)?.parse().ok()),
            given: Given { feed: some("summary"), deck: some("deck") },
        };
        self.engine.run(&input)
    }
}

fn text_of<'a>(line: &'a Value, key: &str) -> &'a str {
    line.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn headline(line: &Value) -> &str {
    let title = text_of(line, "title");
    if title.is_empty() { text_of(line, "headline") } else { title }
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
fn dateline(line: &Value, enrichment: &Enrichment, seen: &Seen) -> Value {
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
