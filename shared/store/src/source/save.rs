//! What a poll came to, saved in one transaction.

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use wiredesk_contract::{ItemId, SourceId, Timestamp};

use super::{Found, Polled};

/// Saves what a poll came to and gives the lease back, in one transaction. False where the lease was lost meanwhile:
/// then nothing is saved, and whoever holds it now sends the same again.
///
/// # Errors
/// sqlx's.
pub async fn save(db: &PgPool, owner: &str, polled: &Polled) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let changed = i64::try_from(polled.found.seen.len()).unwrap_or(i64::MAX);
    let validators = polled.validators.clone().unwrap_or_default();
    let done = sqlx::query(
        "UPDATE source SET
             last_poll = $3, last_status = $4, last_error = $5, failures = $6, next_poll = $7,
             stopped = COALESCE($8, stopped), last_ok = CASE WHEN $5 IS NULL THEN $3 ELSE last_ok END,
             etag = CASE WHEN $9 THEN $10 ELSE etag END,
             last_modified = CASE WHEN $9 THEN $11 ELSE last_modified END,
             body_hash = CASE WHEN $9 THEN $12 ELSE body_hash END,
             newest_item = GREATEST(newest_item, $13), items_seen = items_seen + $14,
             partial = COALESCE($15, partial), lease_owner = NULL, lease_until = NULL
         WHERE id = $1 AND lease_owner = $2",
    )
    .bind(polled.id.as_str())
    .bind(owner)
    .bind(polled.at)
    .bind(polled.status.map(i32::from))
    .bind(polled.error.as_deref())
    .bind(polled.failures)
    .bind(polled.next_poll)
    .bind(polled.stopped.as_deref())
    .bind(polled.validators.is_some())
    .bind(validators.etag)
    .bind(validators.last_modified)
    .bind(validators.body_hash)
    .bind(polled.found.newest_item)
    .bind(changed)
    .bind(polled.found.partial)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    keep(&mut tx, &polled.id, polled.at, &polled.found).await?;
    tx.commit().await?;
    Ok(true)
}

/// Saves what a document that was pushed came to, after the bus has acknowledged it. No lease is asked for: a push does
/// not touch what a poll decides on. False where the source is not in the table: then nothing is saved.
///
/// # Errors
/// sqlx's.
pub async fn save_pushed(
    db: &PgPool,
    id: &SourceId,
    at: Timestamp,
    arrived: bool,
    found: &Found,
) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let done = sqlx::query(
        "UPDATE source SET newest_item = GREATEST(newest_item, $3), items_seen = items_seen + $4,
             partial = COALESCE($5, partial), form = COALESCE($6, form), repairs = COALESCE($7, repairs),
             last_arrival = CASE WHEN $8 THEN GREATEST(last_arrival, $2) ELSE last_arrival END,
             silent_since = CASE WHEN $8 THEN NULL ELSE silent_since END
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(at)
    .bind(found.newest_item)
    .bind(i64::try_from(found.seen.len()).unwrap_or(i64::MAX))
    .bind(found.partial)
    .bind(found.form.as_deref())
    .bind(found.repairs.as_ref().map(Json))
    .bind(arrived)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    keep(&mut tx, id, at, found).await?;
    tx.commit().await?;
    Ok(true)
}

/// Entries that were sent, and what was refused.
async fn keep(
    connection: &mut PgConnection,
    id: &SourceId,
    at: Timestamp,
    found: &Found,
) -> Result<(), sqlx::Error> {
    // 500 rows of 9 values stay far below Postgres' 65,535 parameters.
    for rows in found.seen.chunks(500) {
        let mut insert = QueryBuilder::<Postgres>::new(
            "INSERT INTO seen_entry (source_id, item_id, entry_hash, page_hash, revision, first_seen, last_seen,
                                     page_due, page_tries, pending) ",
        );
        insert.push_values(rows, |mut row, seen| {
            row.push_bind(id.as_str())
                .push_bind(seen.item_id.as_str())
                .push_bind(&seen.entry_hash)
                .push_bind(seen.page_hash.as_deref())
                .push_bind(i64::from(seen.revision))
                .push_bind(at)
                .push_bind(at)
                .push_bind(seen.page_due)
                .push_bind(seen.page_tries)
                .push_bind(seen.pending.as_ref().map(Json));
        });
        insert.push(
            " ON CONFLICT (source_id, item_id) DO UPDATE SET entry_hash = excluded.entry_hash,
                  page_hash = excluded.page_hash, revision = excluded.revision, last_seen = excluded.last_seen,
                  page_due = excluded.page_due, page_tries = excluded.page_tries, pending = excluded.pending",
        );
        insert.build().execute(&mut *connection).await?;
    }
    if !found.touched.is_empty() {
        sqlx::query(
            "UPDATE seen_entry SET last_seen = $3 WHERE source_id = $1 AND item_id = ANY($2::text[])",
        )
        .bind(id.as_str())
        .bind(found.touched.iter().map(ItemId::as_str).collect::<Vec<_>>())
        .bind(at)
        .execute(&mut *connection)
        .await?;
    }
    for refused in &found.refused {
        sqlx::query(
            "INSERT INTO refused (source_id, content_hash, reason, first_seen) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.as_str())
        .bind(&refused.content_hash)
        .bind(&refused.reason)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
