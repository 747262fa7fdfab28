//! Versions with another enrichment of the same copy.

use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::{Change, CopyItem, Item, ItemId, SourceId, Timestamp};

use super::write::{self, NewVersion};
use super::{Issued, LedgerError, transaction};

/// Which items are enriched anew.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Whose current version was written at or after this time.
    pub from: Option<Timestamp>,
    /// And before this time.
    pub to: Option<Timestamp>,
    /// Of this wire.
    pub source: Option<SourceId>,
}

/// The current version of an item, with the copy that it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// As published.
    pub item: Item,
    /// What an embargo holds back.
    pub held: Option<Item>,
    /// The full clean copy.
    pub copy: CopyItem,
}

const SELECTED: &str = "v.copy IS NOT NULL AND i.pub_status <> 'canceled'
    AND ($1::timestamptz IS NULL OR i.version_created >= $1) AND ($2::timestamptz IS NULL OR i.version_created < $2)
    AND ($3::text IS NULL OR i.source_id = $3)";

/// How many items are selected.
///
/// # Errors
/// As they come from Postgres.
pub async fn count(db: &PgPool, of: &Selection) -> Result<i64, LedgerError> {
    let statement = format!(
        "SELECT count(*) FROM item i JOIN item_version v ON v.item_id = i.item_id AND v.version = i.version WHERE {SELECTED}"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .bind(of.from)
        .bind(of.to)
        .bind(of.source.as_ref().map(SourceId::as_str))
        .fetch_one(db)
        .await?)
}

/// The next `limit` of the selected items behind `after`, in the order of their ids; killed ones have no copy any more.
///
/// # Errors
/// As they come from Postgres, also where a stored message cannot be read.
pub async fn stored(
    db: &PgPool,
    of: &Selection,
    after: Option<&ItemId>,
    limit: u32,
) -> Result<Vec<Stored>, LedgerError> {
    let statement = format!(
        "SELECT i.doc, v.held, v.copy FROM item i JOIN item_version v ON v.item_id = i.item_id AND v.version = i.version
         WHERE {SELECTED} AND ($4::text IS NULL OR i.item_id > $4) ORDER BY i.item_id LIMIT $5"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(of.from)
        .bind(of.to)
        .bind(of.source.as_ref().map(SourceId::as_str))
        .bind(after.map(ItemId::as_str))
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Stored {
                item: row.try_get::<Json<Item>, _>("doc")?.0,
                held: row.try_get::<Option<Json<Item>>, _>("held")?.map(|held| held.0),
                copy: row.try_get::<Json<CopyItem>, _>("copy")?.0,
            })
        })
        .collect()
}

/// Issues a version of each of these: `item` and `held` enriched anew, still with the version that they were read with. An item that
/// has changed meanwhile is left alone, and so is one that a running transaction holds. Answers what was issued.
///
/// # Errors
/// See [`LedgerError::is_transient`]; nothing is issued then, unless the answer to COMMIT was lost.
pub async fn reissue(db: &PgPool, anew: &[Stored], now: Timestamp) -> Result<Vec<Issued>, LedgerError> {
    let mut tx = transaction::begin(db).await?;
    let rows = sqlx::query(
        "SELECT i.item_id, i.version, i.revision, i.first_created, i.version_created, v.copy
         FROM item i JOIN item_version v ON v.item_id = i.item_id AND v.version = i.version
         JOIN UNNEST($1::text[], $2::int[]) AS t (item_id, version) ON t.item_id = i.item_id AND t.version = i.version
         WHERE i.pub_status <> 'canceled' AND (i.tx < pg_current_xact_id() OR i.tx >= pg_snapshot_xmax(pg_current_snapshot()))
         ORDER BY i.item_id FOR UPDATE OF i SKIP LOCKED",
    )
    .bind(anew.iter().map(|one| one.item.item_id.as_str()).collect::<Vec<_>>())
    .bind(anew.iter().map(|one| one.item.version.cast_signed()).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let mut versions = Vec::new();
    for row in &rows {
        let id: String = row.try_get("item_id")?;
        let Some(one) = anew.iter().find(|one| one.item.item_id.as_str() == id) else { continue };
        let mut version = NewVersion::again(row, one.item.clone(), one.held.as_ref(), now)?;
        version.item.change = Change::Reenriched;
        versions.push(version);
    }
    write::insert(&mut tx, &versions).await?;
    tx.commit().await?;
    Ok(versions.iter().map(NewVersion::issued).collect())
}
