//! What Postgres and a topic cannot hold is mended or refused before the ledger's transaction, so that one odd item never
//! stops its neighbours.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wiredesk_contract::{CopyItem, Item, Timestamp};

/// Bytes that headers and key of a record may take.
const ENVELOPE: usize = 4 * 1024;

/// The value without U+0000 in any text: JSON can write it, Postgres cannot store it.
pub fn without_nul<T: Serialize + DeserializeOwned>(value: T) -> T {
    let Ok(text) = serde_json::to_string(&value) else { return value };
    // Cheap for the many that have none. An escaped backslash before `u0000` costs the walk and changes nothing.
    if !text.contains("\\u0000") {
        return value;
    }
    let cleaned = serde_json::from_str(&text).map(strip).and_then(serde_json::from_value);
    cleaned.unwrap_or(value)
}

fn strip(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(list) => Value::Array(list.into_iter().map(strip).collect()),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k.replace('\0', ""), strip(v))).collect(),
        other => other,
    }
}

/// Drops instants that no news item has and Postgres may not hold: before 1800 or after 2200.
pub fn with_sane_times(mut copy: CopyItem) -> CopyItem {
    let sane = |t: &Timestamp| (-5_364_662_400..7_258_118_400).contains(&t.timestamp());
    copy.published = copy.published.filter(sane);
    copy.updated = copy.updated.filter(sane);
    copy.embargoed_until = copy.embargoed_until.filter(sane);
    copy
}

/// The item made to fit a record of `max` bytes: without its HTML body, then without what was taken from the text, then
/// without its text. `None` where even that is too large.
pub fn fit(mut item: Item, max: usize) -> Option<Item> {
    let fits =
        |item: &Item| serde_json::to_vec(item).is_ok_and(|bytes| bytes.len().saturating_add(ENVELOPE) <= max);
    let steps: [fn(&mut Item); 3] = [
        |item| item.bodies.retain(|body| body.content_type == "text/plain"),
        |item| {
            item.entities.clear();
            item.quotes.clear();
            item.figures.clear();
            item.dates.clear();
            item.verdict.evidence = None;
        },
        |item| item.bodies.clear(),
    ];
    for step in steps {
        if fits(&item) {
            return Some(item);
        }
        step(&mut item);
    }
    fits(&item).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_goes_and_nothing_else() {
        let text = |s: &str| vec![s.to_owned()];
        assert_eq!(without_nul(text("a\0b")), text("ab"));
        // Backslash, then the letters: no U+0000.
        assert_eq!(without_nul(text("a\\u0000b")), text("a\\u0000b"));
        assert_eq!(without_nul(text("\u{1}")), text("\u{1}"));
    }
}
