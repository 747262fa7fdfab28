//! An outlet's copy that came before the agency's dispatch: what is known of it only afterwards is published as a new version.
//!
//! The verdict on the dispatch names the copies (`carried_by`). Their pairs are stored in the transaction that writes the
//! dispatch; every version of a copy that is written from then on says `syndicated_from`, and [`link_due`] gives those a version
//! that were written before. The two are needed both: neither transaction sees the other's rows while both are open.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Item, ItemId, Timestamp};

use super::write::{self, NewVersion};
use super::{Faults, Issued, LedgerError, transaction};

/// Pairs of carrier and dispatch.
pub(super) type Carried = BTreeMap<ItemId, ItemId>;

/// The dispatches that these items are known to carry.
pub(super) async fn known(tx: &mut PgConnection, ids: &[&str]) -> Result<Carried, LedgerError> {
    let rows = sqlx::query("SELECT carrier, dispatch FROM syndication WHERE carrier = ANY($1)")
        .bind(ids)
        .fetch_all(tx)
        .await?;
    let pair = |row: &sqlx::postgres::PgRow| -> Result<_, sqlx::Error> {
        Ok((
            ItemId::new(row.try_get::<String, _>("carrier")?),
            ItemId::new(row.try_get::<String, _>("dispatch")?),
        ))
    };
    Ok(rows.iter().map(pair).collect::<Result<_, _>>()?)
}

/// Says which dispatch an item carries, unless its own verdict does.
pub(super) fn credit(item: &mut Item, dispatch: Option<&ItemId>) {
    if item.verdict.syndicated_from.is_none() {
        item.verdict.syndicated_from = dispatch.cloned();
    }
}

/// Stores what the dispatches among these versions say of earlier copies. The first dispatch that names a copy stays its own.
pub(super) async fn remember(tx: &mut PgConnection, versions: &[NewVersion]) -> Result<(), LedgerError> {
    // In one order everywhere: two batches that name the same copies wait for each other, and do not lock each other out.
    let pairs: BTreeMap<&str, (&str, Timestamp)> = versions
        .iter()
        .filter(|v| v.item.pub_status != PubStatus::Canceled)
        .flat_map(|v| v.item.verdict.carried_by.iter().map(move |carrier| (v, carrier)))
        .map(|(v, carrier)| (carrier.as_str(), (v.item.item_id.as_str(), v.item.version_created)))
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO syndication (carrier, dispatch, made)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::timestamptz[]) ON CONFLICT (carrier) DO NOTHING",
    )
    .bind(pairs.keys().copied().collect::<Vec<_>>())
    .bind(pairs.values().map(|(dispatch, _)| *dispatch).collect::<Vec<_>>())
    .bind(pairs.values().map(|(_, made)| *made).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives up to `limit` copies that do not yet name the dispatch that they carry a version that does. Any number of processors may
/// call it at once. A copy that is not in the ledger yet waits for its first version.
///
/// # Errors
/// See [`LedgerError::is_transient`]; nothing is issued then, unless the answer to COMMIT was lost.
pub async fn link_due(
    db: &PgPool,
    now: Timestamp,
    limit: u32,
    faults: &Faults,
) -> Result<Vec<Issued>, LedgerError> {
    let mut tx = transaction::begin(db).await?;
    // Items that a younger transaction wrote wait for the next call, as in `release_due`.
    let rows = sqlx::query(
        "SELECT i.item_id, i.version, i.revision, i.first_created, i.version_created, i.pub_status, i.doc, v.held, v.copy,
                s.dispatch
         FROM syndication s JOIN item i ON i.item_id = s.carrier
              JOIN item_version v ON v.item_id = i.item_id AND v.version = i.version
         WHERE NOT s.linked AND (i.tx < pg_current_xact_id() OR i.tx >= pg_snapshot_xmax(pg_current_snapshot()))
         ORDER BY s.made, s.carrier LIMIT $1
         FOR UPDATE OF i SKIP LOCKED",
    )
    .bind(i64::from(limit))
    .fetch_all(&mut *tx)
    .await?;
    let mut versions = Vec::new();
    let mut done: Vec<String> = Vec::new();
    for row in &rows {
        done.push(row.try_get("item_id")?);
        let mut item = row.try_get::<Json<Item>, _>("doc")?.0;
        // What was taken back says nothing new.
        if row.try_get::<String, _>("pub_status")? == PubStatus::Canceled.as_str()
            || item.verdict.syndicated_from.is_some()
        {
            continue;
        }
        let dispatch = ItemId::new(row.try_get::<String, _>("dispatch")?);
        let mut held = row.try_get::<Option<Json<Item>>, _>("held")?.map(|held| held.0);
        for item in held.iter_mut().chain([&mut item]) {
            credit(item, Some(&dispatch));
        }
        versions.push(NewVersion::again(row, item, held.as_ref(), now)?);
    }
    if done.is_empty() {
        return Ok(Vec::new());
    }
    write::insert(&mut tx, &versions).await?;
    sqlx::query("UPDATE syndication SET linked = true WHERE carrier = ANY($1)")
        .bind(&done)
        .execute(&mut *tx)
        .await?;
    faults.hit("link.before_commit")?;
    tx.commit().await?;
    faults.hit("link.answer_lost")?;
    Ok(versions.iter().map(NewVersion::issued).collect())
}
