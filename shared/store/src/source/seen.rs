//! What was sent of each source: the entries by their last state, and what was refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row, postgres::PgRow};
use wiredesk_contract::{ItemId, SourceId, Timestamp};

use super::{AltKey, SeenEntry};

/// What is known of these entries of a source: those with these ids, and those with these second keys.
///
/// # Errors
/// sqlx's.
pub async fn seen(
    db: &PgPool,
    source: &SourceId,
    items: &[ItemId],
    alt_keys: &[String],
) -> Result<BTreeMap<ItemId, SeenEntry>, sqlx::Error> {
    // Two index scans; `OR` makes one of the whole source.
    let rows = sqlx::query(
        "SELECT item_id, entry_hash, page_hash, revision, page_due, page_tries, pending, alt_key, alt_site
         FROM seen_entry WHERE source_id = $1 AND item_id = ANY($2::text[])
         UNION ALL
         SELECT item_id, entry_hash, page_hash, revision, page_due, page_tries, pending, alt_key, alt_site
         FROM seen_entry WHERE source_id = $1 AND alt_key = ANY($3::text[]) AND item_id <> ALL($2::text[])",
    )
    .bind(source.as_str())
    .bind(items.iter().map(ItemId::as_str).collect::<Vec<_>>())
    .bind(alt_keys)
    .fetch_all(db)
    .await?;
    rows.iter().map(|r| read_seen(r).map(|s| (s.item_id.clone(), s))).collect()
}

/// Deletes up to `limit` entries that no document has listed since `before`, and says how many. What the last document of a
/// source listed stays, however long ago that was: a feed that answers "unchanged" for years still lists it. Nothing is
/// deleted while another process prunes.
///
/// # Errors
/// sqlx's.
pub async fn prune(db: &PgPool, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mine: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)").bind(PRUNING).fetch_one(&mut *tx).await?;
    if !mine {
        return Ok(0);
    }
    // `last_seen` is as exact as a day.
    let done = sqlx::query(
        "DELETE FROM seen_entry WHERE ctid = ANY(ARRAY(
             SELECT e.ctid FROM seen_entry e JOIN source s ON s.id = e.source_id
             WHERE e.last_seen < $1 AND (NOT s.active OR e.last_seen < s.read_at - interval '2 days')
             LIMIT $2))",
    )
    .bind(before)
    .bind(limit)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}

/// Key of the lock for pruning: "seen" in ASCII.
const PRUNING: i64 = 0x7365_656e;

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
        "SELECT item_id, entry_hash, page_hash, revision, page_due, page_tries, pending, alt_key, alt_site
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
        alt: match (row.try_get("alt_key")?, row.try_get("alt_site")?) {
            (Some(key), Some(site)) => Some(AltKey { key, site }),
            _ => None,
        },
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
