//! What of a document is new: a pure function of the document and of what was sent before.

use std::collections::{BTreeMap, BTreeSet};

use wiredesk_contract::{ItemId, Message, RawItem, SourceId, Timestamp};
use wiredesk_store::source::SeenEntry;

use crate::identity::{item_ids, same_state, state_hash};
use crate::read::Document;
use crate::source::SourceConfig;

/// What a document came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// New and changed entries, the oldest first, each with the hash of its state.
    pub raws: Vec<(RawItem, String)>,
    /// Entries that were there and have not changed.
    pub touched: Vec<ItemId>,
    /// Newest date of an entry that is not in the future.
    pub newest: Option<Timestamp>,
    /// Oldest date of an entry that is not in the future.
    pub oldest: Option<Timestamp>,
}

/// The ids of a document's entries.
pub fn ids(source: &SourceConfig, document: &Document) -> Vec<Option<ItemId>> {
    item_ids(&SourceId::new(&source.id), &document.entries)
}

/// Compares a document with what was sent. An entry that occurs twice counts where it stands first; one without any
/// identity says nothing and is left out.
pub fn changes(
    source: &SourceConfig,
    document: &Document,
    ids: &[Option<ItemId>],
    seen: &BTreeMap<ItemId, SeenEntry>,
    fetched_at: Timestamp,
) -> Changes {
    let mut out = Changes::default();
    let mut here = BTreeSet::new();
    let reference = source.reference();
    let repairs = document.repairs.repairs();
    for (entry, id) in document.entries.iter().zip(ids) {
        let Some(item_id) = id else { continue };
        if !here.insert(item_id.clone()) {
            continue;
        }
        let date = entry.published.or(entry.updated).filter(|d| *d <= fetched_at);
        out.newest = out.newest.max(date);
        out.oldest = out.oldest.into_iter().chain(date).min();
        let before = seen.get(item_id);
        if before.is_some_and(|b| same_state(&b.entry_hash, entry)) {
            out.touched.push(item_id.clone());
            continue;
        }
        let raw = RawItem {
            schema_version: RawItem::VERSION,
            item_id: item_id.clone(),
            revision: before.map_or(1, |b| b.revision.saturating_add(1)),
            source: reference.clone(),
            entry: entry.clone(),
            page: None,
            fetched_at,
            repairs: repairs.clone(),
            partial: document.partial,
        };
        out.raws.push((raw, state_hash(entry)));
    }
    // Feeds put the newest first; what happened first is to be judged first.
    out.raws.reverse();
    out.raws.sort_by_key(|(raw, _)| raw.entry.published.or(raw.entry.updated).unwrap_or(fetched_at));
    out
}
