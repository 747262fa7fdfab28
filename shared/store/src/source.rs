//! Tables `source`, `seen_entry` and `refused`: schedule, validators, health and leases of the wires, and what was sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Postgres, QueryBuilder, Row, postgres::PgRow};
use wiredesk_contract::{ItemId, SourceId, Timestamp};

/// A source of the configured list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: SourceId,
    /// The name to show.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
    /// Seconds between two polls.
    pub interval_seconds: i32,
}

/// A source that this fetcher may poll now: its lease is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased {
    /// Its id.
    pub id: SourceId,
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
    /// Hash of the last body.
    pub body_hash: Option<String>,
    /// Seconds between two polls.
    pub interval_seconds: i32,
    /// Failed polls in a row.
    pub failures: i32,
    /// When it was due.
    pub next_poll: Timestamp,
}

/// What is known of an entry that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenEntry {
    /// The item.
    pub item_id: ItemId,
    /// Hash of the entry's last state.
    pub entry_hash: String,
    /// Hash of the page's text.
    pub page_hash: Option<String>,
    /// States so far.
    pub revision: u32,
    /// When its page is to be fetched (again).
    pub page_due: Option<Timestamp>,
    /// How often its page could not be fetched.
    pub page_tries: i32,
    /// The raw item as it was sent, while its page is due.
    pub pending: Option<Value>,
}

/// A document or entry that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Hash of its bytes.
    pub content_hash: String,
    /// The dead letter's reason.
    pub reason: String,
}

/// What a poll came to: saved in one transaction, after the bus has acknowledged what it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Polled {
    /// The source.
    pub id: SourceId,
    /// When.
    pub at: Timestamp,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why it failed, in words.
    pub error: Option<String>,
    /// Failed polls in a row, this one included.
    pub failures: i32,
    /// When to ask again.
    pub next_poll: Timestamp,
    /// Ask no more: why.
    pub stopped: Option<String>,
    /// Validators and body hash to keep; `None` leaves the old ones.
    pub validators: Option<Validators>,
    /// Newest date of an entry.
    pub newest_item: Option<Timestamp>,
    /// The document ended early; `None` where none was read.
    pub partial: Option<bool>,
    /// Entries that were new or changed, with their new states.
    pub seen: Vec<SeenEntry>,
    /// Entries that were there and had not changed.
    pub touched: Vec<ItemId>,
    /// What was dead-lettered.
    pub refused: Vec<Refused>,
}

/// What makes the next request conditional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// Hash of the body.
    pub body_hash: Option<String>,
}

/// How a source is doing, for the API and the page.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceHealth {
    /// Its id.
    pub id: SourceId,
    /// The name to show.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
    /// In the list.
    pub active: bool,
    /// By an operator.
    pub paused: bool,
    /// For good: why.
    pub stopped: Option<String>,
    /// Seconds between two polls.
    pub interval_seconds: i32,
    /// When it is asked again.
    pub next_poll: Timestamp,
    /// When it was asked.
    pub last_poll: Option<Timestamp>,
    /// When that last worked.
    pub last_ok: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last poll failed.
    pub last_error: Option<String>,
    /// Failed polls in a row.
    pub failures: i32,
    /// Newest date of an entry.
    pub newest_item: Option<Timestamp>,
    /// Entries that were new or changed.
    pub items_seen: i64,
    /// The last document ended early.
    pub partial: bool,
}

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

/// Saves what a poll came to and gives the lease back, in one transaction. False where the lease was lost meanwhile:
/// then nothing is saved, and whoever holds it now sends the same again.
///
/// # Errors
/// sqlx's.
pub async fn save(db: &PgPool, owner: &str, polled: &Polled) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let changed = i64::try_from(polled.seen.len()).unwrap_or(i64::MAX);
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
    .bind(polled.newest_item)
    .bind(changed)
    .bind(polled.partial)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // 500 rows of 9 values stay far below Postgres' 65,535 parameters.
    for rows in polled.seen.chunks(500) {
        let mut insert = QueryBuilder::<Postgres>::new(
            "INSERT INTO seen_entry (source_id, item_id, entry_hash, page_hash, revision, first_seen, last_seen,
                                     page_due, page_tries, pending) ",
        );
        insert.push_values(rows, |mut row, seen| {
            row.push_bind(polled.id.as_str())
                .push_bind(seen.item_id.as_str())
                .push_bind(&seen.entry_hash)
                .push_bind(seen.page_hash.as_deref())
                .push_bind(i64::from(seen.revision))
                .push_bind(polled.at)
                .push_bind(polled.at)
                .push_bind(seen.page_due)
                .push_bind(seen.page_tries)
                .push_bind(seen.pending.as_ref().map(Json));
        });
        insert.push(
            " ON CONFLICT (source_id, item_id) DO UPDATE SET entry_hash = excluded.entry_hash,
                  page_hash = excluded.page_hash, revision = excluded.revision, last_seen = excluded.last_seen,
                  page_due = excluded.page_due, page_tries = excluded.page_tries, pending = excluded.pending",
        );
        insert.build().execute(&mut *tx).await?;
    }
    if !polled.touched.is_empty() {
        sqlx::query(
            "UPDATE seen_entry SET last_seen = $3 WHERE source_id = $1 AND item_id = ANY($2::text[])",
        )
        .bind(polled.id.as_str())
        .bind(polled.touched.iter().map(ItemId::as_str).collect::<Vec<_>>())
        .bind(polled.at)
        .execute(&mut *tx)
        .await?;
    }
    for refused in &polled.refused {
        sqlx::query(
            "INSERT INTO refused (source_id, content_hash, reason, first_seen) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(polled.id.as_str())
        .bind(&refused.content_hash)
        .bind(&refused.reason)
        .bind(polled.at)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// How all sources are doing, by name; those that are no longer listed last.
///
/// # Errors
/// sqlx's.
pub async fn health(db: &PgPool) -> Result<Vec<SourceHealth>, sqlx::Error> {
    let rows =
        sqlx::query("SELECT * FROM source ORDER BY active DESC, lower(name), id").fetch_all(db).await?;
    rows.iter()
        .map(|r| {
            Ok(SourceHealth {
                id: SourceId::new(r.try_get::<String, _>("id")?),
                name: r.try_get("name")?,
                url: r.try_get("url")?,
                config: r.try_get::<Json<Value>, _>("config")?.0,
                active: r.try_get("active")?,
                paused: r.try_get("paused")?,
                stopped: r.try_get("stopped")?,
                interval_seconds: r.try_get("interval_seconds")?,
                next_poll: r.try_get("next_poll")?,
                last_poll: r.try_get("last_poll")?,
                last_ok: r.try_get("last_ok")?,
                last_status: r.try_get("last_status")?,
                last_error: r.try_get("last_error")?,
                failures: r.try_get("failures")?,
                newest_item: r.try_get("newest_item")?,
                items_seen: r.try_get("items_seen")?,
                partial: r.try_get("partial")?,
            })
        })
        .collect()
}
