//! The manifest: what must come out of the pipeline when it reads the sample wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{Change, ItemId, Relation, SourceId, Timestamp};

use crate::error::SampleError;
use crate::expect;
use crate::plan::Plan;
use crate::settings::Settings;

/// Everything that is expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What it was computed from.
    pub settings: Settings,
    /// Every item, wire by wire, in order of release.
    pub items: Vec<ExpectedItem>,
    /// What cannot be read.
    pub dead_letters: Vec<ExpectedDeadLetter>,
    /// What is read after a repair.
    pub repairs: Vec<ExpectedRepair>,
    /// Wires that answer 410.
    pub gone: Vec<SourceId>,
    /// Wires whose address answers with something that is no feed.
    pub not_feeds: Vec<SourceId>,
    /// Second by which everything is out.
    pub ends_at: i64,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedItem {
    /// The wire.
    pub source: SourceId,
    /// Its name within the wire, for people.
    pub slug: String,
    /// Identity as it stands in the feed, trimmed; absent where the feed gives none.
    pub guid: Option<String>,
    /// Link as it stands in the feed, trimmed.
    pub link: String,
    /// Derived from the source and the guid, else the link.
    pub item_id: ItemId,
    /// BCP 47.
    pub language: String,
    /// When the feed says that it was published.
    pub published: Timestamp,
    /// Sort of copy.
    pub kind: CopyKind,
    /// The dateline, where it has one.
    pub dateline: Option<ExpectedDateline>,
    /// In the order of release.
    pub versions: Vec<ExpectedVersion>,
    /// Item that it repeats.
    pub duplicate_of: Option<ItemId>,
    /// What it may be called with regard to `duplicate_of`; the best name first.
    pub relations: Vec<Relation>,
    /// Items of the same template that must not be taken for duplicates.
    pub template_siblings: Vec<ItemId>,
    /// Items with the same label share a story, items with different labels do not; nothing is said of items without.
    pub story: Option<String>,
}

/// A dateline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedDateline {
    /// As printed.
    pub raw: String,
    /// Place as printed.
    pub place: String,
    /// Agency by name.
    pub agency: Option<String>,
    /// The date, in the wire's zone, where the agency prints one.
    pub date: Option<NaiveDate>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedVersion {
    /// Second of release.
    pub at: i64,
    /// What it is to the version before.
    pub change: Change,
    /// May it be used?
    pub pub_status: PubStatus,
    /// End of the embargo.
    pub embargoed_until: Option<Timestamp>,
    /// The wire does not send it: the ledger releases it when the embargo ends.
    pub by_ledger: bool,
    /// Headline without marks.
    pub headline: String,
    /// More is announced.
    pub developing: bool,
    /// Phrases that the clean text must contain, where the text may be published.
    pub body_contains: Vec<String>,
    /// Phrases that the clean text must not contain.
    pub body_lacks: Vec<String>,
}

/// Something that cannot be read: one dead letter, however often it is polled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedDeadLetter {
    /// The wire.
    pub source: SourceId,
    /// The reason that the dead letter gives, such as `broken_entry`.
    pub reason: String,
}

/// Something that is read after a repair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedRepair {
    /// The wire.
    pub source: SourceId,
    /// Name of the repair.
    pub kind: String,
}

/// The manifest for these settings. Fails only where the bundled copy cannot be read.
pub fn manifest(settings: &Settings) -> Result<Manifest, SampleError> {
    Plan::new(settings).map(|plan| expect::of(&plan))
}

impl Manifest {
    /// What must be out at `second`: every item with its versions up to then.
    pub fn as_of(&self, second: i64) -> Vec<ExpectedItem> {
        self.items
            .iter()
            .filter_map(|item| {
                let mut item = item.clone();
                item.versions.retain(|version| version.at <= second);
                (!item.versions.is_empty()).then_some(item)
            })
            .collect()
    }

    /// Every second at which a wire sends something, in order: a manual clock that stops at each misses nothing.
    pub fn steps(&self) -> Vec<i64> {
        let mut steps: Vec<i64> = self
            .items
            .iter()
            .flat_map(|item| &item.versions)
            .filter(|version| !version.by_ledger)
            .map(|version| version.at)
            .collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}
