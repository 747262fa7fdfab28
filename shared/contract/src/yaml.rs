//! Writes a JSON value as block YAML 1.2, so that the generated AsyncAPI document reads well in a review.

use serde_json::Value;

/// The document, with a final line break. Strings that YAML could read as anything else are quoted as JSON quotes them
/// (JSON's strings are YAML's double-quoted scalars).
pub(crate) fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, child) in map {
                indent(depth, out);
                out.push_str(&scalar(key));
                out.push(':');
                after_marker(child, depth, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for child in list {
                indent(depth, out);
                out.push('-');
                after_marker(child, depth, out);
            }
        }
        leaf => {
            indent(depth, out);
            out.push_str(&leaf_text(leaf));
            out.push('\n');
        }
    }
}

/// What follows `key:` or `-`: a leaf on the same line, a block on the next ones.
fn after_marker(child: &Value, depth: usize, out: &mut String) {
    let nested = matches!(child, Value::Object(m) if !m.is_empty())
        || matches!(child, Value::Array(a) if !a.is_empty());
    if nested {
        out.push('\n');
        block(child, depth + 1, out);
    } else {
        out.push(' ');
        out.push_str(&leaf_text(child));
        out.push('\n');
    }
}

fn leaf_text(leaf: &Value) -> String {
    match leaf {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

fn indent(depth: usize, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
}

/// A string as a plain scalar where that is safe, else in double quotes.
fn scalar(text: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | ',' | '(' | ')' | ';');
    let starts_well = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '/');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let safe = starts_well
        && text.chars().all(plain)
        && !text.ends_with(' ')
        && !reserved.contains(&text.to_ascii_lowercase().as_str());
    if safe { text.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quotes_what_yaml_would_read_otherwise() {
        let value = json!({
            "a": "plain text, (so)", "b": "3.1.0", "c": "yes", "d": "with: colon", "e": "", "f": {}, "g": [],
            "h": [{"i": 1, "j": null}, "k"], "l": "#/ref", "m": "two\nlines",
        });
        insta::assert_snapshot!(to_yaml(&crate::schema::sorted(value)), @r##"
        a: plain text, (so)
        b: "3.1.0"
        c: "yes"
        d: "with: colon"
        e: ""
        f: {}
        g: []
        h:
          -
            i: 1
            j: null
          - k
        l: "#/ref"
        m: "two\nlines"
        "##);
    }
}
