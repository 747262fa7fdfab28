//! `schemas/asyncapi.yaml`: the topics as AsyncAPI 3.1.0 describes them, with Kafka bindings 0.5.0, generated from the
//! topic table and the message types.

use serde_json::{Map, Value, json};

use crate::envelope::header;
use crate::message::Kind;
use crate::schema;
use crate::topics::{TopicSpec, TopicTable};
use crate::yaml::to_yaml;

const BINDING_VERSION: &str = "0.5.0";

/// The whole document as YAML.
pub fn document(topics: &TopicTable) -> String {
    let note =
        "# Generated from shared/contract and schemas/topics.toml by `make schemas`. Never edited by hand.\n";
    format!("{note}{}", to_yaml(&schema::sorted(value(topics))))
}

/// The whole document as JSON.
pub fn value(topics: &TopicTable) -> Value {
    let specs = topics.specs();
    json!({
        "asyncapi": "3.1.0",
        "info": {
            "title": "wiredesk",
            "version": "1.0.0",
            "description": "The topics of a streaming wire desk: news copy from the wire to the published item. Records are \
                            CloudEvents 1.0 in Kafka binary mode; the payload is JSON.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": object(specs.iter().map(|spec| (spec.kind.as_str().to_owned(), channel(spec)))),
        "operations": object(specs.iter().flat_map(operations)),
        "components": {
            "messages": object(specs.iter().map(|spec| (spec.kind.as_str().to_owned(), message(spec)))),
            "schemas": { "cloudEvent": headers() },
        },
    })
}

fn object(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.collect::<Map<_, _>>())
}

fn channel(spec: &TopicSpec) -> Value {
    let kind = spec.kind.as_str();
    json!({
        "address": spec.name,
        "title": format!("{kind} messages"),
        "description": spec.summary,
        "messages": { kind: { "$ref": format!("#/components/messages/{kind}") } },
        "bindings": { "kafka": {
            "topic": spec.name,
            "partitions": spec.partitions,
            "topicConfiguration": {
                "cleanup.policy": ["delete"],
                "retention.ms": u64::from(spec.retention_hours) * 3_600_000,
                "max.message.bytes": spec.max_bytes,
            },
            "bindingVersion": BINDING_VERSION,
        } },
    })
}

fn message(spec: &TopicSpec) -> Value {
    let (kind, version) = (spec.kind.as_str(), schema::version_of(spec.kind));
    json!({
        "name": format!("{kind}.v{version}"),
        "title": format!("{kind} message, version {version}"),
        "summary": spec.summary,
        "contentType": "application/json",
        "headers": { "$ref": "#/components/schemas/cloudEvent" },
        "payload": { "$ref": format!("./{}", schema::path_of(spec.kind)) },
        "bindings": { "kafka": {
            "key": { "type": "string", "description": format!("Equal keys keep their order. The key is: {}.", spec.key) },
            "bindingVersion": BINDING_VERSION,
        } },
    })
}

/// One `send` of the writer and one `receive` a reader.
fn operations(spec: &TopicSpec) -> Vec<(String, Value)> {
    let readers = spec.readers.iter().map(|reader| operation(spec, reader, "receive"));
    std::iter::once(operation(spec, &spec.writer, "send")).chain(readers).collect()
}

fn operation(spec: &TopicSpec, stage: &str, action: &str) -> (String, Value) {
    let kind = spec.kind.as_str();
    let slug = stage.replace(' ', "-");
    let mut operation = json!({
        "action": action,
        "title": format!("{stage}: {action} {kind}"),
        "channel": { "$ref": format!("#/channels/{kind}") },
        "messages": [{ "$ref": format!("#/channels/{kind}/messages/{kind}") }],
    });
    // Consumers and operators choose a group of their own.
    if action == "receive" && !matches!(stage, "consumers" | "operators") {
        operation["bindings"] = json!({ "kafka": {
            "groupId": { "type": "string", "const": format!("wiredesk.{stage}") },
            "bindingVersion": BINDING_VERSION,
        } });
    }
    (format!("{slug}-{action}s-{kind}"), operation)
}

fn headers() -> Value {
    let ids: Vec<String> =
        Kind::ALL.iter().map(|kind| schema::urn(*kind, schema::version_of(*kind))).collect();
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "title": "CloudEvents 1.0 attributes as Kafka headers (binary mode), and W3C trace context",
        "required": [
            header::SPECVERSION, header::ID, header::SOURCE, header::TYPE, header::TIME, header::SUBJECT,
            header::DATASCHEMA, header::CONTENT_TYPE,
        ],
        "properties": {
            header::SPECVERSION: { "type": "string", "const": "1.0" },
            header::ID: text("Unique within the source; a replay writes the same id."),
            header::SOURCE: text("Where the message comes from, such as /wiredesk/sources/europapress."),
            header::TYPE: text("What happened, such as news.item.published, news.item.corrected or wiredesk.raw.v1."),
            header::TIME: { "type": "string", "format": "date-time", "description": "When the record was made." },
            header::SUBJECT: text("Item, story or dead letter id."),
            header::DATASCHEMA: { "type": "string", "enum": ids, "description": "The payload's schema." },
            header::CONTENT_TYPE: { "type": "string", "const": "application/json" },
            header::TRACEPARENT: {
                "type": "string",
                "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
                "description": "W3C Trace Context; one trace from the fetch to the published item.",
            },
        },
    })
}
