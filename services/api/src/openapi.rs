//! The OpenAPI 3.1 document. Its schemas are those of the message types themselves (OpenAPI 3.1 is JSON Schema 2020-12),
//! so the API and the topics cannot drift apart; the paths are told here, beside the routes.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::alerts::{AlertList, NewAlertAnswer};
use crate::answers::{
    Cleaning, DeadDetail, DeadLine, DeadList, Difference, EntityDetail, EntityList, Figures, ItemDetail,
    ItemList, Pipeline, Problem, SourceList, SourceRest, StoryList,
};
use crate::entities::KINDS as ENTITY_KINDS;
use crate::formats::LISTS;
use crate::items::KINDS;
use crate::looks::LookAnswer;
use wiredesk_contract::{Item, Story};

/// `near`: degrees north, degrees east, kilometres; or nothing.
const CIRCLE: &str = "^(-?(90|[0-8]?[0-9](\\.[0-9]{1,9})?),-?(180|(1[0-7][0-9]|[0-9]{1,2})(\\.[0-9]{1,9})?),(20000|1[0-9]{4}|[0-9]{1,4}(\\.[0-9]{1,9})?))?$";

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
        generator.subschema_for::<SourceRest>(),
        generator.subschema_for::<Difference>(),
        generator.subschema_for::<Pipeline>(),
        generator.subschema_for::<Figures>(),
        generator.subschema_for::<DeadList>(),
        generator.subschema_for::<DeadDetail>(),
        generator.subschema_for::<DeadLine>(),
        generator.subschema_for::<EntityList>(),
        generator.subschema_for::<EntityDetail>(),
        generator.subschema_for::<Cleaning>(),
        generator.subschema_for::<AlertList>(),
        generator.subschema_for::<NewAlertAnswer>(),
        generator.subschema_for::<LookAnswer>(),
    ];
    debug_assert_eq!(schemas.len(), 20);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "wiredesk",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "What the wires sent: items, their versions, the stories they tell, and how each wire is doing.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}
        },
        "paths": paths(),
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "bearer": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "wd_ and 57 letters and digits",
                    "description": "A token of `wiredesk token create`. Scope `read` is for everything that is read, `admin` for what changes something."
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "wiredesk",
                    "description": "The same token as the page's login sets it; over HTTPS the cookie is `__Host-wiredesk`. What changes something must come from the page itself."
                }
            }
        }
    })
}

fn paths() -> Value {
    json!({
        "/v1/items": {"get": list_items(operation("listItems", "Items, newest version first.", "ItemList", vec![
            query("limit", page_size(), "Items a page, 50 unless told otherwise; api.max_page are the most."),
            query("cursor", text(400), "`next` of the page before."),
            query("source", text(4000), "Source ids, comma-separated."),
            query("language", text(4000), "BCP 47 languages, comma-separated."),
            query("kind", or_empty(json!({"type": "string", "enum": KINDS})), "The sort of copy."),
            query("duplicates", or_empty(json!({"type": "boolean"})), "false leaves repeats out."),
            query("q", text(500), "Words in headline, lead or body, in the forms of each item's language; \"two words\" stand together, or is or, -word is absent. Where no item at all has them, and no quotation marks are there, headlines that are written much alike (`alike`)."),
            query("urgency", or_empty(json!({"type": "integer", "minimum": 1, "maximum": 9})), "At least as urgent; 1 is a flash."),
            query("topic", text(4000), "Codes of IPTC Media Topics, comma-separated: any of them."),
            query("entity", text(400), "The id of a person, an organisation or a place that is named."),
            query("place", text(200), "geo:<geonameid>: about this place, or names it."),
            query("near", json!({"type": "string", "pattern": CIRCLE}), "Degrees north, degrees east, kilometres: about a place in this circle, or names one."),
            query("story", text(200), "Items of this story."),
            query("since", or_empty(json!({"type": "string", "format": "date-time"})), "RFC 3339: versions written at or after this instant."),
            query("until", or_empty(json!({"type": "string", "format": "date-time"})), "RFC 3339: versions written before this instant."),
            query("changed_after", json!({"type": "string", "pattern": "^([0-9]{1,19}\\.[0-9]{1,18})?$"}), "`next` of an earlier answer: what was written since, oldest first; sees corrections and takedowns. Empty is the beginning."),
            query("format", or_empty(json!({"type": "string", "enum": LISTS})), "ndjson, csv, jsonfeed (JSON Feed 1.1) or atom; the next page is in the Link header."),
        ]))},
        "/v1/items/{id}": {"get": one_item()},
        "/v1/items/{id}/diff": {"get": operation("diffItem", "What one version of an item changed of another, word by word.", "Difference", vec![
            path("Item id."),
            query("from", version(), "The version before; the one before `to` unless told otherwise."),
            query("to", version(), "The version after; the newest unless told otherwise."),
        ])},
        "/v1/items/{id}/cleaning": {"get": operation("cleaningOfItem", "What was taken out of a version and mended in it, and why; of a wire that lends no full text the reasons without the words, and nothing of what is withheld or withdrawn.", "Cleaning", vec![
            path("Item id."),
            query("version", version(), "The newest unless told otherwise."),
        ])},
        "/v1/entities": {"get": operation("listEntities", "Whom and what the newest 1,000 items of the last day name most; with q, people and organisations by their names.", "EntityList", vec![
            query("limit", page_size(), "Entities, 50 unless told otherwise; api.max_page are the most."),
            query("q", text(200), "Letters of a name in any language, marks aside."),
            query("kind", or_empty(json!({"type": "string", "enum": ENTITY_KINDS})), "The sort of entity."),
        ])},
        "/v1/entities/{id}": {"get": operation("getEntity", "An entity: how it is written, its items by day, and who is named beside it.", "EntityDetail", vec![path("Entity id, such as `ent:PER:marta olmedo` or `wd:Q42`.")])},
        "/v1/stories": {"get": operation("listStories", "Stories, the one with the newest item first.", "StoryList", vec![
            query("limit", page_size(), "Stories a page, 50 unless told otherwise; api.max_page are the most."),
            query("cursor", text(400), "`next` of the page before."),
        ])},
        "/v1/stories/{id}": {"get": operation("getStory", "One story.", "Story", vec![path("Story id.")])},
        "/v1/sources": {"get": operation("listSources", "Every wire and how it is doing.", "SourceList", vec![])},
        "/v1/sources/{id}/pause": {"post": change("pauseSource", "Lets a wire rest until it is resumed.", "SourceRest", "Source id.")},
        "/v1/sources/{id}/resume": {"post": change("resumeSource", "Polls a wire again at once.", "SourceRest", "Source id.")},
        "/v1/looks": {"post": ask_look()},
        "/v1/looks/{id}": {"get": one_look()},
        "/v1/looks/{id}/list": {"post": list_look()},
        "/v1/pipeline": {"get": operation("pipeline", "How the line is doing: what each stage has to go, the outbox, the pace; a few seconds old at most.", "Pipeline", vec![])},
        "/v1/figures": {"get": operation("figures", "What the last 24 hours brought, by hour, language, wire and topic; a minute old at most.", "Figures", vec![])},
        "/v1/dead": {"get": operation("listDead", "Dead letters that nobody has dealt with, newest first; of the newest 10,000.", "DeadList", vec![
            query("limit", page_size(), "Letters a page, 50 unless told otherwise; api.max_page are the most."),
            query("cursor", text(400), "`next` of the page before."),
            query("stage", text(200), "Only of this stage."),
            query("reason", text(200), "Only of this reason, such as `not_json`."),
            query("all", json!({"type": "boolean"}), "true: those too that somebody has dealt with."),
        ])},
        "/v1/dead/{id}": {"get": dead_letter()},
        "/v1/dead/{id}/retry": {"post": retry()},
        "/v1/dead/{id}/drop": {"post": change("dropDead", "Says that a letter is to stay refused.", "DeadLine", "Id of the letter.")},
        "/v1/alerts": {"get": list_alerts(), "post": make_alert()},
        "/v1/alerts/{id}": {"delete": remove_alert()},
        "/v1/stream": {"get": stream()}
    })
}

fn operation(id: &str, summary: &str, schema: &str, parameters: Vec<Value>) -> Value {
    let mut responses = refusals("A parameter is wrong.");
    responses["200"] = json!({
        "description": summary,
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}
    });
    if parameters.iter().any(|p| p["in"] == "path") {
        responses["404"] = problem("There is no such thing.");
    }
    json!({"operationId": id, "summary": summary, "parameters": parameters, "responses": responses, "security": readers()})
}

fn list_items(mut operation: Value) -> Value {
    let content = &mut operation["responses"]["200"]["content"];
    content["application/feed+json"] = json!({"schema": {"type": "object"}});
    for media_type in ["application/x-ndjson", "text/csv", "application/atom+xml"] {
        content[media_type] = json!({"schema": {"type": "string"}});
    }
    operation
}

fn one_item() -> Value {
    let summary = "One item with all its versions; with format=ninjs or jsonld the newest version alone.";
    let format = or_empty(json!({"type": "string", "enum": ["json", "ninjs", "jsonld"]}));
    let parameters = vec![
        path("Item id."),
        query(
            "format",
            format,
            "`ninjs` for an IPTC ninjs 3.1 document, `jsonld` for a NewsArticle of schema.org.",
        ),
    ];
    let mut operation = operation("getItem", summary, "ItemDetail", parameters);
    for media_type in ["application/ninjs+json", "application/ld+json"] {
        operation["responses"]["200"]["content"][media_type] = json!({"schema": {"type": "object"}});
    }
    operation
}

fn dead_letter() -> Value {
    let summary = "A dead letter whole; its payload is base64. For admins.";
    let mut operation = operation("getDead", summary, "DeadDetail", vec![path("Id of the letter.")]);
    operation["security"] = admins();
    operation
}

fn retry() -> Value {
    let summary =
        "Has a letter's record sent to its topic again, within seconds; `settled` says what came of it.";
    let mut operation = change("retryDead", summary, "DeadLine", "Id of the letter.");
    let accepted = operation["responses"].as_object_mut().and_then(|responses| responses.remove("200"));
    operation["responses"]["202"] = accepted.unwrap_or_default();
    operation["responses"]["409"] =
        problem("It can never be sent again: a document, a record that was cut, or one that readers have.");
    operation
}

fn ask_look() -> Value {
    let summary = "Has an address looked at, within seconds: of a feed, or of a site that has one. Nothing is listed yet.";
    let body = json!({
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "maxLength": 2000, "pattern": "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$", "description": "https where it names no scheme."}
        },
        "additionalProperties": false
    });
    accepted("askLook", summary, vec![], body, true, "Too many wait already.")
}

fn one_look() -> Value {
    let mut operation = operation(
        "getLook",
        "What was seen at an address. For admins.",
        "LookAnswer",
        vec![path("Id of the look.")],
    );
    operation["security"] = admins();
    operation
}

fn list_look() -> Value {
    let summary = "Has a wire that was seen listed, within seconds; what is left out is as it was seen.";
    let body = json!({
        "type": "object",
        "properties": {
            "url": {"type": ["string", "null"], "maxLength": 2000, "pattern": "^[^\\u0000]*$", "description": "That of the preview, or of one of the others."},
            "name": {"type": ["string", "null"], "maxLength": 200, "pattern": "^[^\\u0000]*$", "description": "Name to show."},
            "language": {"type": ["string", "null"], "maxLength": 100, "pattern": "^[^\\u0000]*$", "description": "BCP 47."},
            "rights": {"type": "string", "enum": ["headline", "full_text"], "description": "What of its items may be published; `full_text` needs the publisher's agreement."},
            "pages": {"type": "boolean", "description": "Fetch the article pages too."}
        },
        "additionalProperties": false
    });
    accepted(
        "listLook",
        summary,
        vec![path("Id of the look.")],
        body,
        false,
        "It was not seen, or it is listed already.",
    )
}

/// What an admin asks for and a fetcher does later.
fn accepted(
    id: &str,
    summary: &str,
    parameters: Vec<Value>,
    body: Value,
    required: bool,
    conflict: &str,
) -> Value {
    let mut operation = operation(id, summary, "LookAnswer", parameters);
    operation["security"] = admins();
    operation["requestBody"] =
        json!({"required": required, "content": {"application/json": {"schema": body}}});
    let done = operation["responses"].as_object_mut().and_then(|responses| responses.remove("200"));
    operation["responses"]["202"] = done.unwrap_or_default();
    operation["responses"]["409"] = problem(conflict);
    operation["responses"]["413"] = problem("The body is larger than 16 KiB.");
    operation["responses"]["415"] = problem("The body is not application/json.");
    operation
}

fn list_alerts() -> Value {
    let mut operation =
        operation("listAlerts", "Saved searches whose finds are sent to an address.", "AlertList", vec![]);
    operation["security"] = admins();
    operation
}

fn make_alert() -> Value {
    let summary = "Saves a search: what it finds from now on is sent to an address as it is published, signed as Standard Webhooks are.";
    let mut operation = operation("createAlert", summary, "NewAlertAnswer", vec![]);
    operation["security"] = admins();
    // As the list's parameters, all of them texts.
    let conditions = json!({
        "source": text(4000),
        "language": text(4000),
        "kind": or_empty(json!({"type": "string", "enum": KINDS})),
        "duplicates": {"type": "string", "enum": ["true", "false", ""]},
        "q": text(500),
        "urgency": {"type": "string", "pattern": "^(\\+?0*[1-9])?$"},
        "topic": text(4000),
        "entity": text(400),
        "place": text(200),
        "near": {"type": "string", "pattern": CIRCLE},
    });
    operation["requestBody"] = json!({
        "required": true,
        "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["name", "url"],
            "properties": {
                "name": {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$"},
                "url": {"type": "string", "format": "uri", "maxLength": 2000, "description": "By http or https."},
                "query": {"type": "object", "properties": conditions, "additionalProperties": false, "description": "Conditions as GET /v1/items takes them."}
            },
            "additionalProperties": false
        }}}
    });
    let created = operation["responses"].as_object_mut().and_then(|responses| responses.remove("200"));
    operation["responses"]["201"] = created.unwrap_or_default();
    operation["responses"]["409"] = problem("There are too many already.");
    operation["responses"]["413"] = problem("The body is larger than 16 KiB.");
    operation["responses"]["415"] = problem("The body is not application/json.");
    operation
}

fn remove_alert() -> Value {
    let mut operation = change("removeAlert", "Forgets a saved search.", "AlertList", "Id of the alert.");
    if let Some(responses) = operation["responses"].as_object_mut() {
        responses.remove("200");
    }
    operation["responses"]["204"] = json!({"description": "It is forgotten."});
    operation
}

/// A token with the scope `admin`.
fn admins() -> Value {
    json!([{"bearer": ["admin"]}, {"session": []}])
}

fn change(id: &str, summary: &str, schema: &str, of: &str) -> Value {
    let mut operation = operation(id, summary, schema, vec![path(of)]);
    operation["security"] = admins();
    operation["requestBody"] = json!({
        "required": false,
        "content": {"application/json": {"schema": {
            "type": "object",
            "properties": {"reason": {"type": "string", "maxLength": 500, "pattern": "^[^\\u0000]*$", "description": "Why, for those who find it so and for the audit."}},
            "additionalProperties": false
        }}}
    });
    operation["responses"]["413"] = problem("The body is larger than 16 KiB.");
    operation["responses"]["415"] = problem("The body is not application/json.");
    operation
}

fn stream() -> Value {
    let id =
        json!({"type": "string", "pattern": "^([0-9]{1,9}\\.[0-9]{1,18}(-[0-9]{1,9}\\.[0-9]{1,18})*)?$"});
    let mut responses = refusals("A parameter is wrong, or the event id is not of this stream.");
    responses["200"] = json!({
        "description": "Events named news.item.published, .updated, .corrected and .withdrawn; data is an Item. A reader who cannot keep up is sent wiredesk.behind and the stream ends: come back with the last event id.",
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Item"}}}
    });
    responses["429"] = problem("Too many requests, or too many live streams of this reader.");
    responses["503"] = problem("All live streams are taken.");
    json!({
        "operationId": "stream",
        "summary": "Published versions as server-sent events; the event id brings a client back to where it was. It ends when its token does.",
        "parameters": [
            query("source", text(4000), "Source ids, comma-separated."),
            query("language", text(4000), "BCP 47 languages, comma-separated."),
            query("kind", or_empty(json!({"type": "string", "enum": KINDS})), "The sort of copy."),
            query("duplicates", or_empty(json!({"type": "boolean"})), "false leaves repeats out."),
            query("urgency", or_empty(json!({"type": "integer", "minimum": 1, "maximum": 9})), "At least as urgent; 1 is a flash."),
            query("topic", text(4000), "Codes of IPTC Media Topics, comma-separated: any of them."),
            query("entity", text(400), "The id of a person, an organisation or a place that is named."),
            query("place", text(200), "geo:<geonameid>: about this place, or names it."),
            query("near", json!({"type": "string", "pattern": CIRCLE}), "Degrees north, degrees east, kilometres: about a place in this circle, or names one."),
            query("last_event_id", id.clone(), "The same as the header, for clients that cannot send it."),
            {"name": "Last-Event-ID", "in": "header", "description": "Id of the last event that was received.", "schema": id}
        ],
        "responses": responses,
        "security": readers()
    })
}

/// A token with the scope `read`; none where `api.access` is `open`.
fn readers() -> Value {
    json!([{}, {"bearer": ["read"]}, {"session": []}])
}

/// What any request may be answered.
fn refusals(wrong: &str) -> Value {
    let mut limited = problem("Too many requests; Retry-After says when to try again.");
    limited["headers"] = json!({"Retry-After": {"schema": {"type": "integer", "minimum": 1}}});
    let mut strange = problem("There is no token, or it is not good.");
    strange["headers"] = json!({"WWW-Authenticate": {"schema": {"type": "string"}}});
    json!({
        "400": problem(wrong),
        "401": strange,
        "403": problem("The token lacks the scope, or the request comes from a foreign page."),
        "414": problem("The address is longer than 8 KiB."),
        "421": problem("The desk is not reached under this name."),
        "429": limited,
        "503": problem("The store does not answer; try again.")
    })
}

/// An empty value is none: forms send it for what is not filled in.
fn or_empty(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "string", "maxLength": 0}]})
}

fn page_size() -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": 200})
}

fn version() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})
}

fn text(most: u32) -> Value {
    json!({"type": "string", "maxLength": most, "pattern": "^[^\\u0000]*$"})
}

fn query(name: &str, schema: Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": schema})
}

fn path(description: &str) -> Value {
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]*$"});
    json!({"name": "id", "in": "path", "required": true, "description": description, "schema": schema})
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    })
}
