//! How far a consumer has taken its input, moved in the transaction that stores what came of it.

use std::collections::BTreeMap;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, PgPool, Postgres, Row};

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

/// Moves each partition from the start of its span to its end, by compare-and-swap. A partition must have been taken on
/// with [`stand`] before.
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
    let rows = sqlx::query(
        "SELECT partition, next FROM input_offset
         WHERE consumer = $1 AND topic = $2 AND partition = ANY($3) ORDER BY partition FOR UPDATE",
    )
    .bind(consumer)
    .bind(topic)
    .bind(&partitions)
    .fetch_all(&mut *tx)
    .await?;
    let outcome = judge(topic, spans, &read(&rows)?)?;
    if outcome == Advance::Moved {
        sqlx::query(
            "UPDATE input_offset o SET next = t.upto FROM UNNEST($3::int[], $4::bigint[]) AS t (partition, upto)
             WHERE o.consumer = $1 AND o.topic = $2 AND o.partition = t.partition",
        )
        .bind(consumer)
        .bind(topic)
        .bind(&partitions)
        .bind(spans.values().map(|span| span.1).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    }
    Ok(outcome)
}

/// May these spans be taken where the partitions stand at `stored`? A pure function, which the model of the protocol explores.
///
/// A partition without an offset is refused like one that stands elsewhere: whoever takes a partition on writes where it begins, so a
/// database that has no row is one that went back to an older state, and what lies before the span would be lost.
///
/// # Errors
/// [`LedgerError::Fenced`].
pub fn judge(topic: &str, spans: &Spans, stored: &BTreeMap<i32, i64>) -> Result<Advance, LedgerError> {
    if spans.iter().all(|(p, span)| stored.get(p) == Some(&span.0)) {
        return Ok(Advance::Moved);
    }
    if spans.iter().all(|(p, span)| stored.get(p) == Some(&span.1)) {
        return Ok(Advance::AlreadyThere);
    }
    let elsewhere = spans.iter().find(|(p, span)| stored.get(*p) != Some(&span.0));
    let (partition, from) = elsewhere.map(|(p, span)| (*p, span.0)).unwrap_or_default();
    Err(LedgerError::Fenced {
        topic: topic.to_owned(),
        partition,
        stored: stored.get(&partition).copied().unwrap_or_default(),
        from,
    })
}

/// Takes partitions on: the next offset of each, which is 0 and written down where it was never taken.
///
/// # Errors
/// sqlx's.
pub async fn stand(
    db: &PgPool,
    consumer: &str,
    topic: &str,
    partitions: &[i32],
) -> Result<BTreeMap<i32, i64>, sqlx::Error> {
    // Read first: this is asked every few seconds by every stage, and only the first time there is something to write.
    let known = load(db, consumer, topic, partitions).await?;
    if partitions.iter().all(|partition| known.contains_key(partition)) {
        return Ok(known);
    }
    sqlx::query(
        "INSERT INTO input_offset (consumer, topic, partition, next)
         SELECT $1, $2, partition, 0 FROM UNNEST($3::int[]) AS t (partition) ORDER BY partition
         ON CONFLICT (consumer, topic, partition) DO NOTHING",
    )
    .bind(consumer)
    .bind(topic)
    .bind(partitions)
    .execute(db)
    .await?;
    load(db, consumer, topic, partitions).await
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
    read(&rows)
}

fn read(rows: &[PgRow]) -> Result<BTreeMap<i32, i64>, sqlx::Error> {
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

/// Puts a partition back to its start, if it still stands at `stored`: its topic was made anew and is shorter than that.
///
/// # Errors
/// sqlx's.
pub async fn rewind<'e>(
    db: impl Executor<'e, Database = Postgres>,
    consumer: &str,
    topic: &str,
    partition: i32,
    stored: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE input_offset SET next = 0 WHERE consumer = $1 AND topic = $2 AND partition = $3 AND next = $4",
    )
    .bind(consumer)
    .bind(topic)
    .bind(partition)
    .bind(stored)
    .execute(db)
    .await?;
    Ok(())
}
