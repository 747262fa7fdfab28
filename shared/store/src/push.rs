//! Tables `websub_subscription` and `folder_lease`: what comes by itself.

mod subscription;

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::{SourceId, Timestamp};

pub use subscription::{
    Offer, Standing, Subscription, asked, by_token, denied, due, forged, left, missed, of_source, offered,
    pushed, relied_on, retire, verified,
};

/// Takes or keeps the lease of a folder for `owner`; false where another fetcher holds it, or the source is paused,
/// stopped or no longer listed.
///
/// # Errors
/// sqlx's.
pub async fn lease_folder(
    db: &PgPool,
    source: &SourceId,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO folder_lease AS f (source_id, lease_owner, lease_until)
         SELECT id, $2, $4 FROM source WHERE id = $1 AND active AND NOT paused AND stopped IS NULL
         ON CONFLICT (source_id) DO UPDATE SET lease_owner = $2, lease_until = $4
         WHERE f.lease_owner = $2 OR f.lease_until < $3",
    )
    .bind(source.as_str())
    .bind(owner)
    .bind(now)
    .bind(until)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives all folders of `owner` back: on a graceful stop.
///
/// # Errors
/// sqlx's.
pub async fn release_folders(db: &PgPool, owner: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM folder_lease WHERE lease_owner = $1").bind(owner).execute(db).await?;
    Ok(())
}

/// How a source that sends by itself is doing: `error` in words, or that all is well; written where it is news, or a
/// minute after the last time. True where the words are others than before, so that they are logged once.
///
/// # Errors
/// sqlx's.
pub async fn note(
    db: &PgPool,
    source: &SourceId,
    error: Option<&str>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let news: Option<bool> = sqlx::query_scalar(
        "UPDATE source s SET last_poll = $3, last_error = $2,
             failures = CASE WHEN $2 IS NULL THEN 0 ELSE s.failures + 1 END,
             last_ok  = CASE WHEN $2 IS NULL THEN $3 ELSE s.last_ok END
         FROM (SELECT id, last_error FROM source WHERE id = $1) AS before
         WHERE s.id = before.id AND (s.last_error IS DISTINCT FROM $2 OR s.last_poll IS NULL
                                     OR s.last_poll < $3 - interval '1 minute')
         RETURNING before.last_error IS DISTINCT FROM $2",
    )
    .bind(source.as_str())
    .bind(error)
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(news.unwrap_or(false))
}

/// Has an operator paused the source?
///
/// # Errors
/// sqlx's.
pub async fn is_paused(db: &PgPool, source: &SourceId) -> Result<bool, sqlx::Error> {
    let found: Option<bool> = sqlx::query_scalar("SELECT paused FROM source WHERE id = $1")
        .bind(source.as_str())
        .fetch_optional(db)
        .await?;
    Ok(found.unwrap_or(false))
}

/// The address and the configuration of an active source, as the table has them.
///
/// # Errors
/// sqlx's.
pub async fn configured(db: &PgPool, source: &SourceId) -> Result<Option<(String, Value)>, sqlx::Error> {
    let row = sqlx::query("SELECT url, config FROM source WHERE id = $1 AND active")
        .bind(source.as_str())
        .fetch_optional(db)
        .await?;
    row.map(|r| Ok((r.try_get("url")?, r.try_get::<Json<Value>, _>("config")?.0))).transpose()
}
