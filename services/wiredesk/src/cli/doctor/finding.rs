//! A finding, and how it is told.

use serde::Serialize;
use serde_json::json;
use wiredesk_runtime::terminal::{Colour, printable};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Grade {
    /// As it should be.
    Well,
    /// It works, and somebody should know.
    Weak,
    /// Something is lost, waits or will be lost.
    Ill,
}

/// What was seen of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Finding {
    /// The part: `postgres`, `bus`, `line` …
    pub about: &'static str,
    pub grade: Grade,
    /// One sentence.
    pub says: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
}

impl Finding {
    pub fn well(about: &'static str, says: impl Into<String>) -> Self {
        Self { about, grade: Grade::Well, says: says.into(), todo: None }
    }

    pub fn weak(about: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, grade: Grade::Weak, says: says.into(), todo: Some(todo.into()) }
    }

    pub fn ill(about: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, grade: Grade::Ill, says: says.into(), todo: Some(todo.into()) }
    }

    /// One line, and what to do in a second.
    pub fn line(&self, colour: Colour) -> String {
        let (code, word) = match self.grade {
            Grade::Well => ("32", "well"),
            Grade::Weak => ("33", "weak"),
            Grade::Ill => ("1;31", "ILL "),
        };
        let todo = self.todo.as_deref().map(|todo| format!("\n{:16}do: {}", "", printable(todo)));
        format!(
            "{}  {:9} {}{}",
            colour.wrap(code, word),
            self.about,
            printable(&self.says),
            todo.unwrap_or_default()
        )
    }
}

/// All of them, as JSON: `{"well": true, "findings": [...]}`; `well` is false where anything is ill.
pub(super) fn report(findings: &[Finding]) -> serde_json::Value {
    let well = findings.iter().all(|finding| finding.grade != Grade::Ill);
    json!({ "well": well, "findings": findings })
}

/// "1 record", "2 records".
pub(super) fn count(n: impl Into<i128>, one: &str) -> String {
    let n = n.into();
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
