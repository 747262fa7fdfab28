//! The two errors of the module: each is one sentence that an operator can act on.

use std::{fmt, path::Path};

/// Why a folder could not be used as a classifier: one sentence with the file and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError(String);

/// Why a text could not be classified, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError(String);

impl LoadError {
    /// The file at fault, what is wrong with it and what the operator can do.
    pub(super) fn new(file: &Path, wrong: impl fmt::Display, remedy: &str) -> Self {
        Self(sentence(&format!("{}: {wrong}; {remedy}", file.display())))
    }
}

impl RunError {
    pub(super) fn new(wrong: impl fmt::Display) -> Self {
        Self(sentence(&wrong.to_string()))
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}
impl std::error::Error for RunError {}

/// Messages of libraries may hold line breaks, which would tear a log line in two.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
