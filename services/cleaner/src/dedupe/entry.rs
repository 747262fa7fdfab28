//! What the index keeps of a copy.

use serde::{Deserialize, Serialize};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{ContentHash, CopyItem, ItemId, SourceId, Timestamp, Verdict};

use super::signature::bands;
use crate::strip::fingerprint::shingles;

/// The newest version of an item, as the index keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The item.
    pub item_id: ItemId,
    /// The version.
    pub content_hash: ContentHash,
    /// The fetcher's count of the entry's states.
    pub revision: u32,
    /// What the window goes by.
    pub event_time: Timestamp,
    /// The verdict on this version.
    pub verdict: Verdict,
    /// What is kept of the copy itself; empty once it was killed.
    pub stored: StoredEntry,
    /// Hashes of the word shingles, sorted, each once.
    pub(super) shingles: Box<[u64]>,
    /// Keys of the buckets that it is in.
    pub(super) bands: Box<[u64]>,
}

/// The part of an entry that is stored with the verdict, so that the index can be rebuilt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredEntry {
    /// Headline.
    pub title: String,
    /// Body, or the teaser where there is no body.
    pub text: String,
    /// Exact hash of the normalised text.
    pub exact: String,
    /// MinHash signature.
    pub minhash: String,
    /// May it be used?
    pub status: PubStatus,
    /// End of the embargo.
    pub embargoed_until: Option<Timestamp>,
    /// The agency whose own wire it came by.
    pub agency: Option<String>,
    /// The wire.
    pub source: Option<SourceId>,
}

impl StoredEntry {
    /// What is kept of a copy. Of a killed one, nothing that was text.
    pub fn of(copy: &CopyItem) -> Self {
        let killed = copy.pub_status == PubStatus::Canceled;
        let keep = |text: &str| if killed { String::new() } else { text.replace('\0', " ") };
        Self {
            title: keep(&copy.headline),
            text: keep(body(copy)),
            exact: keep(&copy.fingerprint.exact),
            minhash: keep(&copy.fingerprint.minhash),
            status: copy.pub_status,
            embargoed_until: copy.embargoed_until,
            agency: copy.source.agency.clone(),
            source: Some(copy.source.id.clone()),
        }
    }

    /// May others' copies be measured against it at this time? A withheld or killed copy is nobody's original: marking the
    /// only usable copy as its repeat would take the news away from readers.
    pub fn usable_at(&self, now: Timestamp) -> bool {
        match self.status {
            PubStatus::Usable => true,
            PubStatus::Withheld => self.embargoed_until.is_some_and(|end| end <= now),
            PubStatus::Canceled => false,
        }
    }
}

/// The text that repeats are looked for in.
fn body(copy: &CopyItem) -> &str {
    if copy.text.trim().is_empty() { copy.lead.as_deref().unwrap_or_default() } else { &copy.text }
}

impl Entry {
    /// The entry of a copy on which `verdict` was given.
    pub fn of(copy: &CopyItem, verdict: Verdict) -> Self {
        Self::restore(
            (copy.item_id.clone(), copy.content_hash.clone()),
            copy.revision,
            event_time(copy),
            verdict,
            StoredEntry::of(copy),
        )
    }

    /// The entry of a stored row.
    pub fn restore(
        (item_id, content_hash): (ItemId, ContentHash),
        revision: u32,
        event_time: Timestamp,
        verdict: Verdict,
        stored: StoredEntry,
    ) -> Self {
        let mut shingles = shingles(&stored.text);
        shingles.sort_unstable();
        shingles.dedup();
        let bands = bands(&stored.minhash);
        Self {
            item_id,
            content_hash,
            revision,
            event_time,
            verdict,
            stored,
            shingles: shingles.into(),
            bands,
        }
    }

    /// The id of the original that this entry is a repeat of, itself where it is the original.
    pub fn cluster(&self) -> &ItemId {
        &self.verdict.cluster
    }
}

/// The time that the window goes by: a wire's clock may run ahead, but no copy was published after it arrived.
pub(super) fn event_time(copy: &CopyItem) -> Timestamp {
    copy.event_time().min(copy.fetched_at)
}
