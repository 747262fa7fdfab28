//! Lists as files, without secrets: what is written reads as the same list.

use serde_json::{Map, Value};

use crate::source::SourceConfig;

/// The keys that come first, for people; the others follow by name.
const FIRST: [&str; 8] = ["id", "name", "url", "language", "country", "time_zone", "agency", "rights"];

/// TOML tables under this heading: `[[sources]]` for a list, `[[fetcher.sources]]` for a configuration.
pub fn toml(sources: &[SourceConfig], heading: &str) -> String {
    let mut out = String::new();
    for source in sources {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(heading);
        out.push('\n');
        let values = source.portable().values;
        let first = FIRST.iter().filter_map(|key| values.get_key_value(*key));
        let others = values.iter().filter(|(key, _)| !FIRST.contains(&key.as_str()));
        for (key, value) in first.chain(others) {
            // JSON's null is the only value that TOML has no word for, and defaults are left out.
            if let Ok(value) = ::toml::Value::try_from(value) {
                out.push_str(&format!("{key} = {value}\n"));
            }
        }
    }
    out
}

/// A JSON object with the sources as an array.
pub fn json(sources: &[SourceConfig]) -> String {
    let sources: Vec<Value> = sources.iter().map(|s| Value::Object(s.portable().values)).collect();
    let list = Map::from_iter([("sources".to_owned(), Value::Array(sources))]);
    let mut out = serde_json::to_string_pretty(&list).unwrap_or_default();
    out.push('\n');
    out
}
