//! What operators did with dead letters.

use std::collections::BTreeMap;

use sqlx::{PgPool, Row};
use wiredesk_contract::{DeadId, Timestamp};

/// What was done with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was sent to its topic again.
    Retried,
    /// It is to stay refused.
    Dropped,
}

impl Action {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::Dropped => "dropped",
        }
    }
}

/// The settled letters, with what was done.
///
/// # Errors
/// sqlx's.
pub async fn settled(db: &PgPool) -> Result<BTreeMap<DeadId, String>, sqlx::Error> {
    let rows = sqlx::query("SELECT dead_id, action FROM dead_letter_settled").fetch_all(db).await?;
    rows.iter()
        .map(|row| Ok((DeadId::new(row.try_get::<String, _>("dead_id")?), row.try_get("action")?)))
        .collect()
}

/// Notes what was done with letters; one that was settled before is settled anew.
///
/// # Errors
/// sqlx's.
pub async fn settle(
    db: &PgPool,
    letters: &[DeadId],
    action: Action,
    actor: &str,
    reason: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO dead_letter_settled (dead_id, action, actor, reason, at)
         SELECT DISTINCT dead_id, $2, $3, $4, $5::timestamptz FROM UNNEST($1::text[]) AS t (dead_id)
         ON CONFLICT (dead_id) DO UPDATE
         SET action = excluded.action, actor = excluded.actor, reason = excluded.reason, at = excluded.at",
    )
    .bind(letters.iter().map(DeadId::as_str).collect::<Vec<_>>())
    .bind(action.as_str())
    .bind(actor)
    .bind(reason)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
