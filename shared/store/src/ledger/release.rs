//! The end of an embargo: what was withheld is published as a new version.

use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Item, Timestamp};

use super::write::{self, NewVersion};
use super::{Faults, Issued, LedgerError, transaction};

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
    for row in &rows {
        let mut item = row.try_get::<Json<Item>, _>("held")?.0;
        item.pub_status = PubStatus::Usable;
        item.embargoed_until = None;
        versions.push(NewVersion {
            action: Some("released"),
            reason: "the embargo has ended".to_owned(),
            ..NewVersion::again(row, item, None, now)?
        });
    }
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    write::insert(&mut tx, &versions).await?;
    faults.hit("release.before_commit")?;
    tx.commit().await?;
    faults.hit("release.answer_lost")?;
    Ok(versions.iter().map(NewVersion::issued).collect())
}
