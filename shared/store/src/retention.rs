//! Retention: what a source's licence or the law lets nobody keep for longer. An item that is past it keeps its id, its source and its
//! times, so that a wire that still lists it does not bring it back, and loses every word.

use sqlx::{PgPool, Row};
use wiredesk_contract::{ItemId, Timestamp};

use crate::ledger::LedgerError;

/// Less is not kept: the topics still have the items for seven days, and a relay or a processor may be behind.
pub const LEAST_DAYS: u32 = 8;
/// More counts as this, some 270 years: Postgres has no calendar for four thousand million days.
const MOST_DAYS: u32 = 100_000;

/// Takes the words from up to `most` items that are past their retention: `retention_days` of their source, else `days` (0: for ever).
/// An item that still waits in the outbox is left for later. Answers which items it were.
///
/// # Errors
/// sqlx's.
pub async fn expire(db: &PgPool, days: u32, most: u32, now: Timestamp) -> Result<Vec<ItemId>, LedgerError> {
    let mut tx = db.begin().await?;
    let rows = sqlx::query(
        "WITH kept AS (
             SELECT s.id, greatest(least((s.config ->> 'retention_days')::numeric, $5)::int, $3) AS days FROM source s
             WHERE jsonb_typeof(s.config -> 'retention_days') = 'number' AND (s.config ->> 'retention_days')::numeric > 0
         ), due AS (
             SELECT i.item_id FROM kept, item i
             WHERE i.source_id = kept.id AND i.pub_status <> 'canceled' AND i.version_created < $1 - make_interval(days => kept.days)
             UNION ALL
             SELECT i.item_id FROM item i
             WHERE $2 > 0 AND i.pub_status <> 'canceled' AND i.version_created < $1 - make_interval(days => greatest($2, $3))
               AND NOT EXISTS (SELECT FROM kept WHERE kept.id = i.source_id)
         )
         SELECT item_id, version FROM item i
         WHERE item_id IN (SELECT item_id FROM due LIMIT $4)
           AND NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'item' AND o.key = i.item_id)
         ORDER BY item_id FOR UPDATE SKIP LOCKED",
    )
    .bind(now)
    .bind(days.min(MOST_DAYS).cast_signed())
    .bind(LEAST_DAYS.cast_signed())
    .bind(i64::from(most.max(1)))
    .bind(MOST_DAYS.cast_signed())
    .fetch_all(&mut *tx)
    .await?;
    let ids = rows.iter().map(|row| row.try_get::<String, _>("item_id")).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    crate::ledger::forget_words(&mut tx, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    sqlx::query(
        "INSERT INTO status_audit (item_id, version, action, actor, reason, at)
         SELECT i.item_id, i.version, 'expired', 'wiredesk',
                format('written %s, past the retention of %s', i.version_created::date, i.source_id), $2
         FROM item i WHERE i.item_id = ANY($1)",
    )
    .bind(&ids)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    // A story that has no item left goes too: its title is the headline of one.
    let stories: Vec<String> = sqlx::query_scalar(
        "WITH left_them AS (
             UPDATE story_item i SET story_id = NULL, features = NULL FROM story_item was
             WHERE i.item_id = ANY($1) AND was.item_id = i.item_id RETURNING was.story_id
         ) SELECT DISTINCT story_id FROM left_them WHERE story_id IS NOT NULL",
    )
    .bind(&ids)
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query(
        "DELETE FROM story s WHERE story_id = ANY($1)
           AND NOT EXISTS (SELECT FROM story_item i WHERE i.story_id = s.story_id)",
    )
    .bind(&stories)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(ids.into_iter().map(ItemId::new).collect())
}
