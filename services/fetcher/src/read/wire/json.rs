//! JSON with a budget: objects are cut out of a document one by one, and of each only so many values are kept, so that no
//! document makes more than one object's worth of them.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::items::{TOO_LARGE, is_too_large};

/// Most values of one object.
const MAX_VALUES: usize = 50_000;

/// A value. Keys are lower case without `_` and `-`: `body_html`, `bodyHtml` and `bodyhtml` are one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// Anything that says nothing here: null, true, false.
    Nothing,
    /// A string, or a number as it is written.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses one object.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if is_too_large(text) {
            return Err(TOO_LARGE.to_owned());
        }
        let left = Cell::new(MAX_VALUES);
        let mut reader = serde_json::Deserializer::from_str(text);
        let value =
            Budget(&left).deserialize(&mut reader).map_err(|error| format!("it is not JSON: {error}"))?;
        reader.end().map_err(|error| format!("it is not JSON: {error}"))?;
        Ok(value)
    }

    /// The first of these members that is there.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&Json> {
        let Self::Object(members) = self else { return None };
        keys.iter()
            .find_map(|key| members.iter().find(|(k, v)| k == key && *v != Self::Nothing).map(|(_, v)| v))
    }

    /// The text of the first of these members that has one.
    pub(super) fn text(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.get(&[key])?.as_text())
    }

    /// Its text, trimmed.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()),
            _ => None,
        }
    }

    /// The values of a list or of an object, whose keys are then names; a single value as one.
    pub(super) fn values(&self) -> Vec<&Json> {
        match self {
            Self::List(list) => list.iter().collect(),
            Self::Object(members) => members.iter().map(|(_, v)| v).collect(),
            Self::Text(_) => vec![self],
            Self::Nothing => Vec::new(),
        }
    }
}

/// A key as [`Json`] has it.
pub(super) fn key(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

struct Budget<'b>(&'b Cell<usize>);

impl Budget<'_> {
    /// Takes one from the budget; false where nothing is left.
    fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

impl<'de> DeserializeSeed<'de> for Budget<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Budget<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Nothing)
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Nothing)
    }
    fn visit_i64<E>(self, n: i64) -> Result<Json, E> {
        Ok(Json::Text(n.to_string()))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Json, E> {
        Ok(Json::Text(n.to_string()))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Json, E> {
        Ok(Json::Text(n.to_string()))
    }
    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while self.take() {
            match seq.next_element_seed(Budget(self.0))? {
                Some(value) => list.push(value),
                None => return Ok(Json::List(list)),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while self.take() {
            match map.next_key::<String>()? {
                Some(name) => members.push((key(&name), map.next_value_seed(Budget(self.0))?)),
                None => return Ok(Json::Object(members)),
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Json::Object(members))
    }
}

/// The objects that are elements of the array that starts here, and whether the array has its end. A broken object ends
/// where its braces do.
pub(super) fn objects(array: &str) -> (Vec<&str>, bool) {
    let bytes = array.as_bytes();
    let (mut found, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => {
                if depth == 1 && bytes[at] == b'{' {
                    start = at;
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 1 && bytes[at] == b'}' && found.len() < super::items::MAX_ITEMS {
                    found.push(&array[start..=at]);
                }
                if depth == 0 {
                    return (found, true);
                }
            }
            _ => {}
        }
        at += 1;
    }
    // What was cut within is the last, unless nothing of it is there.
    if depth > 1 && found.is_empty() && array[start..].starts_with('{') {
        found.push(&array[start..]);
    }
    (found, false)
}

/// Where the string that starts here ends: at its closing quote, or at the end of the bytes.
pub(super) fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The members of an object as far as they can be told apart: their keys, and where their values start.
pub(super) fn members(object: &str) -> Vec<(String, usize)> {
    let bytes = object.as_bytes();
    let (mut found, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while at < bytes.len() && found.len() < 256 {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                let after = object.get(end + 1..).unwrap_or_default();
                let colon = after.len() - after.trim_start().len();
                if depth == 1 && after[colon..].starts_with(':') {
                    let value = &after[colon + 1..];
                    let start = end + 1 + colon + 1 + (value.len() - value.trim_start().len());
                    found.push((key(object.get(at + 1..end).unwrap_or_default()), start));
                }
                at = end;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_cut_out_whatever_is_in_them() {
        for (array, found, ended) in [
            (
                r#"[{"a":"}]"},{"b":[{}]} , 7, {"c"}] x"#,
                vec![r#"{"a":"}]"}"#, r#"{"b":[{}]}"#, r#"{"c"}"#],
                true,
            ),
            (r#"[{"a":"\"}"},{"b":"#, vec![r#"{"a":"\"}"}"#], false),
            (r#"[{"a":"#, vec![r#"{"a":"#], false),
            ("[", vec![], false),
        ] {
            assert_eq!(objects(array), (found, ended), "{array}");
        }
    }

    #[test]
    fn members_names_and_the_budget() {
        let text = r#"{"Body_Html" : {"x":1}, "b":"c:d" "#;
        let found: Vec<(String, &str)> =
            members(text).into_iter().map(|(key, at)| (key, &text[at..at + 3])).collect();
        assert_eq!(found, [("bodyhtml".to_owned(), "{\"x"), ("b".to_owned(), "\"c:")]);
        let parsed = Json::parse(r#"{"Body_Html":" t ","n":2.5,"z":null}"#).unwrap();
        assert_eq!(
            (parsed.text(&["x", "bodyhtml"]), parsed.text(&["n"]), parsed.get(&["z"])),
            (Some("t"), Some("2.5"), None)
        );
        let many = format!("{{\"a\":[{}0],\"uri\":\"u\"}}", "0,".repeat(MAX_VALUES));
        assert_eq!(
            Json::parse(&many).unwrap().get(&["a"]).map(|a| a.values().len() < MAX_VALUES),
            Some(true)
        );
        assert!(Json::parse("{\"a\":").unwrap_err().contains("EOF"));
        assert!(Json::parse(&"[".repeat(1000)).is_err());
    }
}
