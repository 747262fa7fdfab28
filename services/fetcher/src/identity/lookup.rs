//! The store's part of identity.

use std::collections::BTreeMap;

use sqlx::PgPool;
use wiredesk_contract::raw::FeedEntry;
use wiredesk_contract::{ItemId, SourceId};
use wiredesk_store::source::{SeenEntry, seen};

use super::{item_ids, second_key, settle};

/// The ids of a document's entries, in order (None for one without identity), and what is known of them.
///
/// # Errors
/// sqlx's.
pub async fn known(
    db: &PgPool,
    source: &SourceId,
    entries: &[FeedEntry],
) -> Result<(Vec<Option<ItemId>>, BTreeMap<ItemId, SeenEntry>), sqlx::Error> {
    let ids = item_ids(source, entries);
    let first: Vec<ItemId> = ids.iter().flatten().cloned().collect();
    let second: Vec<String> = entries.iter().filter_map(second_key).map(|a| a.key).collect();
    let seen = seen(db, source, &first, &second).await?;
    Ok((settle(entries, ids, &seen), seen))
}
