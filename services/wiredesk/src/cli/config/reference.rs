//! The reference of the configuration as Markdown, from the schema that the types give: docs/configuration.md.

use serde_json::{Map, Value};
use wiredesk_runtime::config::Alias;

const HEAD: &str = "\
# Configuration

Made from the types by `wiredesk config --reference`; do not edit it (`make schemas` writes it anew). The same for editors is
[schemas/config.schema.json](../schemas/config.schema.json): put `#:schema` and its path into the first line of a TOML file, and
editors that know Taplo complete and check it.

Four layers, each over the one before: the defaults below, the file (`--config FILE` or `WIREDESK_CONFIG`; without one the built-in
[config/default.toml](../config/default.toml)), the environment, and `--set section.key=value`. `wiredesk config` prints what is in
force and where each value came from. A key that is not here is refused, with the name that is nearest.

In the environment a value is written as in TOML, and text may go without quotes: `WIREDESK__API__HOSTS='[\"desk.example\"]'`,
`WIREDESK__API__ACCESS=token`. Every variable also goes with `_FILE` behind its name, and is then read from that file: that is how
platforms hand over secrets. What is marked *secret* is printed as `***`; of an address only its password is.
";

/// One table of the file with its keys.
struct Table<'a> {
    /// `api`, `fetcher.pages`, `fetcher.sources`; empty for the top.
    path: String,
    /// How its head is written in TOML.
    head: String,
    /// Can its keys be set by a variable?
    variables: bool,
    schema: &'a Map<String, Value>,
}

/// The page.
pub fn markdown(schema: &Value, aliases: &[Alias]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("\nThese variables, which others use too, set keys of ours; ours win over them.\n\n| variable | sets |\n| --- | --- |\n");
    for alias in aliases {
        let sets = alias.sets.iter().map(|(key, fixed)| match fixed {
            Some(value) => format!("`{key} = \"{value}\"`"),
            None => format!("`{key}`"),
        });
        out.push_str(&format!("| `{}` | {} |\n", alias.variable, sets.collect::<Vec<_>>().join(", ")));
    }
    let mut tables = Vec::new();
    if let Some(root) = schema.as_object() {
        gather(String::new(), String::new(), true, root, &mut tables);
    }
    for table in tables {
        section(&table, &mut out);
    }
    out
}

/// This table, then those in it, in the order of their names.
fn gather<'a>(
    path: String,
    head: String,
    variables: bool,
    schema: &'a Map<String, Value>,
    out: &mut Vec<Table<'a>>,
) {
    let inner: Vec<(&String, &Value)> = properties(schema).collect();
    out.push(Table { path: path.clone(), head, variables, schema });
    for (name, property) in inner {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if is_table(property) {
            if let Some(schema) = property.as_object() {
                gather(path.clone(), format!("[{path}]"), variables, schema, out);
            }
        } else if let Some(schema) = property["items"].as_object().filter(|_| is_table(&property["items"])) {
            gather(path.clone(), format!("[[{path}]]"), false, schema, out);
        } else if let Some(schema) = property["additionalProperties"]
            .as_object()
            .filter(|_| is_table(&property["additionalProperties"]))
        {
            gather(path.clone(), format!("[{path}.\"…\"]"), false, schema, out);
        }
    }
}

fn properties(schema: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn is_table(property: &Value) -> bool {
    property["properties"].is_object()
}

fn section(table: &Table<'_>, out: &mut String) {
    let title =
        if table.head.is_empty() { "The top of the file".to_owned() } else { format!("`{}`", table.head) };
    let keys: Vec<(&String, &Value)> = properties(table.schema).filter(|(_, p)| !is_table(p)).collect();
    out.push_str(&format!("\n## {title}\n\n"));
    let said = description(table.schema);
    // A type that says no more than its own head says nothing.
    if !said.is_empty() && !table.head.is_empty() && said.trim_end_matches('.') != format!("`{}`", table.head)
    {
        out.push_str(&said);
        out.push_str("\n\n");
    }
    if keys.is_empty() {
        out.push_str("Only tables, which follow.\n");
        return;
    }
    let variable = if table.variables { " variable |" } else { "" };
    let rule = if table.variables { " --- |" } else { "" };
    out.push_str(&format!("| key | type | default | meaning |{variable}\n| --- | --- | --- | --- |{rule}\n"));
    for (key, property) in keys {
        let Some(schema) = property.as_object() else { continue };
        let required = table
            .schema
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|r| r.contains(&Value::from(key.as_str())));
        out.push_str(&format!(
            "| `{key}` | {} | {} | {} |",
            kind(key, property),
            if required { "must be given".to_owned() } else { default(property) },
            meaning(schema).replace('|', "\\|"),
        ));
        if table.variables {
            let path = if table.path.is_empty() { key.clone() } else { format!("{}.{key}", table.path) };
            out.push_str(&format!(" `WIREDESK__{}` |", path.replace('.', "__").to_uppercase()));
        }
        out.push('\n');
    }
}

fn description(schema: &Map<String, Value>) -> String {
    // A line break of the source is none of the table.
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentence of a key, and the values of an enum with theirs.
fn meaning(schema: &Map<String, Value>) -> String {
    let mut said = description(schema);
    for (value, what) in choices(schema) {
        said.push_str(&format!("<br>`\"{value}\"`: {what}"));
    }
    said
}

fn choices(schema: &Map<String, Value>) -> Vec<(String, String)> {
    let listed = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    let said =
        listed.filter_map(|one| Some((one["const"].as_str()?.to_owned(), description(one.as_object()?))));
    said.collect()
}

fn kind(key: &str, property: &Value) -> String {
    let types: Vec<&str> = match &property["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => Vec::new(),
    };
    let mut said = match types.first().copied() {
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "whole number".to_owned(),
        Some("number") => "number".to_owned(),
        Some("array") if is_table(&property["items"]) => "tables".to_owned(),
        Some("array") => "list of texts".to_owned(),
        Some("object") if is_table(&property["additionalProperties"]) => "tables by name".to_owned(),
        Some("object") => "texts by name".to_owned(),
        _ => "text".to_owned(),
    };
    if let Some(unit) = unit(key) {
        said.push_str(&format!(", {unit}"));
    }
    let secret = |value: &Value| value["writeOnly"] == Value::Bool(true);
    let values = ["anyOf", "oneOf"].iter().filter_map(|k| property[*k].as_array()).flatten();
    if secret(property) || secret(&property["additionalProperties"]) || values.into_iter().any(secret) {
        said.push_str(", *secret*");
    }
    said
}

/// The unit that the last word of a key's name is.
fn unit(key: &str) -> Option<&'static str> {
    const UNITS: [(&str, &str); 6] = [
        ("ms", "milliseconds"),
        ("s", "seconds"),
        ("seconds", "seconds"),
        ("hours", "hours"),
        ("days", "days"),
        ("bytes", "bytes"),
    ];
    let last = key.rsplit('_').next().unwrap_or(key);
    UNITS.iter().find(|(end, _)| *end == last).map(|(_, unit)| *unit)
}

fn default(property: &Value) -> String {
    match property.get("default") {
        None | Some(Value::Null) => "none".to_owned(),
        Some(Value::Object(map)) if map.is_empty() => "none".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::Array(list)) if list.is_empty() => "empty".to_owned(),
        Some(value) => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(schema: &Value) -> Vec<Table<'_>> {
        let mut tables = Vec::new();
        gather(String::new(), String::new(), true, schema.as_object().unwrap(), &mut tables);
        tables
    }

    #[test]
    fn every_key_says_what_it_is_for() {
        let schema = crate::config::schema();
        let mut keys = 0;
        for table in tables(&schema) {
            for (key, property) in properties(table.schema) {
                let said = description(property.as_object().unwrap());
                assert!(
                    said.len() > 4 && said.ends_with('.'),
                    "{}.{key} is not documented: {said:?}",
                    table.path
                );
                keys += 1;
            }
        }
        assert!(keys > 150, "{keys} keys");
    }

    #[test]
    fn a_key_in_all_its_forms() {
        let schema = serde_json::json!({
            "properties": {
                "loud": { "type": "boolean", "default": false, "description": "Shouts." },
                "wait_ms": { "type": ["integer", "null"], "default": null, "description": "A pause\nor none." },
                "mode": { "description": "How.", "default": "a|b", "oneOf": [
                    { "type": "string", "const": "a|b", "description": "Either." },
                    { "type": "string", "const": "c", "description": "Neither." } ] },
                "word": { "type": "string", "writeOnly": true, "default": "", "description": "Never shown." },
                "inner": { "type": "object", "description": "What is in it.", "properties": {
                    "rows": { "type": "integer", "default": 3, "description": "Rows." } } },
                "wires": { "type": "array", "default": [], "description": "Wires.", "items": { "type": "object",
                    "description": "One.", "required": ["id"], "properties": { "id": { "type": "string", "description": "Slug." } } } }
            }
        });
        let aliases = [Alias { variable: "ROWS", sets: &[("inner.rows", None), ("mode", Some("c"))] }];
        let page = markdown(&schema, &aliases);
        for line in [
            "| `ROWS` | `inner.rows`, `mode = \"c\"` |",
            "| `loud` | true or false | `false` | Shouts. | `WIREDESK__LOUD` |",
            "| `wait_ms` | whole number, milliseconds | none | A pause or none. | `WIREDESK__WAIT_MS` |",
            "| `mode` | text | `\"a|b\"` | How.<br>`\"a\\|b\"`: Either.<br>`\"c\"`: Neither. | `WIREDESK__MODE` |",
            "| `word` | text, *secret* | empty | Never shown. | `WIREDESK__WORD` |",
            "## `[inner]`",
            "What is in it.",
            "| `rows` | whole number | `3` | Rows. | `WIREDESK__INNER__ROWS` |",
            "## `[[wires]]`",
            "| `id` | text | must be given | Slug. |",
        ] {
            assert!(page.lines().any(|l| l == line), "{line}\n{page}");
        }
    }
}
