//! The layers, one over the other.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::env::{Alias, Setting, candidates, path, settings};
use super::error::ConfigError;
use super::suggest::with_suggestion;
use super::{From, print};

/// Where a configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    /// A TOML file.
    pub file: Option<&'a Path>,
    /// Used where no file is named: a name to call it by, and its text.
    pub embedded: Option<(&'a str, &'a str)>,
    /// Environment variables, names and values.
    pub env: Vec<(String, String)>,
    /// Plain variables that set keys of ours.
    pub aliases: &'a [Alias],
    /// `--set` flags, each `a.b=c`.
    pub set: Vec<String>,
}

/// A configuration, and where its values came from.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// The effective values.
    pub value: T,
    /// The dotted keys that are not defaults, and where each was set last.
    pub origins: BTreeMap<String, From>,
}

impl<T: Serialize> Loaded<T> {
    /// The effective values as TOML, secrets masked, each with where it came from.
    ///
    /// # Errors
    /// serde's, for a type that TOML cannot hold.
    pub fn print(&self) -> Result<String, toml::ser::Error> {
        print::effective(&self.value, &self.origins)
    }
}

/// Reads the layers. `T` refuses unknown keys (`deny_unknown_fields`) and has a default for every key.
///
/// # Errors
/// [`ConfigError`], naming the file and line, the variable or the flag, with a suggestion for an unknown key.
pub fn load<T: DeserializeOwned>(sources: &Sources<'_>) -> Result<Loaded<T>, ConfigError> {
    let mut origins = BTreeMap::new();
    let mut table = Table::new();
    let file = match (sources.file, sources.embedded) {
        (Some(path), _) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| ConfigError::Read { path: name.clone(), error })?;
            Some((name, text))
        }
        (None, Some((name, text))) => Some((name.to_owned(), text.to_owned())),
        (None, None) => None,
    };
    if let Some((name, text)) = file {
        let wrong = |e: toml::de::Error| ConfigError::File {
            path: name.clone(),
            line: e.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1),
            message: with_suggestion(e.message()),
        };
        // Straight into the type once, only because this gives errors with a line.
        toml::from_str::<T>(&text).map_err(wrong)?;
        table = text.parse().map_err(wrong)?;
        for key in print::leaves(&table) {
            origins.insert(key, From::File(name.clone()));
        }
    }
    let mut wanted = settings(&sources.env, sources.aliases);
    for flag in &sources.set {
        let (key, text) = flag.split_once('=').ok_or_else(|| ConfigError::Flag(flag.clone()))?;
        wanted.push(Setting { path: path(key), text: text.to_owned(), variable: None });
    }
    for setting in wanted {
        table = apply::<T>(table, &setting, &mut origins)?;
    }
    let value = T::deserialize(table).map_err(|e: toml::de::Error| ConfigError::Setting {
        place: "configuration".to_owned(),
        message: with_suggestion(e.message()),
    })?;
    Ok(Loaded { value, origins })
}

/// Sets one key to the first meaning of its text that the type takes. `…_file` where the type has no such key reads the
/// value from that file, as container platforms hand over secrets.
fn apply<T: DeserializeOwned>(
    table: Table,
    setting: &Setting,
    origins: &mut BTreeMap<String, From>,
) -> Result<Table, ConfigError> {
    let place = setting
        .variable
        .as_ref()
        .map_or_else(|| format!("--set {}", setting.path.join(".")), |v| format!("environment variable {v}"));
    let from = setting.variable.clone().map_or(From::Flag, From::Env);
    let mut first_error = None;
    let mut attempt = |path: &[String], value: Value| {
        let mut changed = table.clone();
        put(&mut changed, path, value);
        match T::deserialize(changed.clone()) {
            Ok(_) => {
                let key = path.join(".");
                origins.retain(|k, _| k != &key && !k.starts_with(&format!("{key}.")));
                origins.insert(key, from.clone());
                Some(changed)
            }
            Err(e) => {
                let e: toml::de::Error = e;
                first_error.get_or_insert_with(|| with_suggestion(e.message()));
                None
            }
        }
    };
    if let Some(changed) = candidates(&setting.text).into_iter().find_map(|v| attempt(&setting.path, v)) {
        return Ok(changed);
    }
    // Only now: a key that is itself called so may name a file that does not exist yet.
    if let Some((base, text)) = from_file(setting, &place)?
        && let Some(changed) = attempt(&base, Value::String(text))
    {
        return Ok(changed);
    }
    Err(ConfigError::Setting { place, message: first_error.unwrap_or_default() })
}

/// The key without `_file` and the file's content, where the setting names a readable file.
fn from_file(setting: &Setting, place: &str) -> Result<Option<(Vec<String>, String)>, ConfigError> {
    let Some(last) = setting.path.last().and_then(|l| l.strip_suffix("_file")) else { return Ok(None) };
    if setting.variable.is_none() {
        return Ok(None);
    }
    let mut base = setting.path.clone();
    if let Some(slot) = base.last_mut() {
        *slot = last.to_owned();
    }
    match std::fs::read_to_string(&setting.text) {
        Ok(text) => Ok(Some((base, text.trim_end_matches(['\r', '\n']).to_owned()))),
        Err(error) => Err(ConfigError::Setting {
            place: place.to_owned(),
            message: format!("the file {} cannot be read: {error}", setting.text),
        }),
    }
}

fn put(table: &mut Table, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let slot = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if !slot.is_table() {
        *slot = Value::Table(Table::new());
    }
    if let Value::Table(inner) = slot {
        put(inner, rest, value);
    }
}
