//! The messages that the pages show: each is a record of the topic, shortened.

use serde_json::Value;

use super::blocks;
use crate::{Desk, topic};

/// Every `json` block with an id of ours that is no record, a sentence each.
pub async fn wrong(desk: &Desk) -> Vec<String> {
    let mut records = Vec::new();
    for rest in ["items.v1", "stories.v1", "dead.v1", "raw.v1"] {
        records.extend(topic::read_all(desk, rest).await.into_iter().map(|seen| seen.payload));
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in blocks::all().into_iter().filter(|b| b.language() == "json") {
        let shown: Value = match serde_json::from_str(&block.text) {
            Ok(shown) => shown,
            Err(error) => {
                wrong.push(format!("{}: no JSON: {error}", block.place()));
                continue;
            }
        };
        let named = ["item_id", "story_id", "dead_id"].iter().any(|key| shown.get(*key).is_some());
        if !named || !block.page.ends_with("concepts.md") {
            continue;
        }
        count += 1;
        if !records.iter().any(|record| shows(&shown, record)) {
            wrong.push(format!("{}: no record is like this:\n{}", block.place(), block.text));
        }
    }
    if count < 5 {
        wrong.push(format!("docs/concepts.md shows {count} messages"));
    }
    wrong
}

/// Is everything that is shown in the record? The sample wire is dated today, so times and the ids that follow from its dated
/// addresses are others each day: any will do. A text that ends with "…" is cut.
fn shows(shown: &Value, record: &Value) -> bool {
    match (shown, record) {
        (Value::Object(shown), Value::Object(record)) => {
            shown.iter().all(|(key, value)| record.get(key).is_some_and(|found| shows(value, found)))
        }
        (Value::Array(shown), Value::Array(record)) => {
            shown.iter().all(|value| record.iter().any(|found| shows(value, found)))
        }
        (Value::String(shown), Value::String(record)) => match shown.strip_suffix('…') {
            Some(start) => record.starts_with(start),
            None => shown == record || [is_time, is_id].iter().any(|form| form(shown) && form(record)),
        },
        _ => shown == record,
    }
}

/// `2026-11-24T10:15:00Z`, with or without a fraction.
fn is_time(text: &str) -> bool {
    let form = |(n, byte): (usize, u8)| match n {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    text.len() >= 20 && text.ends_with('Z') && text.bytes().take(19).enumerate().all(form)
}

/// 32 hexadecimal digits.
fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_shown_is_in_the_record() {
        let record = json!({"a": 1, "id": "644bd33053e9e0b5290cabcd3c39bb9f", "at": "2026-11-24T10:15:00.123Z", "list": [{"x": 1, "y": 2}, {"x": 3}], "text": "Puerto cerrado"});
        for (shown, good) in [
            (json!({"a": 1}), true),
            (json!({"a": 2}), false),
            (json!({"b": null}), false),
            (json!({"at": "2020-01-01T00:00:00Z"}), true),
            (json!({"at": "today"}), false),
            (json!({"id": "8ca0aa0f70ebd07de88489d818b97adb"}), true),
            (json!({"id": "8ca0aa0f"}), false),
            (json!({"list": [{"y": 2}]}), true),
            (json!({"list": [{"x": 3, "y": 2}]}), false),
            (json!({"text": "Puerto…"}), true),
            (json!({"text": "Tren…"}), false),
        ] {
            assert_eq!(shows(&shown, &record), good, "{shown}");
        }
    }
}
