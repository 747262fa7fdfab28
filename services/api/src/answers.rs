//! What the API answers with, beside the messages themselves.

use schemars::JsonSchema;
use serde::Serialize;
use wiredesk_contract::verdict::Change;
use wiredesk_contract::{Item, ItemId, SourceId, Story, Timestamp};

/// A page of items, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemList {
    /// The items.
    pub items: Vec<Item>,
    /// Hand it back as `cursor` for the next page; absent on the last.
    pub next: Option<String>,
}

/// One item with its history.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemDetail {
    /// The newest version.
    pub item: Item,
    /// All versions, oldest first.
    pub versions: Vec<VersionSummary>,
    /// Items that repeat this one.
    pub repeated_by: Vec<ItemId>,
}

/// One version of an item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionSummary {
    /// 1 for the first.
    pub version: u32,
    /// What it is to the version before.
    pub change: Change,
    /// When it was written to the ledger.
    #[serde(rename = "versionCreated")]
    pub version_created: Timestamp,
    /// The version as it was published; killed versions are blank.
    pub item: Item,
}

/// A page of stories, the one with the newest item first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StoryList {
    /// The stories.
    pub stories: Vec<Story>,
    /// Hand it back as `cursor` for the next page; absent on the last.
    pub next: Option<String>,
}

/// All sources.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SourceList {
    /// The sources, by name.
    pub sources: Vec<SourceHealth>,
}

/// How a wire is doing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SourceHealth {
    /// The operator's slug.
    pub id: SourceId,
    /// Name.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// BCP 47, as configured.
    pub language: Option<String>,
    /// In one word.
    pub state: SourceState,
    /// The last error, in a sentence.
    pub error: Option<String>,
    /// HTTP status of the last poll.
    pub last_status: Option<i32>,
    /// Last poll that was answered.
    pub last_ok: Option<Timestamp>,
    /// Last poll.
    pub last_poll: Option<Timestamp>,
    /// Next poll.
    pub next_poll: Option<Timestamp>,
    /// Publication time of the newest entry seen.
    pub newest_item: Option<Timestamp>,
    /// Entries seen so far.
    pub items_seen: i64,
    /// Failed polls since the last good one.
    pub failures: i32,
}

/// A wire's state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Answers, and its documents can be read.
    Ok,
    /// Not polled yet.
    Waiting,
    /// Answers with errors, or its documents cannot be read.
    Failing,
    /// Cannot be reached.
    Unreachable,
    /// The wire says that it is gone for good.
    Gone,
    /// Stopped by the operator.
    Paused,
}

impl SourceState {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Waiting => "waiting",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Gone => "gone",
            Self::Paused => "paused",
        }
    }
}

/// An error (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// `about:blank`.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// One sentence, with what to do next.
    pub detail: String,
}
