//! The outbox: what is still to be published, or was and has not been read back yet.

mod ahead;
mod confirm;
mod read;

use sqlx::postgres::PgConnection;
use sqlx::types::Json;
use wiredesk_contract::{Kind, Message, Timestamp, envelope};

pub use ahead::{Seen, Settled, is_any_ahead, settle};
pub use confirm::{Confirmed, confirm, forget_positions, positions, reclaim};
pub use read::{Backlog, Cursor, OutboxRow, adopt_restored, backlog, next, park};

/// The channel that is notified when rows are committed.
pub const CHANNEL: &str = "wiredesk_outbox";

/// A row to be published by the relay.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRow {
    /// The message's kind: its topic follows from it.
    pub kind: Kind,
    /// The record's key.
    pub key: String,
    /// CloudEvents id: what the relay knows the record by when it reads the topic back. Never used twice.
    pub event_id: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The record's own time.
    pub created: Timestamp,
}

impl NewRow {
    /// The row of a message.
    ///
    /// # Errors
    /// serde's, which the six messages never give.
    pub fn of<M: Message>(
        message: &M,
        time: Timestamp,
        traceparent: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            kind: M::KIND,
            key: message.key().to_owned(),
            event_id: message.id(),
            payload: wiredesk_contract::encode(message)?,
            headers: envelope::headers(message, time, traceparent),
            created: time,
        })
    }
}

/// Puts rows into the outbox, in their order, in the transaction that writes what they tell of; the relay wakes when it
/// commits. Rows of one key must come from transactions that follow each other (one owner a key): their order is that of
/// their transactions' numbers.
///
/// # Errors
/// sqlx's; a unique violation where an event id is used twice.
pub async fn insert(tx: &mut PgConnection, rows: &[NewRow]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO outbox (kind, key, event_id, payload, headers, created)
         SELECT kind, key, event_id, payload, headers, created
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::timestamptz[])
              WITH ORDINALITY AS t (kind, key, event_id, payload, headers, created, ord)
         ORDER BY ord",
    )
    .bind(rows.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.event_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.payload.as_slice()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| Json(&r.headers)).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.created).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    wake(tx).await
}

/// Wakes the relay once the transaction commits.
pub(crate) async fn wake(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(tx).await?;
    Ok(())
}
