//! The form of the copy files under `copy/`.

use serde::Deserialize;
use wiredesk_contract::status::CopyKind;
use wiredesk_contract::{Change, Relation};

/// One file: the copy of one wire.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyFile {
    /// In the order of release.
    pub item: Vec<Dispatch>,
}

/// One dispatch as it is first released.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dispatch {
    /// Its name within the wire; part of the address.
    pub slug: String,
    /// Section and category.
    pub section: String,
    /// Headline, without marks.
    pub title: String,
    /// Printed before the headline, such as `URGENT - `.
    pub mark: Option<String>,
    /// Teaser; the first paragraph where absent.
    pub teaser: Option<String>,
    /// Place of the dateline; no dateline where absent.
    pub place: Option<String>,
    /// Dateline where it differs from the wire's own form.
    pub dateline: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// Line above the text. `{embargo}` becomes the end of the embargo.
    pub top: Option<String>,
    /// Line below the text: `(HABRÁ AMPLIACIÓN)`, `(Reporting by …)`.
    pub end: Option<String>,
    /// Sort of copy.
    pub kind: CopyKind,
    /// Under embargo when it is released.
    pub embargo: bool,
    /// More is announced.
    pub developing: bool,
    /// Items of one story share a label.
    pub story: Option<String>,
    /// Items of one templated series share a name.
    pub template: Option<String>,
    /// Published so many hours before second 0.
    pub hours_ago: Option<u32>,
    /// Second of release; by the wire's rhythm where absent.
    pub at: Option<i64>,
    /// Has a photograph.
    pub photo: bool,
    /// The text, paragraphs apart by an empty line. With `copy_of`, what is added to the original's.
    pub body: String,
    /// The dispatch that this one repeats.
    pub copy_of: Option<CopyOf>,
    /// What the clean text must contain besides what is chosen by rule.
    pub contains: Vec<String>,
    /// Later versions.
    pub version: Vec<Version>,
}

/// How a dispatch repeats another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    /// `wire id/slug`.
    pub item: String,
    /// How many paragraphs are taken over, from the first; all where absent.
    pub paragraphs: Option<usize>,
    /// What it may be called: the first is the best name.
    pub relations: Vec<Relation>,
}

/// A later version of a dispatch: what is absent stays as it was.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Seconds after the first release; at least 40.
    pub after: i64,
    /// What it is to the version before.
    pub change: Change,
    /// New headline.
    pub title: Option<String>,
    /// New mark.
    pub mark: Option<String>,
    /// New line above the text.
    pub top: Option<String>,
    /// New line below the text.
    pub end: Option<String>,
    /// New text.
    pub body: Option<String>,
    /// Words to replace in the text: pairs of old and new.
    #[serde(default)]
    pub replace: Vec<(String, String)>,
    /// Paragraphs to add at the end.
    pub append: Option<String>,
    /// What the clean text must contain besides what is chosen by rule.
    #[serde(default)]
    pub contains: Vec<String>,
    /// What it must no longer contain.
    #[serde(default)]
    pub lacks: Vec<String>,
}

/// Paragraphs of a body; line breaks within a paragraph are spaces.
pub(crate) fn paragraphs(body: &str) -> Vec<String> {
    body.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}
