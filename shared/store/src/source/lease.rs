//! Leases: which fetcher polls which source now.

use sqlx::{PgPool, Row};
use wiredesk_contract::{SourceId, Timestamp};

use super::Leased;

/// Leases up to `limit` of the sources in `ids` that are due, the longest due first. A source that another fetcher
/// holds is left out until that lease has run out.
///
/// # Errors
/// sqlx's.
pub async fn claim(
    db: &PgPool,
    owner: &str,
    ids: &[&str],
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Leased>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE source SET lease_owner = $1, lease_until = $2
         WHERE id IN (
             SELECT id FROM source
             WHERE active AND NOT paused AND stopped IS NULL AND next_poll <= $3
               AND (lease_until IS NULL OR lease_until < $3) AND id = ANY($5::text[])
             ORDER BY next_poll, id LIMIT $4 FOR UPDATE SKIP LOCKED)
         RETURNING id, etag, last_modified, body_hash, interval_seconds, failures, next_poll",
    )
    .bind(owner)
    .bind(until)
    .bind(now)
    .bind(limit)
    .bind(ids)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|r| {
            Ok(Leased {
                id: SourceId::new(r.try_get::<String, _>("id")?),
                etag: r.try_get("etag")?,
                last_modified: r.try_get("last_modified")?,
                body_hash: r.try_get("body_hash")?,
                interval_seconds: r.try_get("interval_seconds")?,
                failures: r.try_get("failures")?,
                next_poll: r.try_get("next_poll")?,
            })
        })
        .collect()
}

/// Says that `owner` lives.
///
/// # Errors
/// sqlx's.
pub async fn renew(db: &PgPool, owner: &str, until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE source SET lease_until = $2 WHERE lease_owner = $1")
        .bind(owner)
        .bind(until)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives a lease back unused, to be due again at `next_poll`.
///
/// # Errors
/// sqlx's.
pub async fn defer(db: &PgPool, owner: &str, id: &SourceId, next_poll: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE source SET next_poll = $3, lease_owner = NULL, lease_until = NULL WHERE id = $2 AND lease_owner = $1",
    )
    .bind(owner)
    .bind(id.as_str())
    .bind(next_poll)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives all leases of `owner` back: on a graceful stop.
///
/// # Errors
/// sqlx's.
pub async fn release(db: &PgPool, owner: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE source SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1")
        .bind(owner)
        .execute(db)
        .await?;
    Ok(())
}
