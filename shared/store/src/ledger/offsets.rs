//! How far a consumer has taken its input, moved in the transaction that stores what came of it.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{Executor, Postgres, Row};

use super::{LedgerError, Spans};

/// What moving the offsets came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// The transaction may go on.
    Moved,
    /// Every partition stood at the end of its span already: the batch was stored by an earlier call whose answer was
    /// lost. Roll back.
    AlreadyThere,
}

/// Moves each partition from the start of its span to its end, by compare-and-swap. A partition that was never taken may
/// start anywhere.
///
/// # Errors
/// [`LedgerError::Fenced`] where a partition stands elsewhere: somebody else took it. Roll back and rejoin the group.
pub async fn advance(
    tx: &mut PgConnection,
    consumer: &str,
    topic: &str,
    spans: &Spans,
) -> Result<Advance, LedgerError> {
    if spans.is_empty() {
        return Ok(Advance::Moved);
    }
    let partitions: Vec<i32> = spans.keys().copied().collect();
    // In partition order, so that two members never wait for each other in a circle.
    let moved = sqlx::query(
        "INSERT INTO input_offset AS o (consumer, topic, partition, next)
         SELECT $1, $2, t.partition, t.upto
         FROM UNNEST($3::int[], $4::bigint[]) AS t (partition, upto) ORDER BY t.partition
         ON CONFLICT (consumer, topic, partition) DO UPDATE SET next = excluded.next
         WHERE o.next = ($5::bigint[])[array_position($3::int[], o.partition)]",
    )
    .bind(consumer)
    .bind(topic)
    .bind(&partitions)
    .bind(spans.values().map(|span| span.1).collect::<Vec<_>>())
    .bind(spans.values().map(|span| span.0).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if moved == spans.len() as u64 {
        return Ok(Advance::Moved);
    }
    let stored = load(&mut *tx, consumer, topic, &partitions).await?;
    // Those that were moved just now also stand at their end, so they cannot tell a repetition; the others can.
    if moved == 0 && spans.iter().all(|(p, span)| stored.get(p) == Some(&span.1)) {
        return Ok(Advance::AlreadyThere);
    }
    let elsewhere = spans.iter().find(|(p, span)| stored.get(*p).is_some_and(|next| *next != span.1));
    let (partition, from) =
        elsewhere.or_else(|| spans.iter().next()).map(|(p, span)| (*p, span.0)).unwrap_or_default();
    Err(LedgerError::Fenced {
        topic: topic.to_owned(),
        partition,
        stored: stored.get(&partition).copied().unwrap_or_default(),
        from,
    })
}

/// The next offset of each of these partitions that has one.
///
/// # Errors
/// sqlx's.
pub async fn load<'e>(
    db: impl Executor<'e, Database = Postgres>,
    consumer: &str,
    topic: &str,
    partitions: &[i32],
) -> Result<BTreeMap<i32, i64>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT partition, next FROM input_offset WHERE consumer = $1 AND topic = $2 AND partition = ANY($3)",
    )
    .bind(consumer)
    .bind(topic)
    .bind(partitions)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok((row.try_get("partition")?, row.try_get("next")?))).collect()
}

/// Moves a partition over a gap in its log (records past retention), if it still stands at `stored`. Answers whether it did.
///
/// # Errors
/// sqlx's.
pub async fn skip_gap<'e>(
    db: impl Executor<'e, Database = Postgres>,
    consumer: &str,
    topic: &str,
    partition: i32,
    stored: i64,
    next: i64,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(
        "UPDATE input_offset SET next = $5 WHERE consumer = $1 AND topic = $2 AND partition = $3 AND next = $4",
    )
    .bind(consumer)
    .bind(topic)
    .bind(partition)
    .bind(stored)
    .bind(next)
    .execute(db)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Forgets a partition's offset, if it still stands at `stored`: its topic was made anew and is shorter than that.
///
/// # Errors
/// sqlx's.
pub async fn forget<'e>(
    db: impl Executor<'e, Database = Postgres>,
    consumer: &str,
    topic: &str,
    partition: i32,
    stored: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM input_offset WHERE consumer = $1 AND topic = $2 AND partition = $3 AND next = $4",
    )
    .bind(consumer)
    .bind(topic)
    .bind(partition)
    .bind(stored)
    .execute(db)
    .await?;
    Ok(())
}
