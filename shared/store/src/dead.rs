//! What operators did with dead letters.

use std::collections::BTreeMap;

use sqlx::{PgExecutor, PgPool};
use wiredesk_contract::{DeadId, Timestamp};

/// What was done with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Somebody wants it sent again: a relay is to do it.
    Asked,
    /// It was sent to its topic again.
    Retried,
    /// It could not be sent again.
    Failed,
    /// It is to stay refused.
    Dropped,
}

impl Action {
    const ALL: [Self; 4] = [Self::Asked, Self::Retried, Self::Failed, Self::Dropped];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Retried => "retried",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    /// Does the letter wait for nobody any more?
    pub fn is_settled(self) -> bool {
        self != Self::Failed
    }
}

/// What was last done with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What.
    pub action: Action,
    /// Why; for [`Action::Failed`] why it could not be sent.
    pub reason: String,
}

/// The letters that somebody dealt with, and how.
///
/// # Errors
/// sqlx's.
pub async fn settled(db: &PgPool) -> Result<BTreeMap<DeadId, Settled>, sqlx::Error> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT dead_id, action, reason FROM dead_letter_settled").fetch_all(db).await?;
    let known = |(id, action, reason): (String, String, String)| {
        let action = Action::ALL.into_iter().find(|known| known.as_str() == action)?;
        Some((DeadId::new(id), Settled { action, reason }))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Notes what was done with letters; one that was settled before is settled anew.
///
/// # Errors
/// sqlx's.
pub async fn settle<'e>(
    db: impl PgExecutor<'e>,
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

/// The letters that somebody wants sent again.
///
/// # Errors
/// sqlx's.
pub async fn asked(db: &PgPool) -> Result<Vec<DeadId>, sqlx::Error> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT dead_id FROM dead_letter_settled WHERE action = 'asked' ORDER BY dead_id")
            .fetch_all(db)
            .await?;
    Ok(ids.into_iter().map(DeadId::new).collect())
}

/// Says what came of a letter that [`asked`] named; who asked for it stays. One about which somebody has changed their mind is left.
///
/// # Errors
/// sqlx's.
pub async fn answer(
    db: &PgPool,
    letter: &DeadId,
    action: Action,
    reason: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE dead_letter_settled SET action = $2, reason = $3, at = $4 WHERE dead_id = $1 AND action = 'asked'",
    )
    .bind(letter.as_str())
    .bind(action.as_str())
    .bind(reason)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
