//! What was sent of each source: the entries by their last state, and what was refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row, postgres::PgRow};
use wiredesk_contract::{ItemId, SourceId, Timestamp};

use super::SeenEntry;

/// What is known of these entries of a source.
///
/// # Errors
/// sqlx's.
pub async fn seen(
    db: &PgPool,
    source: &SourceId,
    items: &[ItemId],
) -> Result<BTreeMap<ItemId, SeenEntry>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT item_id, entry_hash, page_hash, revision, page_due, page_tries, pending
         FROM seen_entry WHERE source_id = $1 AND item_id = ANY($2::text[])",
    )
    .bind(source.as_str())
    .bind(items.iter().map(ItemId::as_str).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    rows.iter().map(|r| read_seen(r).map(|s| (s.item_id.clone(), s))).collect()
}

/// The entries of a source whose page is due, the longest due first.
///
/// # Errors
/// sqlx's.
pub async fn pages_due(
    db: &PgPool,
    source: &SourceId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<SeenEntry>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT item_id, entry_hash, page_hash, revision, page_due, page_tries, pending
         FROM seen_entry WHERE source_id = $1 AND page_due <= $2 ORDER BY page_due, item_id LIMIT $3",
    )
    .bind(source.as_str())
    .bind(now)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read_seen).collect()
}

fn read_seen(row: &PgRow) -> Result<SeenEntry, sqlx::Error> {
    Ok(SeenEntry {
        item_id: ItemId::new(row.try_get::<String, _>("item_id")?),
        entry_hash: row.try_get("entry_hash")?,
        page_hash: row.try_get("page_hash")?,
        revision: u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX),
        page_due: row.try_get("page_due")?,
        page_tries: row.try_get("page_tries")?,
        pending: row.try_get::<Option<Json<Value>>, _>("pending")?.map(|j| j.0),
    })
}

/// Which of these hashes were refused before.
///
/// # Errors
/// sqlx's.
pub async fn refused_before(
    db: &PgPool,
    source: &SourceId,
    hashes: &[String],
) -> Result<BTreeSet<String>, sqlx::Error> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT content_hash FROM refused WHERE source_id = $1 AND content_hash = ANY($2::text[])",
    )
    .bind(source.as_str())
    .bind(hashes)
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().collect())
}
