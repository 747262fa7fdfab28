//! The OpenAPI 3.1 document. Its schemas are those of the message types themselves (OpenAPI 3.1 is JSON Schema 2020-12),
//! so the API and the topics cannot drift apart; the paths are told here, beside the routes.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::answers::{ItemDetail, ItemList, Problem, SourceList, StoryList};
use wiredesk_contract::{Item, Story};

/// The document as `GET /v1/openapi.json` answers it and `schemas/openapi.json` keeps it.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let schemas = [
        generator.subschema_for::<ItemList>(),
        generator.subschema_for::<ItemDetail>(),
        generator.subschema_for::<StoryList>(),
        generator.subschema_for::<Story>(),
        generator.subschema_for::<SourceList>(),
        generator.subschema_for::<Item>(),
        generator.subschema_for::<Problem>(),
    ];
    debug_assert_eq!(schemas.len(), 7);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "wiredesk",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "What the wires sent: items, their versions, the stories they tell, and how each wire is doing.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}
        },
        "paths": paths(),
        "components": {"schemas": generator.take_definitions(true)}
    })
}

fn paths() -> Value {
    json!({
        "/v1/items": {"get": operation("listItems", "Items, newest version first.", "ItemList", vec![
            query("limit", "integer", "Items a page, 50 unless told otherwise."),
            query("cursor", "string", "`next` of the page before."),
            query("source", "string", "Source ids, comma-separated."),
            query("language", "string", "BCP 47 languages, comma-separated."),
            query("kind", "string", "news, planning, roundup or not_article."),
            query("duplicates", "boolean", "false leaves repeats out."),
            query("q", "string", "Words in the headline."),
            query("story", "string", "Items of this story."),
            query("since", "string", "RFC 3339: versions written at or after this instant."),
            query("changed_after", "string", "`next` of an earlier answer: what was written since, oldest first; sees corrections and takedowns."),
        ])},
        "/v1/items/{id}": {"get": operation("getItem", "One item with all its versions; with format=ninjs the newest version as ninjs 3.1.", "ItemDetail", vec![
            path("id", "Item id."),
            query("format", "string", "`ninjs` for an IPTC ninjs 3.1 document."),
        ])},
        "/v1/stories": {"get": operation("listStories", "Stories, the one with the newest item first.", "StoryList", vec![
            query("limit", "integer", "Stories a page, 50 unless told otherwise."),
            query("cursor", "string", "`next` of the page before."),
        ])},
        "/v1/stories/{id}": {"get": operation("getStory", "One story.", "Story", vec![path("id", "Story id.")])},
        "/v1/sources": {"get": operation("listSources", "Every wire and how it is doing.", "SourceList", vec![])},
        "/v1/stream": {"get": {
            "operationId": "stream",
            "summary": "Published versions as server-sent events; the event id brings a client back to where it was.",
            "parameters": [
                query("source", "string", "Source ids, comma-separated."),
                query("language", "string", "BCP 47 languages, comma-separated."),
                query("duplicates", "boolean", "false leaves repeats out."),
                query("last_event_id", "string", "The same as the header, for clients that cannot send it."),
                {"name": "Last-Event-ID", "in": "header", "description": "Id of the last event that was received.", "schema": {"type": "string"}}
            ],
            "responses": {
                "200": {"description": "Events named news.item.published, .updated, .corrected and .withdrawn; data is an Item.",
                        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Item"}}}},
                "400": problem("The event id is not of this stream."),
                "503": problem("All live streams are taken.")
            }
        }}
    })
}

fn operation(id: &str, summary: &str, schema: &str, parameters: Vec<Value>) -> Value {
    let missing = parameters.iter().any(|p| p["in"] == "path");
    let mut responses = json!({
        "200": {
            "description": summary,
            "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}
        },
        "400": problem("A parameter is wrong."),
        "503": problem("The store does not answer; try again.")
    });
    if missing {
        responses["404"] = problem("There is no such thing.");
    }
    json!({"operationId": id, "summary": summary, "parameters": parameters, "responses": responses})
}

fn query(name: &str, kind: &str, description: &str) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": {"type": kind}})
}

fn path(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "description": description, "schema": {"type": "string"}})
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    })
}
