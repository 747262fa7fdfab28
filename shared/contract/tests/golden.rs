//! Messages as version 1 wrote them, committed under `golden/` and never edited: today's schemas accept them and today's
//! reader reads them, also with fields that it does not know.

// Helpers of tests are tests too.
use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use wiredesk_contract::{
    CleanItem, CopyItem, DeadLetter, DecodeError, Item, Kind, Message, RawItem, Story, decode, encode, schema,
};

/// The committed messages of a kind: (file name, bytes).
fn goldens(kind: Kind) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("tests/golden")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| name.starts_with(&format!("{}.v", kind.as_str())))
        .map(|(name, path)| (name, std::fs::read(path).expect("a golden message")))
        .collect();
    found.sort();
    assert!(found.len() >= 2, "{} has fewer than two golden messages", kind.as_str());
    found
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("golden messages are JSON")
}

/// Decodes as the type of `kind` and writes again: what the reader kept.
fn reread(kind: Kind, bytes: &[u8]) -> Result<Value, DecodeError> {
    fn again<M: Message>(bytes: &[u8]) -> Result<Value, DecodeError> {
        decode::<M>(bytes).map(|message| parsed(&encode(&message).expect("the six messages can be written")))
    }
    match kind {
        Kind::Raw => again::<RawItem>(bytes),
        Kind::Copy => again::<CopyItem>(bytes),
        Kind::Clean => again::<CleanItem>(bytes),
        Kind::Item => again::<Item>(bytes),
        Kind::Story => again::<Story>(bytes),
        Kind::Dead => again::<DeadLetter>(bytes),
    }
}

/// Asserts that everything in `old` is in `new`, unchanged; `new` may hold more.
fn assert_kept(old: &Value, new: &Value, at: &str) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                assert_kept(value, new.get(key).unwrap_or(&Value::Null), &format!("{at}/{key}"));
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "{at}");
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                assert_kept(old, new, &format!("{at}/{index}"));
            }
        }
        // `09:28:30.25Z` and `09:28:30.250Z` are the same instant.
        _ if instant(old).is_some() => assert_eq!(instant(old), instant(new), "{at}"),
        _ => assert_eq!(old, new, "{at}"),
    }
}

fn instant(value: &Value) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok()
}

#[test]
fn todays_schemas_accept_every_golden_message() {
    for kind in Kind::ALL {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema::of_kind(kind))
            .expect("a schema");
        for (name, bytes) in goldens(kind) {
            let errors: Vec<String> = validator
                .iter_errors(&parsed(&bytes))
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }
}

#[test]
fn todays_reader_keeps_everything_of_every_golden_message() {
    for kind in Kind::ALL {
        for (name, bytes) in goldens(kind) {
            let kept = reread(kind, &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_kept(&parsed(&bytes), &kept, &name);
        }
    }
}

#[test]
fn golden_messages_fill_every_field_of_version_1() {
    for kind in Kind::ALL {
        let schema = schema::of_kind(kind);
        let mut missing = properties(&schema, &schema, kind.as_str());
        for (_, bytes) in goldens(kind) {
            for path in present(&parsed(&bytes), kind.as_str()) {
                missing.remove(&path);
            }
        }
        assert!(missing.is_empty(), "no golden message has {missing:#?}: a field without one is not guarded");
    }
}

/// Every path that a schema names, list indices left out.
fn properties(root: &Value, schema: &Value, at: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/")) {
        paths.extend(properties(root, &root["$defs"][name], at));
    }
    for branch in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        paths.extend(properties(root, branch, at));
    }
    if let Some(items) = schema.get("items") {
        paths.extend(properties(root, items, at));
    }
    for (name, child) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = format!("{at}/{name}");
        paths.extend(properties(root, child, &path));
        paths.insert(path);
    }
    paths
}

/// Every path of a value, list indices left out.
fn present(value: &Value, at: &str) -> BTreeSet<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, child)| {
                let path = format!("{at}/{key}");
                present(child, &path).into_iter().chain([path])
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(|child| present(child, at)).collect(),
        _ => BTreeSet::new(),
    }
}

/// Adds an unknown field to every object.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(with_unknown_fields);
            map.insert("x_of_a_later_release".to_owned(), json!("unknown here"));
        }
        Value::Array(list) => list.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}

#[test]
fn the_reader_and_the_schema_take_unknown_fields_at_every_level() {
    for kind in Kind::ALL {
        let validator = jsonschema::validator_for(&schema::of_kind(kind)).expect("a schema");
        for (name, bytes) in goldens(kind) {
            let mut message = parsed(&bytes);
            with_unknown_fields(&mut message);
            let kept = reread(kind, message.to_string().as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_kept(&parsed(&bytes), &kept, &name);
            assert!(validator.is_valid(&message), "{name}");
        }
    }
}

#[test]
fn a_message_of_another_version_is_named_as_such() {
    for kind in Kind::ALL {
        for (name, bytes) in goldens(kind) {
            for version in [0_u64, u64::from(schema::version_of(kind)) + 1, 70_000] {
                let mut message = parsed(&bytes);
                message["schema_version"] = json!(version);
                // A later form may also look quite different.
                let other = json!({ "schema_version": version, "body": {} });
                for text in [message.to_string(), other.to_string()] {
                    match reread(kind, text.as_bytes()) {
                        Err(DecodeError::UnknownVersion { found, .. }) => {
                            assert_eq!(found, version, "{name}")
                        }
                        answer => panic!("{name} as version {version}: {answer:?}"),
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_not_a_message_is_refused_with_a_sentence() {
    let answers: Vec<String> = ["", "null", "{}", "{\"schema_version\":1}", "\u{feff}{}", "[1]"]
        .iter()
        .map(|text| decode::<Story>(text.as_bytes()).err().map(|e| e.to_string()).unwrap_or_default())
        .collect();
    insta::assert_snapshot!(answers.join("\n"), @"
    the payload is not a story message: EOF while parsing a value at line 1 column 0; look at the producer of this topic
    the payload is not a story message: invalid type: null, expected struct Story at line 1 column 4; look at the producer of this topic
    the payload is not a story message: missing field `schema_version` at line 1 column 2; look at the producer of this topic
    the payload is not a story message: missing field `story_id` at line 1 column 20; look at the producer of this topic
    the payload is not a story message: expected value at line 1 column 1; look at the producer of this topic
    the payload is not a story message: invalid length 1, expected struct Story with 11 elements at line 1 column 3; look at the producer of this topic
    ");
}

#[test]
fn the_content_hash_of_version_1_has_not_moved() {
    // If this fails, every stored item would get a new version on the next fetch.
    for (name, bytes) in goldens(Kind::Copy) {
        let copy: CopyItem = decode(&bytes).expect("a golden copy");
        assert_eq!(copy.hash(), copy.content_hash, "{name}");
    }
}
