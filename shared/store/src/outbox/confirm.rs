//! What was read back from the topic leaves the outbox, in the transaction that remembers how far it was read.

use std::collections::BTreeMap;

use sqlx::{PgConnection, PgPool, Row};
use wiredesk_contract::Kind;

use super::ahead::{Seen, Settled, remember, settle};

/// How far a topic of this bus was read back.
///
/// # Errors
/// sqlx's.
pub async fn positions(db: &PgPool, bus: &str, topic: &str) -> Result<BTreeMap<i32, i64>, sqlx::Error> {
    let rows = sqlx::query("SELECT partition, next FROM relay_position WHERE bus = $1 AND topic = $2")
        .bind(bus)
        .bind(topic)
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok((row.try_get("partition")?, row.try_get("next")?))).collect()
}

/// What a confirmation came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Rows that left the outbox.
    pub gone: u64,
    /// Records that neither outbox nor ledger knows: they are remembered, see [`settle`].
    pub ahead: u64,
    /// Rows that stay, since their version has other words than the record that bears its id.
    pub differing: u64,
}

/// Takes the rows of `kind` out of the outbox whose records were seen, and moves the positions, forward only: all or nothing.
/// The records come from the relay that reads them back, so the id alone tells the row.
///
/// # Errors
/// sqlx's.
pub async fn confirm(
    db: &PgPool,
    bus: &str,
    topic: &str,
    kind: Kind,
    seen: &[Seen<'_>],
    next: &BTreeMap<i32, i64>,
) -> Result<Confirmed, sqlx::Error> {
    let mut tx = db.begin().await?;
    let gone = sqlx::query("DELETE FROM outbox WHERE kind = $1 AND event_id = ANY($2)")
        .bind(kind.as_str())
        .bind(seen.iter().map(|record| record.event_id).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?
        .rows_affected();
    // As a rule every record has its row.
    let ahead = if gone < seen.len() as u64 { remember(&mut tx, kind, seen, false).await? } else { 0 };
    move_to(&mut tx, bus, topic, next).await?;
    tx.commit().await?;
    Ok(Confirmed { gone, ahead, differing: 0 })
}

/// The same for records that another life of the relay sent: since then the database may have gone back to an older state and made the
/// versions again, so a row goes only if its words are those of the record, and its version takes over the record's digest.
///
/// # Errors
/// sqlx's.
pub async fn reclaim(
    db: &PgPool,
    bus: &str,
    topic: &str,
    kind: Kind,
    seen: &[Seen<'_>],
    next: &BTreeMap<i32, i64>,
) -> Result<Confirmed, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut done = Confirmed::default();
    if !seen.is_empty() {
        let remembered = remember(&mut tx, kind, seen, true).await?;
        let Settled { withdrawn, differing } = settle(&mut *tx).await?;
        let ahead = remembered.saturating_sub(withdrawn + differing);
        done = Confirmed { gone: withdrawn, ahead, differing };
    }
    move_to(&mut tx, bus, topic, next).await?;
    tx.commit().await?;
    Ok(done)
}

async fn move_to(
    tx: &mut PgConnection,
    bus: &str,
    topic: &str,
    next: &BTreeMap<i32, i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO relay_position AS r (bus, topic, partition, next)
         SELECT $1, $2, t.partition, t.next FROM UNNEST($3::int[], $4::bigint[]) AS t (partition, next)
         ORDER BY t.partition
         ON CONFLICT (bus, topic, partition) DO UPDATE SET next = greatest(r.next, excluded.next)",
    )
    .bind(bus)
    .bind(topic)
    .bind(next.keys().copied().collect::<Vec<_>>())
    .bind(next.values().copied().collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets how far these partitions of a topic were read back: the topic was made anew and is shorter than that.
///
/// # Errors
/// sqlx's.
pub async fn forget_positions(
    db: &PgPool,
    bus: &str,
    topic: &str,
    partitions: &[i32],
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM relay_position WHERE bus = $1 AND topic = $2 AND partition = ANY($3)")
        .bind(bus)
        .bind(topic)
        .bind(partitions)
        .execute(db)
        .await?;
    Ok(())
}
