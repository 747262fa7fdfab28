//! The list of sources, brought in line with what is configured.

use serde_json::Value;
use sqlx::PgPool;
use sqlx::types::Json;
use wiredesk_contract::Timestamp;

use super::Listed;

/// Rows a statement: far below what one message of Postgres may hold.
pub(super) const ROWS: usize = 2_000;

/// Sources as columns, for `UNNEST`.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub ids: Vec<&'a str>,
    pub names: Vec<&'a str>,
    pub urls: Vec<&'a str>,
    pub configs: Vec<Json<&'a Value>>,
    pub intervals: Vec<i32>,
}

impl<'a> Columns<'a> {
    pub fn of(list: &'a [Listed]) -> Self {
        let mut columns = Self::default();
        for source in list {
            columns.ids.push(source.id.as_str());
            columns.names.push(&source.name);
            columns.urls.push(&source.url);
            columns.configs.push(Json(&source.config));
            columns.intervals.push(source.interval_seconds);
        }
        columns
    }
}

/// Brings the table in line with the configured list: new sources are due at once, those that are no longer listed become
/// inactive, and one whose address was edited starts afresh (validators, failures, and whatever stopped it). What the desk
/// listed stays, but for an id that the configuration now names: that is the configuration's from then on.
///
/// # Errors
/// sqlx's.
pub async fn sync(db: &PgPool, list: &[Listed], now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    // Two fetchers that start together take turns: without a common order their upserts could deadlock.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('wiredesk.source.sync'))").execute(&mut *tx).await?;
    let ids: Vec<&str> = list.iter().map(|s| s.id.as_str()).collect();
    for rows in list.chunks(ROWS) {
        let columns = Columns::of(rows);
        sqlx::query(
            "INSERT INTO source AS s (id, name, url, config, interval_seconds, next_poll)
             SELECT id, name, url, config, seconds, $6
             FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::integer[])
                  AS l (id, name, url, config, seconds)
             ON CONFLICT (id) DO UPDATE SET
                 name = excluded.name, url = excluded.url, config = excluded.config, active = true,
                 origin = 'config',
                 interval_seconds = excluded.interval_seconds,
                 etag          = CASE WHEN s.url = excluded.url THEN s.etag END,
                 last_modified = CASE WHEN s.url = excluded.url THEN s.last_modified END,
                 body_hash     = CASE WHEN s.url = excluded.url THEN s.body_hash END,
                 stopped       = CASE WHEN s.url = excluded.url THEN s.stopped END,
                 failures      = CASE WHEN s.url = excluded.url THEN s.failures ELSE 0 END,
                 next_poll     = CASE WHEN s.url = excluded.url AND s.interval_seconds <= excluded.interval_seconds
                                      THEN s.next_poll ELSE LEAST(s.next_poll, excluded.next_poll) END",
        )
        .bind(columns.ids)
        .bind(columns.names)
        .bind(columns.urls)
        .bind(columns.configs)
        .bind(columns.intervals)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "UPDATE source SET active = false WHERE active AND origin = 'config' AND NOT id = ANY($1::text[])",
    )
    .bind(ids)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
