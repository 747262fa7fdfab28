//! Copies for the tests of dedupe.

use serde_json::json;
use wiredesk_cleaner::strip::fingerprint::fingerprint;
use wiredesk_contract::{CopyItem, ItemId, SourceId, Timestamp};

/// A copy as the strip stage would send it.
pub fn copy(item: &str, source: &str, language: &str, at: Timestamp, headline: &str, text: &str) -> CopyItem {
    let copy = serde_json::from_value(json!({
        "schema_version": 1, "item_id": ItemId::derive(&SourceId::new("test"), item), "revision": 1, "content_hash": "",
        "source": {"id": source, "name": source}, "headline": headline, "text": text, "urgency": 5,
        "language": language, "language_confidence": 1.0, "published": at, "fetched_at": at,
        "fingerprint": fingerprint(text),
    }));
    version(copy.expect("the fields of a copy"), 1)
}

/// The copy as this state of its entry, with the hash of what it says now.
pub fn version(mut copy: CopyItem, revision: u32) -> CopyItem {
    copy.revision = revision;
    copy.content_hash = copy.hash();
    copy
}
