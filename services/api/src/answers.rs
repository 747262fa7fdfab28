//! What the API answers with, beside the messages themselves.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use wiredesk_contract::raw::Repair;
use wiredesk_contract::verdict::Change;
use wiredesk_contract::{DeadId, DeadLetter, Item, ItemId, SourceId, Story, Timestamp};
use wiredesk_store::source::State;

/// A page of items, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemList {
    /// The items.
    pub items: Vec<Item>,
    /// Hand it back as `cursor` for the next page; absent on the last. With `q` a page may be short, or empty, and not be the last.
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

/// What one version of an item changed of another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Difference {
    /// The item.
    pub item_id: ItemId,
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// What the version after is to the one before it.
    pub change: Change,
    /// BCP 47.
    pub language: String,
    /// The headline.
    pub headline: Vec<Piece>,
    /// The first paragraph.
    pub lead: Vec<Piece>,
    /// The body, where the source's rights are `full_text`.
    pub body: Vec<Piece>,
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Piece {
    /// In which version.
    pub sort: PieceSort,
    /// The words; a line break ends a paragraph.
    pub text: String,
}

/// In which version some words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PieceSort {
    /// In both.
    Same,
    /// In the version after alone.
    Added,
    /// In the version before alone.
    Removed,
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

    /// Is the wire polled no more, until somebody resumes it?
    pub fn rests(self) -> bool {
        matches!(self, Self::Paused | Self::Gone)
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

/// How the line is doing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pipeline {
    /// When it was looked.
    pub at: Timestamp,
    /// `kafka` or `postgres`.
    pub bus: String,
    /// The stages that read a topic, in the order of an item's way.
    pub stages: Vec<StageLine>,
    /// What waits to be published.
    pub outbox: OutboxLine,
    /// Versions that the ledger wrote in the last hour.
    pub versions_last_hour: i64,
    /// Seconds from the fetch of an item to the ledger, first versions of the last hour: half of them were faster.
    pub p50_seconds: Option<f64>,
    /// The same: nineteen of twenty were faster.
    pub p95_seconds: Option<f64>,
    /// Dead letters that nobody has dealt with, of the newest 10,000.
    pub dead_letters: usize,
}

/// A stage and its input.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StageLine {
    /// `strip`, `dedupe`, `processor`, `stories`.
    pub stage: String,
    /// What it reads.
    pub topic: String,
    /// Records that it has not taken yet.
    pub waiting: i64,
    /// Records that the topic dropped before it read them: lost.
    pub missed: i64,
}

/// What waits to be published.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutboxLine {
    /// Versions on their way to the topics.
    pub rows: u64,
    /// Rows that are larger than their topic takes.
    pub parked: u64,
    /// Age of the oldest row on its way, in seconds.
    pub oldest_seconds: i64,
}

/// Figures of the last 24 hours.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Figures {
    /// Every hour, oldest first, the running one last.
    pub hours: Vec<HourLine>,
    /// The wires that sent most.
    pub sources: Vec<CountLine>,
    /// The topics of the items that are no repeats, most first.
    pub topics: Vec<CountLine>,
    /// Items by language, most first.
    pub languages: Vec<CountLine>,
}

/// One hour.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HourLine {
    /// Its beginning.
    pub hour: Timestamp,
    /// Items whose newest version was written in it.
    pub items: i64,
    /// Those of them that repeat another.
    pub repeats: i64,
    /// Seconds from the fetch of a first version to the ledger: half of those of this hour were faster. Null where there was none.
    pub p50_seconds: Option<f64>,
    /// Nineteen of twenty were.
    pub p95_seconds: Option<f64>,
}

/// Something that is counted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CountLine {
    /// Its id: of a source, a language, or the code of a topic.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Items.
    pub items: i64,
}

/// Entities.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntityList {
    /// Those named most first, or with `q` those whose names are likest.
    pub entities: Vec<EntityLine>,
}

/// A person, an organisation or a place with a count.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityLine {
    /// Id; `entity` of `GET /v1/items` takes it.
    pub id: String,
    /// `PER`, `ORG`, `LOC`, `MISC`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Items that name it; counted up to 10,000.
    pub items: i64,
}

/// All that is known of an entity.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntityDetail {
    /// Itself; where the id that was asked for was merged, what it turned out to be.
    #[serde(flatten)]
    pub entity: EntityLine,
    /// How it is written.
    pub names: Vec<EntityName>,
    /// Ids that turned out to be this one.
    pub merged: Vec<String>,
    /// Its items by day of their first version, the last 30 days; days without are left out. Of more than 2,000 items only so many are
    /// looked at.
    pub days: Vec<DayLine>,
    /// Who else its newest 300 items name, most often first; of more than 1,000 items, the newest of so many.
    pub beside: Vec<EntityLine>,
}

/// How an entity is written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntityName {
    /// BCP 47; empty where it is not known.
    pub language: String,
    /// The name.
    pub name: String,
}

/// Items of a day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DayLine {
    /// The day, UTC.
    pub day: NaiveDate,
    /// Items.
    pub items: i64,
}

/// What the cleaner did to a version.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Cleaning {
    /// The item.
    pub item_id: ItemId,
    /// The version.
    pub version: u32,
    /// What was taken out, in its order.
    pub removed: Vec<Passage>,
    /// What was mended to read it.
    pub repairs: Vec<Repair>,
    /// Version of the source's memory of repeated lines that it was stripped with.
    pub memory_version: Option<u32>,
    /// The feed's document ended early.
    pub partial: bool,
}

/// A passage that was taken out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Passage {
    /// The passage, cut to 200 characters; absent for a wire that lends no full text.
    pub text: Option<String>,
    /// A short stable name, such as `dateline`, `share_row`, `repeated_on_source`.
    pub reason: String,
}

/// A page of dead letters, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeadList {
    /// The letters, without their payloads.
    pub letters: Vec<DeadLine>,
    /// Hand it back as `cursor` for the next page; absent on the last.
    pub next: Option<String>,
}

/// A dead letter without its payload.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeadLine {
    /// Id.
    pub dead_id: DeadId,
    /// When it was refused.
    pub at: Timestamp,
    /// The stage that refused it.
    pub stage: String,
    /// A short stable name, such as `not_json`.
    pub reason: String,
    /// One sentence.
    pub explanation: String,
    /// The topic where the record was, ...
    pub topic: String,
    /// ... its partition (-1 for a document of a wire), ...
    pub partition: i32,
    /// ... and its offset.
    pub offset: i64,
    /// The record's key.
    pub key: String,
    /// What was done with it; nothing where nobody has dealt with it.
    pub settled: Option<DeadSettled>,
}

/// What was done with a dead letter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeadSettled {
    /// `asked` (it will be sent again), `retried` (it was), `failed` (it could not be), `dropped`.
    pub action: String,
    /// Why.
    pub reason: String,
}

/// A dead letter whole.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeadDetail {
    /// The letter; its payload is base64.
    pub letter: DeadLetter,
    /// What was done with it; nothing where nobody has dealt with it.
    pub settled: Option<DeadSettled>,
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
