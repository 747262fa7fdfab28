//! Saved searches, and how far each has been sent.

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgExecutor, PgPool};
use wiredesk_contract::{Item, Timestamp};

use crate::read::ItemFilter;

/// A saved search as it is made.
#[derive(Clone, Debug)]
pub struct NewAlert {
    /// Id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The conditions as they were given.
    pub query: Value,
    /// The same as the store asks them.
    pub filter: ItemFilter,
    /// Where to.
    pub url: String,
    /// The address's host, which is shown.
    pub host: String,
    /// The key of the signatures, base64.
    pub secret: String,
    /// Who made it.
    pub actor: String,
    /// When.
    pub created: Timestamp,
}

/// Keeps a saved search; it finds what is published from now on.
///
/// # Errors
/// sqlx's.
pub async fn insert<'e>(db: impl PgExecutor<'e>, alert: &NewAlert) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO alert (id, name, query, filter, url, host, secret, actor, created, next_try, tx, change_seq)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9, pg_snapshot_xmin(pg_current_snapshot()), -1",
    )
    .bind(&alert.id)
    .bind(&alert.name)
    .bind(&alert.query)
    .bind(Json(&alert.filter))
    .bind(&alert.url)
    .bind(&alert.host)
    .bind(&alert.secret)
    .bind(&alert.actor)
    .bind(alert.created)
    .execute(db)
    .await?;
    Ok(())
}

/// A saved search as it is shown: neither its key nor what its address may hold of credentials.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Shown {
    /// Id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The conditions as they were given.
    pub query: Value,
    /// Host of where it goes.
    pub host: String,
    /// Who made it.
    pub actor: String,
    /// When.
    pub created: Timestamp,
    /// Is it sent?
    pub active: bool,
    /// Tries of the item that is next.
    pub failures: i32,
    /// What went wrong with the last one.
    pub last_error: Option<String>,
    /// Items that were sent.
    pub delivered: i64,
    /// When the last one was.
    pub last_delivered: Option<Timestamp>,
    /// Items that were given up.
    pub given_up: i64,
}

/// All saved searches, oldest first.
///
/// # Errors
/// sqlx's.
pub async fn list(db: &PgPool) -> Result<Vec<Shown>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, name, query, host,
                actor, created, active, failures, last_error, delivered, last_delivered,
                (SELECT count(*) FROM alert_dead d WHERE d.alert_id = a.id) AS given_up
         FROM alert a ORDER BY created, id",
    )
    .fetch_all(db)
    .await
}

/// Forgets a saved search. False where there is none.
///
/// # Errors
/// sqlx's.
pub async fn remove<'e>(db: impl PgExecutor<'e>, id: &str) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query("DELETE FROM alert WHERE id = $1").bind(id).execute(db).await?.rows_affected() > 0)
}

/// A saved search that is to be looked at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    /// Id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it finds.
    #[sqlx(json)]
    pub filter: ItemFilter,
    /// Where to.
    pub url: String,
    /// The key of the signatures, base64.
    pub secret: String,
    /// The place up to which everything was sent: transaction ...
    pub tx: String,
    /// ... and number.
    pub change_seq: i64,
    /// Tries of the item that is next.
    pub failures: i32,
}

/// Takes those that may be looked at, `most` at the most. Nobody else gets them before `until`, or before one of the functions below says
/// what came of it.
///
/// # Errors
/// sqlx's.
pub async fn take(db: &PgPool, now: Timestamp, until: Timestamp, most: i64) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE alert SET next_try = $2
         WHERE id IN (SELECT id FROM alert WHERE active AND next_try <= $1
                      ORDER BY next_try, id LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, name, filter, url, secret, tx::text AS tx, change_seq, failures",
    )
    .bind(now)
    .bind(until)
    .bind(most)
    .fetch_all(db)
    .await
}

/// An item was sent: the search goes on behind it, and nobody else may look at it before `until`.
///
/// # Errors
/// sqlx's.
pub async fn sent(
    db: &PgPool,
    id: &str,
    place: (&str, i64),
    now: Timestamp,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE alert SET tx = $2::text::xid8, change_seq = $3, delivered = delivered + 1, last_delivered = $4,
                failures = 0, last_error = NULL, next_try = $5
         WHERE id = $1",
    )
    .bind(id)
    .bind(place.0)
    .bind(place.1)
    .bind(now)
    .bind(until)
    .execute(db)
    .await?;
    Ok(())
}

/// There is nothing to be sent up to a place; it may be looked again at once.
///
/// # Errors
/// sqlx's.
pub async fn reached(db: &PgPool, id: &str, place: (&str, i64), now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE alert SET next_try = $4,
                (tx, change_seq) = (SELECT t, s FROM (VALUES (tx, change_seq), ($2::text::xid8, $3)) AS places (t, s)
                                    ORDER BY t DESC, s DESC LIMIT 1)
         WHERE id = $1",
    )
    .bind(id)
    .bind(place.0)
    .bind(place.1)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// The item that is next could not be sent; it is tried again at `next_try`.
///
/// # Errors
/// sqlx's.
pub async fn failed(db: &PgPool, id: &str, error: &str, next_try: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE alert SET failures = failures + 1, last_error = $2, next_try = $3 WHERE id = $1")
        .bind(id)
        .bind(error)
        .bind(next_try)
        .execute(db)
        .await?;
    Ok(())
}

/// An item is given up, and the search goes on behind it.
///
/// # Errors
/// sqlx's.
pub async fn give_up(
    db: &PgPool,
    id: &str,
    item: &Item,
    place: (&str, i64),
    error: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "INSERT INTO alert_dead (alert_id, item_id, version, at, error) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(item.item_id.as_str())
    .bind(i32::try_from(item.version).unwrap_or(i32::MAX))
    .bind(now)
    .bind(error)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE alert SET tx = $2::text::xid8, change_seq = $3, failures = 0, last_error = $4, next_try = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(place.0)
    .bind(place.1)
    .bind(error)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// The address says that it is gone: nothing is sent any more.
///
/// # Errors
/// sqlx's.
pub async fn end(db: &PgPool, id: &str, why: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE alert SET active = false, last_error = $2 WHERE id = $1")
        .bind(id)
        .bind(why)
        .execute(db)
        .await?;
    Ok(())
}
