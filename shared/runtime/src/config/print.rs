//! The effective configuration, for people: TOML, each value with where it came from.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::{Table, Value};

use super::From;

/// The dotted keys of all values that are not tables. An array (also of tables) is one value.
pub(super) fn leaves(table: &Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) => keys.extend(leaves(inner).into_iter().map(|k| format!("{name}.{k}"))),
            _ => keys.push(name.clone()),
        }
    }
    keys
}

/// The values of `config` (whose secrets serialise as `***`), one line each.
pub(super) fn effective<T: Serialize>(
    config: &T,
    origins: &BTreeMap<String, From>,
) -> Result<String, toml::ser::Error> {
    let Value::Table(table) = Value::try_from(config)? else { return Ok(String::new()) };
    let mut out = String::new();
    section(&table, "", origins, &mut out);
    Ok(out)
}

fn section(table: &Table, name: &str, origins: &BTreeMap<String, From>, out: &mut String) {
    let key_of = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(_, v)| v.is_table());
    if !name.is_empty() && !values.is_empty() {
        out.push_str(&format!("\n[{name}]\n"));
    }
    for (key, value) in values {
        let from = origins.get(&key_of(key)).unwrap_or(&From::Default);
        out.push_str(&format!("{:<44} # {from}\n", format!("{key} = {value}")));
    }
    for (key, value) in tables {
        if let Value::Table(inner) = value {
            section(inner, &key_of(key), origins, out);
        }
    }
}
