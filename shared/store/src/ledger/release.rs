//! The end of an embargo: what was withheld is published as a new version.

use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, Item, ItemId, Timestamp};

use super::write::{self, NewVersion};
use super::{Faults, Issued, LedgerError, VersionFacts, transaction};

/// Releases up to `limit` items whose embargo has ended, oldest first. Any number of processors may call it at once: an item
/// that another one holds is left to it.
///
/// # Errors
/// See [`LedgerError::is_transient`]; nothing is released then, unless the answer to COMMIT was lost.
pub async fn release_due(
    db: &PgPool,
    now: Timestamp,
    limit: u32,
    faults: &Faults,
) -> Result<Vec<Issued>, LedgerError> {
    let mut tx = transaction::begin(db).await?;
    // Items that a younger transaction wrote wait for the next call, so that the order of transactions stays the order of
    // versions.
    let rows = sqlx::query(
        "SELECT i.version, i.revision, i.first_created, i.version_created, v.held, v.copy
         FROM item i JOIN item_version v ON v.item_id = i.item_id AND v.version = i.version
         WHERE i.pub_status = 'withheld' AND i.embargoed_until <= $1 AND v.held IS NOT NULL
           AND (i.tx < pg_current_xact_id() OR i.tx >= pg_snapshot_xmax(pg_current_snapshot()))
         ORDER BY i.embargoed_until, i.item_id LIMIT $2
         FOR UPDATE OF i SKIP LOCKED",
    )
    .bind(now)
    .bind(i64::from(limit))
    .fetch_all(&mut *tx)
    .await?;
    let mut versions = Vec::new();
    let mut issued = Vec::new();
    for row in &rows {
        let mut item = row.try_get::<Json<Item>, _>("held")?.0;
        let before: Timestamp = row.try_get("version_created")?;
        let facts = VersionFacts {
            version: row.try_get::<i32, _>("version")?.unsigned_abs() + 1,
            first_created: row.try_get("first_created")?,
            version_created: now.max(before),
            change: Change::Status,
        };
        facts.stamp(&mut item);
        item.pub_status = PubStatus::Usable;
        item.embargoed_until = None;
        let id: ItemId = item.item_id.clone();
        issued.push(Issued { item_id: id.clone(), version: facts.version });
        let copy: Option<serde_json::Value> = row.try_get("copy")?;
        versions.push(NewVersion {
            copy: copy.map(|c| write::json(&c, &id)).transpose()?,
            held: None,
            revision: u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX),
            traceparent: None,
            actor: "wiredesk".to_owned(),
            action: Some("released"),
            reason: "the embargo has ended".to_owned(),
            item,
        });
    }
    if versions.is_empty() {
        return Ok(issued);
    }
    write::insert(&mut tx, &versions).await?;
    faults.hit("release.before_commit")?;
    tx.commit().await?;
    faults.hit("release.answer_lost")?;
    Ok(issued)
}
