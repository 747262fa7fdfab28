//! What an operator takes down, for a court or for the people concerned: the item, its copies, and the way back.

use serde::Serialize;
use sqlx::{PgPool, Row};
use wiredesk_contract::{ItemId, Timestamp};

/// An item, as somebody who is about to take it down wants to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub item_id: ItemId,
    /// The wire.
    pub source: String,
    /// Empty where it is withdrawn already.
    pub headline: String,
    /// Withdrawn already.
    pub withdrawn: bool,
}

/// The items that this id, or this link, means.
///
/// # Errors
/// sqlx's.
pub async fn find(db: &PgPool, id_or_link: &str) -> Result<Vec<Candidate>, sqlx::Error> {
    candidates(
        db,
        "SELECT item_id, source_id, headline, pub_status FROM item
         WHERE item_id = $1 OR doc ->> 'uri' = $1 OR (strpos($1, '://') > 0 AND doc ->> 'url' = $1) ORDER BY item_id",
        id_or_link,
    )
    .await
}

/// The other items that say word for word what this one says. To be asked before it is taken down, and again after: what came in
/// between stands under the words that its block names.
///
/// # Errors
/// sqlx's.
pub async fn copies(db: &PgPool, item: &ItemId) -> Result<Vec<Candidate>, sqlx::Error> {
    candidates(
        db,
        "SELECT item_id, source_id, headline, pub_status FROM item
         WHERE item_id <> $1 AND pub_status <> 'canceled' AND item_id IN (
             SELECT v.item_id FROM verdict v WHERE v.exact IN (
                 SELECT copy -> 'fingerprint' ->> 'exact' FROM item_version WHERE item_id = $1
                 UNION SELECT value FROM block WHERE item_id = $1 AND kind = 'words'))
         ORDER BY item_id",
        item.as_str(),
    )
    .await
}

async fn candidates(
    db: &PgPool,
    statement: &'static str,
    value: &str,
) -> Result<Vec<Candidate>, sqlx::Error> {
    let rows = sqlx::query(statement).bind(value).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            Ok(Candidate {
                item_id: ItemId::new(row.try_get::<String, _>("item_id")?),
                source: row.try_get("source_id")?,
                headline: row.try_get("headline")?,
                withdrawn: row.try_get::<&str, _>("pub_status")? == "canceled",
            })
        })
        .collect()
}

/// An entry of the block list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Entry {
    /// The item that was taken down.
    pub item_id: String,
    /// `address` or `words`.
    pub kind: String,
    /// The link, or the hash of the words.
    pub value: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The block list, newest first.
///
/// # Errors
/// sqlx's.
pub async fn list(db: &PgPool) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(
        "SELECT item_id, kind, value, actor, reason, at FROM block ORDER BY at DESC, item_id, kind, value",
    )
    .fetch_all(db)
    .await
}

/// Ends the blocks of an item; it stays withdrawn itself. Answers how many there were.
///
/// # Errors
/// sqlx's.
pub async fn lift(
    db: &PgPool,
    item: &ItemId,
    actor: &str,
    reason: &str,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let gone =
        sqlx::query("DELETE FROM block WHERE item_id = $1").bind(item.as_str()).execute(&mut *tx).await?;
    if gone.rows_affected() > 0 {
        sqlx::query(
            "INSERT INTO status_audit (item_id, version, action, actor, reason, at)
             VALUES ($1, coalesce((SELECT version FROM item WHERE item_id = $1), 0), 'lifted', $2, $3, $4)",
        )
        .bind(item.as_str())
        .bind(actor)
        .bind(reason)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(gone.rows_affected())
}
