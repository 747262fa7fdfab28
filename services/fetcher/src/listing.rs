//! A list of sources as a file: TOML, OPML or JSON, read entry by entry, so that one bad entry costs no neighbour.

pub mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;
use wiredesk_runtime::config::with_suggestion;

use crate::error::FetchError;
use crate::opml;
use crate::place::{Place, line_at};
use crate::source::{SourceConfig, is_language};

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `[[sources]]` tables, or a whole configuration with `[[fetcher.sources]]`.
    Toml,
    /// Outlines, as feed readers export them.
    Opml,
    /// An array of objects, or an object with such an array as `sources`.
    Json,
}

impl Form {
    /// By the ending of a file's name; TOML where it says nothing.
    pub fn of_name(path: &Path) -> Self {
        match path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
            Some("opml" | "xml") => Self::Opml,
            Some("json") => Self::Json,
            _ => Self::Toml,
        }
    }

    /// By what it begins with.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let text = crate::read::decode::decode(&bytes[..bytes.len().min(4096)], None).text;
        let mut rest = text.trim_start();
        match rest.chars().next() {
            Some('<') => Self::Opml,
            Some('{') => Self::Json,
            // `[` also begins a table of TOML: in JSON, an object or the end of the array follows.
            Some('[') => {
                rest = rest[1..].trim_start();
                if rest.is_empty() || rest.starts_with(['{', ']']) { Self::Json } else { Self::Toml }
            }
            _ => Self::Toml,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Opml => "OPML",
            Self::Json => "JSON",
        }
    }
}

/// How a list is read.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// As configuration: unknown keys are refused, and TOML and JSON must give each source an id.
    Strict,
    /// As a list of somebody else's: unknown keys are passed over, and an id is made of the name, none of those that are
    /// taken.
    Lenient(&'a BTreeSet<String>),
}

/// The entries of a list, in its order: a source that is sound by itself, or why it is none.
///
/// # Errors
/// [`FetchError::Form`] where the file as a whole is not of its form.
pub fn read(
    bytes: &[u8],
    form: Form,
    file: &Arc<str>,
    mode: Mode<'_>,
) -> Result<Vec<Result<SourceConfig, FetchError>>, FetchError> {
    let strict = matches!(mode, Mode::Strict);
    let wrong = |line: Option<usize>, detail: String| FetchError::Form {
        path: line.map_or_else(|| file.to_string(), |n| format!("{file}, line {n}")),
        form: form.name(),
        detail,
    };
    let entries: Vec<(Place, Map<String, Value>)> = match form {
        Form::Toml => {
            let text = std::str::from_utf8(bytes).map_err(|e| {
                wrong(None, format!("it is not UTF-8 from byte {} on; save it as UTF-8", e.valid_up_to()))
            })?;
            let text = text.trim_start_matches('\u{feff}');
            toml_entries(text, file, strict).map_err(|(line, detail)| wrong(line, detail))?
        }
        Form::Opml => {
            let Some(outlines) = opml::read(bytes) else {
                return Err(wrong(
                    None,
                    "there is no <opml> and no <outline> in it; export the list again".to_owned(),
                ));
            };
            outlines.iter().map(|o| (Place::line(file, o.line), o.values())).collect()
        }
        Form::Json => json_entries(bytes, file).map_err(|(line, detail)| wrong(line, detail))?,
    };
    let given_ids = entries.iter().filter_map(|(_, v)| v.get("id")?.as_str().map(|id| (id.to_owned(), 1)));
    let mut used: BTreeMap<String, u32> = given_ids.collect();
    if let Mode::Lenient(taken) = mode {
        used.extend(taken.iter().map(|id| (id.clone(), 1)));
    }
    let known = known_keys();
    let make = |(place, mut values): (Place, Map<String, Value>)| {
        if !strict {
            values.retain(|key, value| known.contains_key(key) && !value.is_null());
        }
        if !values.contains_key("id") && (!strict || form == Form::Opml) {
            let text = |key: &str| values.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let id = unused(&slug(&text("name"), &text("url")), &mut used);
            values.insert("id".to_owned(), id.into());
        }
        source(values, place)
    };
    Ok(entries.into_iter().map(make).collect())
}

fn source(values: Map<String, Value>, place: Place) -> Result<SourceConfig, FetchError> {
    let mut source = SourceConfig::from_values(values.clone()).map_err(|e| {
        let key = wrong_key(&values);
        let what = with_suggestion(&e.to_string());
        // serde names a key that it does not know, but not one whose value it does not take.
        let what = if key.is_empty() || what.contains(&format!("`{key}`")) {
            what
        } else {
            format!("{key}: {what}")
        };
        FetchError::Entry { place: place.of(&key), what }
    })?;
    source.place = place;
    source.check()?;
    Ok(source)
}

/// The first key that is refused by itself.
fn wrong_key(values: &Map<String, Value>) -> String {
    let alone = |key: &str, value: &Value| {
        let mut one = Map::from_iter([("id".to_owned(), Value::from("x"))]);
        one.insert(key.to_owned(), value.clone());
        SourceConfig::from_values(one).is_err()
    };
    values.iter().find(|(key, value)| alone(key, value)).map(|(key, _)| key.clone()).unwrap_or_default()
}

/// The first of `id`, `id-2`, `id-3` … that is free.
fn unused(id: &str, used: &mut BTreeMap<String, u32>) -> String {
    let mut count = used.get(id).copied().unwrap_or(0);
    loop {
        count += 1;
        let next = if count == 1 { id.to_owned() } else { format!("{id}-{count}") };
        if count == 1 || !used.contains_key(&next) {
            used.insert(id.to_owned(), count);
            used.entry(next.clone()).or_insert(1);
            return next;
        }
    }
}

fn known_keys() -> Map<String, Value> {
    match serde_json::to_value(SourceConfig::default()) {
        Ok(Value::Object(keys)) => keys,
        _ => Map::new(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lists {
    sources: Vec<Spanned<toml::Table>>,
    fetcher: Fetcher,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fetcher {
    sources: Vec<Spanned<toml::Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its refusals count")]
struct OnlySources {
    #[serde(default)]
    sources: Vec<toml::Table>,
}

type Wrong = (Option<usize>, String);

/// An entry as written, with its place.
type Entry = (Place, Map<String, Value>);

fn toml_entries(text: &str, file: &Arc<str>, strict: bool) -> Result<Vec<Entry>, Wrong> {
    let words = |e: toml::de::Error| (e.span().map(|s| line_at(text, s.start)), with_suggestion(e.message()));
    let lists: Lists = toml::from_str(text).map_err(words)?;
    if strict {
        toml::from_str::<OnlySources>(text).map_err(words)?;
    }
    let tables: Vec<Spanned<toml::Table>> = lists.sources.into_iter().chain(lists.fetcher.sources).collect();
    let places = places(&tables, text, file);
    let values = |table: Spanned<toml::Table>| match serde_json::to_value(table.into_inner()) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    };
    Ok(places.into_iter().zip(tables.into_iter().map(values)).collect())
}

fn places(tables: &[Spanned<toml::Table>], text: &str, file: &Arc<str>) -> Vec<Place> {
    let ends = tables.iter().skip(1).map(|t| t.span().start).chain([text.len()]);
    tables.iter().zip(ends).map(|(t, end)| Place::table(file, text, t.span(), end)).collect()
}

/// Says of the sources of a configuration where in its text each is, where the text holds as many.
pub fn locate(sources: &mut [SourceConfig], text: &str, file: &str) {
    let Ok(lists) = toml::from_str::<Lists>(text) else { return };
    if lists.fetcher.sources.len() == sources.len() {
        for (source, place) in sources.iter_mut().zip(places(&lists.fetcher.sources, text, &file.into())) {
            source.place = place;
        }
    }
}

fn json_entries(bytes: &[u8], file: &Arc<str>) -> Result<Vec<Entry>, Wrong> {
    let text = crate::read::decode::decode(bytes, None).text;
    let value: Value = serde_json::from_str(&text).map_err(|e| (Some(e.line()), e.to_string()))?;
    let array = match value {
        Value::Array(array) => Some(array),
        Value::Object(mut object) => match object.remove("sources") {
            Some(Value::Array(array)) => Some(array),
            _ => None,
        },
        _ => None,
    };
    let Some(array) = array else {
        return Err((None, "it holds no array of sources; write [{\"url\": …}, …]".to_owned()));
    };
    let lines = json_lines(&text);
    let mut entries = Vec::with_capacity(array.len());
    for (n, value) in array.into_iter().enumerate() {
        let line = lines.get(n).copied().unwrap_or(1);
        match value {
            Value::Object(values) => entries.push((Place::line(file, line), values)),
            _ => {
                return Err((
                    Some(line),
                    "a source is an object such as {\"url\": \"https://host/feed\"}".to_owned(),
                ));
            }
        }
    }
    Ok(entries)
}

/// The lines at which the elements of the first array that holds objects begin.
fn json_lines(text: &str) -> Vec<usize> {
    let (mut lines, mut line, mut depth, mut array) = (Vec::new(), 1, 0_usize, None);
    let (mut inside, mut escaped) = (false, false);
    for b in text.bytes() {
        match b {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            _ if inside => {}
            b'[' | b'{' => {
                if b == b'[' && array.is_none() {
                    array = Some(depth);
                } else if array == Some(depth.wrapping_sub(1)) {
                    lines.push(line);
                }
                depth += 1;
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                // An array before the one with the objects, such as a list of licences.
                if b == b']' && array == Some(depth) && lines.is_empty() {
                    array = None;
                } else if b == b']' && array == Some(depth) {
                    break;
                }
            }
            _ => {}
        }
    }
    lines
}

/// The id, or the first of `id-2`, `id-3` … that is free.
pub fn free_id(id: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|n| format!("{id}-{n}"));
    std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

/// A language as others write it (`es_ES`, `Spanish`) as a language tag, where it has that shape.
pub fn language(said: Option<&str>) -> Option<String> {
    said.map(|l| l.trim().replace('_', "-")).filter(|l| is_language(l))
}

/// `Europa Press: Nacional` to `europa-press-nacional`; a name without a Latin letter, to the address's host and path.
pub fn slug(name: &str, url: &str) -> String {
    let make = |text: &str| {
        let plain: String = text.to_lowercase().chars().map(plain_letter).take(80).collect();
        plain.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-")
    };
    let of_name = make(name);
    if of_name.is_empty() {
        make(url.trim_start_matches("https://").trim_start_matches("http://"))
    } else {
        of_name
    }
}

fn plain_letter(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    }
}

#[cfg(test)]
mod tests;
