//! The JSON Schemas (2020-12) of the six messages and every other generated file under `schemas/`.
//!
//! The content model is open: a reader ignores fields that it does not know, so a field may be added with a default
//! without a new version. Anything else is a new version, and a new topic.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::message::{Kind, Message};
use crate::topics::TopicTable;
use crate::{CleanItem, CopyItem, DeadLetter, Item, RawItem, Story};

/// A file that is generated from the types: its path below `schemas/` and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// Path below `schemas/`, with `/`.
    pub path: String,
    /// The whole file.
    pub text: String,
}

/// The name of a message's schema, as `ce_dataschema` and `$id` carry it: `urn:wiredesk:schema:raw.v1`.
pub fn urn(kind: Kind, version: u16) -> String {
    format!("urn:wiredesk:schema:{}.v{version}", kind.as_str())
}

/// The schema of one message, keys sorted: what a reader of this build accepts.
pub fn of<M: Message>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let mut schema = sorted(generator.into_root_schema_for::<M>().to_value());
    if let Some(root) = schema.as_object_mut() {
        root.insert("$id".to_owned(), json!(urn(M::KIND, M::VERSION)));
        root.insert(
            "title".to_owned(),
            json!(format!("wiredesk {} message, version {}", M::KIND.as_str(), M::VERSION)),
        );
    }
    if let Some(version) = schema.pointer_mut("/properties/schema_version").and_then(Value::as_object_mut) {
        version.retain(|key, _| key == "description");
        version.insert("type".to_owned(), json!("integer"));
        version.insert("minimum".to_owned(), json!(1));
        version.insert("maximum".to_owned(), json!(M::VERSION));
    }
    sorted(schema)
}

/// The schema of the newest version of `kind`.
pub fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Raw => of::<RawItem>(),
        Kind::Copy => of::<CopyItem>(),
        Kind::Clean => of::<CleanItem>(),
        Kind::Item => of::<Item>(),
        Kind::Story => of::<Story>(),
        Kind::Dead => of::<DeadLetter>(),
    }
}

/// The newest version of `kind` that this build writes.
pub fn version_of(kind: Kind) -> u16 {
    match kind {
        Kind::Raw => RawItem::VERSION,
        Kind::Copy => CopyItem::VERSION,
        Kind::Clean => CleanItem::VERSION,
        Kind::Item => Item::VERSION,
        Kind::Story => Story::VERSION,
        Kind::Dead => DeadLetter::VERSION,
    }
}

/// The file of a kind's schema below `schemas/`: `messages/raw.v1.json`.
pub fn path_of(kind: Kind) -> String {
    format!("messages/{}.v{}.json", kind.as_str(), version_of(kind))
}

/// Every generated file, in a fixed order; the same bytes on every machine.
pub fn artefacts(topics: &TopicTable) -> Vec<Artefact> {
    let mut files: Vec<Artefact> = Kind::ALL
        .into_iter()
        .map(|kind| Artefact { path: path_of(kind), text: format!("{:#}\n", of_kind(kind)) })
        .collect();
    files.push(Artefact { path: "asyncapi.yaml".to_owned(), text: crate::asyncapi::document(topics) });
    files
}

/// The same value with every object's keys in order. serde_json keeps insertion order when any crate of the build asks
/// for that feature, so the order must not depend on it.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}
