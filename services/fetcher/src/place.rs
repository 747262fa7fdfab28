//! Where a source is listed: the file, and the line of each of its keys, for errors that can be acted upon.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where a source is listed. The default is the configuration as a whole: an environment variable, a flag, or code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    file: Option<Arc<str>>,
    /// From 1; 0 is unknown.
    line: usize,
    keys: BTreeMap<String, usize>,
}

impl Place {
    /// A place in a file, by line, from 1.
    pub fn line(file: &Arc<str>, line: usize) -> Self {
        Self { file: Some(file.clone()), line, keys: BTreeMap::new() }
    }

    /// The table that begins at `span.start` in a TOML text and ends before `end`.
    pub(crate) fn table(file: &Arc<str>, text: &str, span: Range<usize>, end: usize) -> Self {
        let start = span.start.min(text.len());
        let line = line_at(text, start);
        let mut keys = BTreeMap::new();
        for (n, row) in text.get(start..end.min(text.len())).unwrap_or_default().lines().enumerate() {
            if let Some((key, _)) = row.split_once('=') {
                keys.entry(key.trim().trim_matches('"').to_owned()).or_insert(line + n);
            }
        }
        Self { file: Some(file.clone()), line, keys }
    }

    /// The place of one key, where it has a line of its own.
    pub fn of(&self, key: &str) -> String {
        match self.keys.get(key) {
            Some(line) => Self { file: self.file.clone(), line: *line, keys: BTreeMap::new() }.to_string(),
            None => self.to_string(),
        }
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (None, _) => f.write_str("configuration"),
            (Some(file), 0) => f.write_str(file),
            (Some(file), line) => write!(f, "{file}, line {line}"),
        }
    }
}

/// The line of a byte, from 1.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_own_line() {
        let text = "# wires\n[[sources]]\nid = \"a\"\n  \"url\" = \"x?a=b\"\n";
        let place = Place::table(&"wires.toml".into(), text, 8..19, text.len());
        assert_eq!(place.to_string(), "wires.toml, line 2");
        assert_eq!(place.of("id"), "wires.toml, line 3");
        assert_eq!(place.of("url"), "wires.toml, line 4");
        assert_eq!(place.of("time_zone"), "wires.toml, line 2");
        assert_eq!(Place::default().of("url"), "configuration");
    }
}
