//! What people at the desk change while fetchers run: sources of their own, and whether a source rests.

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, PgPool};
use wiredesk_contract::{SourceId, Timestamp};

use super::Listed;
use super::list::{Columns, ROWS};

/// A source as another list must know it, to find what is listed twice.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct KnownSource {
    /// Its id.
    pub id: String,
    /// As configured; secrets masked or by reference.
    #[sqlx(json)]
    pub config: Value,
    /// `config` or `desk`.
    pub origin: String,
    /// Why it is not polled any more.
    pub stopped: Option<String>,
    /// By an operator or by the fetcher.
    pub paused: bool,
}

/// All sources that are listed, whoever listed them.
///
/// # Errors
/// sqlx's.
pub async fn known(db: &PgPool) -> Result<Vec<KnownSource>, sqlx::Error> {
    sqlx::query_as("SELECT id, config, origin, stopped, paused FROM source WHERE active ORDER BY id")
        .fetch_all(db)
        .await
}

/// One source that is listed.
///
/// # Errors
/// sqlx's.
pub async fn find(db: &PgPool, id: &str) -> Result<Option<KnownSource>, sqlx::Error> {
    sqlx::query_as("SELECT id, config, origin, stopped, paused FROM source WHERE active AND id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Lists sources at the desk, due from `now` on, spread over `spread_seconds`. One whose id is listed already is left as it
/// is; one that was listed before goes on with what was seen of it. Answers with the ids that were taken. `progress` hears
/// how many were tried so far.
///
/// # Errors
/// sqlx's; then nothing is listed.
pub async fn add(
    db: &PgPool,
    list: &[Listed],
    now: Timestamp,
    spread_seconds: f64,
    mut progress: impl FnMut(usize),
) -> Result<Vec<SourceId>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut taken = Vec::with_capacity(list.len());
    let mut tried = 0;
    for rows in list.chunks(ROWS) {
        taken.extend(insert(&mut tx, rows, now, spread_seconds).await?);
        tried += rows.len();
        progress(tried);
    }
    tx.commit().await?;
    Ok(taken)
}

/// Lists one source at the desk, due at once, as [`add`] does, within a transaction. False where its id is listed already.
///
/// # Errors
/// sqlx's.
pub async fn add_one(tx: &mut PgConnection, source: &Listed, now: Timestamp) -> Result<bool, sqlx::Error> {
    Ok(!insert(tx, std::slice::from_ref(source), now, 0.0).await?.is_empty())
}

async fn insert(
    tx: &mut PgConnection,
    rows: &[Listed],
    now: Timestamp,
    spread_seconds: f64,
) -> Result<Vec<SourceId>, sqlx::Error> {
    let columns = Columns::of(rows);
    let ids: Vec<String> = sqlx::query_scalar(
        "INSERT INTO source AS s (id, name, url, config, interval_seconds, next_poll, origin)
         SELECT id, name, url, config, seconds, $6 + make_interval(secs => $7 * random()), 'desk'
         FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::integer[])
              AS l (id, name, url, config, seconds)
         ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, url = excluded.url, config = excluded.config, active = true, origin = 'desk',
             interval_seconds = excluded.interval_seconds, next_poll = excluded.next_poll,
             etag = NULL, last_modified = NULL, body_hash = NULL, stopped = NULL, failures = 0, last_error = NULL,
             paused = false, paused_reason = NULL, moved_to = NULL, moved_since = NULL, moved_seen = 0,
             moved_url = NULL, failing_since = NULL, silent_since = NULL
         WHERE NOT s.active
         RETURNING id",
    )
    .bind(columns.ids)
    .bind(columns.names)
    .bind(columns.urls)
    .bind(columns.configs)
    .bind(columns.intervals)
    .bind(now)
    .bind(spread_seconds)
    .fetch_all(tx)
    .await?;
    Ok(ids.into_iter().map(SourceId::new).collect())
}

/// Takes a source of the desk off the list; what was seen of it stays, so that listing it again sends nothing twice.
/// False where the desk lists no such source.
///
/// # Errors
/// sqlx's.
pub async fn remove<'e>(db: impl PgExecutor<'e>, id: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE source SET active = false WHERE id = $1 AND origin = 'desk' AND active")
        .bind(id)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets a source rest until it is resumed. False where no such source is listed.
///
/// # Errors
/// sqlx's.
pub async fn pause<'e>(db: impl PgExecutor<'e>, id: &str, why: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE source SET paused = true, paused_reason = $2 WHERE id = $1 AND active")
        .bind(id)
        .bind(why)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Polls a source again at once, whoever or whatever stopped it. False where no such source is listed.
///
/// # Errors
/// sqlx's.
pub async fn resume<'e>(db: impl PgExecutor<'e>, id: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE source SET paused = false, paused_reason = NULL, stopped = NULL, failures = 0, failing_since = NULL,
                next_poll = $2, edited = clock_timestamp()
         WHERE id = $1 AND active",
    )
    .bind(id)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}
