//! What was read back from the topic leaves the outbox, in the transaction that remembers how far it was read.

use std::collections::BTreeMap;

use sqlx::{PgPool, Row};
use wiredesk_contract::Kind;

use super::ahead::{Seen, remember};

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
    /// Records that neither outbox nor ledger knows: they are remembered, see [`settle`](super::settle).
    pub ahead: u64,
}

/// Deletes the rows of `kind` whose records were seen, and moves the positions, forward only: all or nothing.
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
    let row = sqlx::query(
        "WITH gone AS (
             DELETE FROM outbox WHERE kind = $1 AND event_id = ANY($2) RETURNING 1
         ), moved AS (
             INSERT INTO relay_position AS r (bus, topic, partition, next)
             SELECT $3, $4, t.partition, t.next FROM UNNEST($5::int[], $6::bigint[]) AS t (partition, next)
             ORDER BY t.partition
             ON CONFLICT (bus, topic, partition) DO UPDATE SET next = greatest(r.next, excluded.next)
         )
         SELECT count(*) AS gone FROM gone",
    )
    .bind(kind.as_str())
    .bind(seen.iter().map(|record| record.event_id).collect::<Vec<_>>())
    .bind(bus)
    .bind(topic)
    .bind(next.keys().copied().collect::<Vec<_>>())
    .bind(next.values().copied().collect::<Vec<_>>())
    .fetch_one(&mut *tx)
    .await?;
    let gone = row.try_get::<i64, _>("gone")?.unsigned_abs();
    // As a rule every record has its row.
    let ahead = if gone < seen.len() as u64 { remember(&mut tx, kind, seen).await? } else { 0 };
    tx.commit().await?;
    Ok(Confirmed { gone, ahead })
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
