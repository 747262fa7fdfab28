//! Reading the outbox in an order that misses nothing.
//!
//! A transaction takes its numbers (`tx`, `seq`) before it commits, so a reader that remembers the highest `seq` passes by
//! rows whose transaction commits later. Here only rows are read whose transaction is older than every transaction that
//! is still open (`pg_snapshot_xmin`): below that line nothing can appear any more. See the PostgreSQL manual, "Transaction
//! ID and Snapshot Information Functions".

use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::{Kind, Timestamp};

/// A place in the outbox: everything up to it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// Transaction.
    pub tx: u64,
    /// Number within all rows.
    pub seq: i64,
}

/// A row that may be published.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRow {
    /// Where it is.
    pub place: Cursor,
    /// The message's kind.
    pub kind: Kind,
    /// The record's key.
    pub key: String,
    /// CloudEvents id.
    pub event_id: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The record's own time.
    pub created: Timestamp,
}

/// The rows after `after` whose records no topic has yet, at most `rows` of them and `bytes` of payload (one row may exceed it alone).
///
/// # Errors
/// sqlx's.
pub async fn next(db: &PgPool, after: Cursor, rows: u32, bytes: u64) -> Result<Vec<OutboxRow>, sqlx::Error> {
    // The inner names are kept apart from the columns': a select alias `tx` for `tx::text` would make ORDER BY sort text.
    let found = sqlx::query(
        "SELECT place::text AS place_text, seq, kind, key, event_id, payload, headers, created FROM (
             SELECT o.tx AS place, o.seq, o.kind, o.key, o.event_id, o.payload, o.headers, o.created,
                    sum(octet_length(o.payload)) OVER (ORDER BY o.tx, o.seq) - octet_length(o.payload) AS before
             FROM outbox o
             WHERE (o.tx, o.seq) > ($1::text::xid8, $2) AND o.tx < pg_snapshot_xmin(pg_current_snapshot())
               AND o.parked IS NULL
               AND NOT EXISTS (SELECT 1 FROM outbox_ahead a WHERE a.kind = o.kind AND a.event_id = o.event_id)
             ORDER BY o.tx, o.seq LIMIT $3
         ) waiting WHERE before < $4 ORDER BY place, seq",
    )
    .bind(after.tx.to_string())
    .bind(after.seq)
    .bind(i64::from(rows))
    .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?;
    found.iter().map(read).collect()
}

fn read(row: &PgRow) -> Result<OutboxRow, sqlx::Error> {
    let wrong = |what: String| sqlx::Error::Decode(what.into());
    let tx: String = row.try_get("place_text")?;
    let kind: String = row.try_get("kind")?;
    Ok(OutboxRow {
        place: Cursor {
            tx: tx.parse().map_err(|_| wrong(format!("{tx:?} is no transaction number")))?,
            seq: row.try_get("seq")?,
        },
        kind: Kind::ALL.into_iter().find(|k| k.as_str() == kind).ok_or_else(|| {
            wrong(format!("outbox.kind {kind:?} is none of this build's; upgrade the relay first"))
        })?,
        key: row.try_get("key")?,
        event_id: row.try_get("event_id")?,
        payload: row.try_get("payload")?,
        headers: row.try_get::<Json<Vec<(String, String)>>, _>("headers")?.0,
        created: row.try_get("created")?,
    })
}

/// What waits in the outbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backlog {
    /// Rows, parked ones apart.
    pub rows: u64,
    /// Rows that cannot be published.
    pub parked: u64,
    /// The time of the oldest row that is not parked.
    pub oldest: Option<Timestamp>,
    /// Rows that an open transaction holds back.
    pub hidden: u64,
    /// The server process of the oldest open transaction, and how many seconds it has been open.
    pub holder: Option<(i32, f64)>,
}

/// What waits, and for whom.
///
/// # Errors
/// sqlx's.
pub async fn backlog(db: &PgPool) -> Result<Backlog, sqlx::Error> {
    let row = sqlx::query(
        "SELECT count(*) FILTER (WHERE parked IS NULL) AS rows, count(*) FILTER (WHERE parked IS NOT NULL) AS parked,
                min(created) FILTER (WHERE parked IS NULL) AS oldest,
                count(*) FILTER (WHERE parked IS NULL AND tx >= pg_snapshot_xmin(pg_current_snapshot())) AS hidden
         FROM outbox",
    )
    .fetch_one(db)
    .await?;
    let hidden = row.try_get::<i64, _>("hidden")?.unsigned_abs();
    let holder = if hidden == 0 { None } else { holder(db).await? };
    Ok(Backlog {
        rows: row.try_get::<i64, _>("rows")?.unsigned_abs(),
        parked: row.try_get::<i64, _>("parked")?.unsigned_abs(),
        oldest: row.try_get("oldest")?,
        hidden,
        holder,
    })
}

async fn holder(db: &PgPool) -> Result<Option<(i32, f64)>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds FROM pg_stat_activity
         WHERE backend_xid IS NOT NULL AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
         ORDER BY xact_start LIMIT 1",
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.try_get("pid")?, row.try_get("seconds")?))).transpose()
}

/// After a restore from a dump, rows carry transaction numbers of another server, which this one may reach in years: makes
/// them the oldest. Answers with how many there were.
///
/// # Errors
/// sqlx's.
pub async fn adopt_restored(db: &PgPool) -> Result<u64, sqlx::Error> {
    // A row of this server that is visible is always below the snapshot's xmax.
    let done =
        sqlx::query("UPDATE outbox SET tx = '1'::xid8 WHERE tx >= pg_snapshot_xmax(pg_current_snapshot())")
            .execute(db)
            .await?;
    Ok(done.rows_affected())
}

/// Sets a row aside that the bus will not take, with the reason.
///
/// # Errors
/// sqlx's.
pub async fn park(db: &PgPool, kind: Kind, event_id: &str, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE outbox SET parked = $3 WHERE kind = $1 AND event_id = $2")
        .bind(kind.as_str())
        .bind(event_id)
        .bind(reason)
        .execute(db)
        .await?;
    Ok(())
}
