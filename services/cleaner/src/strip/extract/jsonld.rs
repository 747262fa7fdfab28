//! JSON-LD: the article among what a page declares (<https://schema.org/NewsArticle> and its kin).

use dom_query::Document;
use serde_json::Value;

/// Most values that are looked at.
const MOST: usize = 2_000;

/// The first object whose type is an article's.
pub(crate) fn article(document: &Document) -> Option<Value> {
    document.select("script[type='application/ld+json']").nodes().iter().find_map(|node| {
        let text = node.text();
        let value: Value =
            serde_json::from_str(text.trim()).or_else(|_| serde_json::from_str(&mended(&text))).ok()?;
        find(&value)
    })
}

/// Line breaks within strings are the common fault.
fn mended(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .trim_end_matches(';')
        .to_owned()
}

fn find(root: &Value) -> Option<Value> {
    let mut queue = std::collections::VecDeque::from([root]);
    let mut seen = 0;
    while let Some(value) = queue.pop_front() {
        seen += 1;
        if seen > MOST {
            return None;
        }
        match value {
            Value::Object(map) => {
                if map.get("@type").is_some_and(is_article) {
                    return Some(value.clone());
                }
                queue.extend(map.values().filter(|v| v.is_object() || v.is_array()));
            }
            Value::Array(list) => queue.extend(list),
            _ => {}
        }
    }
    None
}

fn is_article(kind: &Value) -> bool {
    let one = |kind: &Value| {
        kind.as_str().is_some_and(|k| {
            let k = k.rsplit('/').next().unwrap_or(k);
            k.ends_with("Article")
                || matches!(k, "Report" | "BlogPosting" | "LiveBlogPosting" | "DiscussionForumPosting")
        })
    };
    kind.as_array().map_or_else(|| one(kind), |kinds| kinds.iter().any(one))
}

/// A string, or the first of a list.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    let value = value.get(key)?;
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let text =
        value.as_str().or_else(|| ["url", "name", "@id"].iter().find_map(|k| value.get(k)?.as_str()))?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// Names of the authors that are people, or might be.
pub(crate) fn authors(value: &Value) -> Vec<String> {
    let Some(author) = value.get("author") else { return Vec::new() };
    let list = author.as_array().cloned().unwrap_or_else(|| vec![author.clone()]);
    list.iter()
        .filter(|a| a.get("@type").and_then(Value::as_str).is_none_or(|t| !t.ends_with("Organization")))
        .filter_map(|a| a.as_str().map(str::to_owned).or_else(|| text(a, "name")))
        .collect()
}
