//! The list of sources, brought in line with what is configured.

use sqlx::PgPool;
use sqlx::types::Json;
use wiredesk_contract::Timestamp;

use super::Listed;

/// Brings the table in line with the list: new sources are due at once, those that are no longer listed become
/// inactive, and one whose address was edited starts afresh (validators, failures, and whatever stopped it).
///
/// # Errors
/// sqlx's.
pub async fn sync(db: &PgPool, list: &[Listed], now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    // Two fetchers that start together take turns: without a common order their upserts could deadlock.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('wiredesk.source.sync'))").execute(&mut *tx).await?;
    for source in list {
        sqlx::query(
            "INSERT INTO source AS s (id, name, url, config, interval_seconds, next_poll)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, url = excluded.url, config = excluded.config, active = true,
                 interval_seconds = excluded.interval_seconds,
                 etag          = CASE WHEN s.url = excluded.url THEN s.etag END,
                 last_modified = CASE WHEN s.url = excluded.url THEN s.last_modified END,
                 body_hash     = CASE WHEN s.url = excluded.url THEN s.body_hash END,
                 stopped       = CASE WHEN s.url = excluded.url THEN s.stopped END,
                 failures      = CASE WHEN s.url = excluded.url THEN s.failures ELSE 0 END,
                 next_poll     = CASE WHEN s.url = excluded.url AND s.interval_seconds <= excluded.interval_seconds
                                      THEN s.next_poll ELSE LEAST(s.next_poll, excluded.next_poll) END",
        )
        .bind(source.id.as_str())
        .bind(&source.name)
        .bind(&source.url)
        .bind(Json(&source.config))
        .bind(source.interval_seconds)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    }
    let ids: Vec<&str> = list.iter().map(|s| s.id.as_str()).collect();
    sqlx::query("UPDATE source SET active = false WHERE active AND NOT id = ANY($1::text[])")
        .bind(ids)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
