//! What the API answers with, beside the messages themselves.

use schemars::JsonSchema;
use serde::Serialize;
use wiredesk_contract::raw::Repair;
use wiredesk_contract::verdict::Change;
use wiredesk_contract::{Item, ItemId, SourceId, Story, Timestamp};
use wiredesk_store::source::State;

/// A page of items, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemList {
    /// The items.
    pub items: Vec<Item>,
    /// Hand it back as `cursor` for the next page; absent on the last.
    pub next: Option<String>,
    /// Nothing has the words of `q`; these items have headlines that are written much like it.
    #[schemars(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub alike: bool,
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
    /// Why it is not ok, in a sentence: the last error, why it is paused or gone, since when it is silent.
    pub error: Option<String>,
    /// Who lists it: `config` (files of the configuration) or `desk` (`wiredesk sources add`).
    pub origin: String,
    /// The form in words, such as `RSS 2.0`.
    pub form: Option<String>,
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
    /// Usual gap between two new items in seconds, once a few came.
    pub usual_gap_seconds: Option<f64>,
    /// Seconds between two polls, as its rhythm and its server's wishes have made them.
    pub poll_seconds: Option<f64>,
    /// Items in its document.
    pub window_items: Option<i32>,
    /// When the last new item arrived.
    pub last_arrival: Option<Timestamp>,
    /// Since when nothing new has come for longer than five of its usual gaps.
    pub silent_since: Option<Timestamp>,
    /// Where a permanent redirect points that is being watched before it is believed.
    pub moved_to: Option<String>,
    /// What was mended in the last document, by kind.
    pub repairs: Vec<Repair>,
}

/// A wire's state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Answers, and its documents can be read.
    Ok,
    /// Not polled yet.
    Waiting,
    /// Answers well, but nothing new has come for longer than five of its usual gaps.
    Silent,
    /// Answers with errors, or its documents cannot be read.
    Failing,
    /// Cannot be reached.
    Unreachable,
    /// The wire says that it is gone for good.
    Gone,
    /// At rest, by an operator or by the fetcher.
    Paused,
}

impl From<State> for SourceState {
    fn from(state: State) -> Self {
        match state {
            State::Ok => Self::Ok,
            State::Waiting => Self::Waiting,
            State::Silent => Self::Silent,
            State::Failing => Self::Failing,
            State::Unreachable => Self::Unreachable,
            State::Paused => Self::Paused,
            State::Gone => Self::Gone,
        }
    }
}

impl SourceState {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Waiting => "waiting",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Gone => "gone",
            Self::Paused => "paused",
        }
    }

    /// Does the wire answer, whether or not it has news?
    pub fn answers(self) -> bool {
        matches!(self, Self::Ok | Self::Silent)
    }
}

/// Whether a source rests, after an admin's request.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SourceRest {
    /// The operator's slug.
    pub id: SourceId,
    /// Does it rest?
    pub paused: bool,
    /// Why, as `GET /v1/sources` shows it.
    pub reason: Option<String>,
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
