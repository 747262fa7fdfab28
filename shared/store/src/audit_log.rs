//! What people changed, for those who ask later: one row an action.

use serde_json::Value;
use sqlx::PgExecutor;
use wiredesk_contract::Timestamp;

/// An action of a person.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// The operator at the command line, or the token.
    pub actor: String,
    /// What was done, such as `source.pause`.
    pub action: String,
    /// The id of what it was done to.
    pub target: String,
    /// Why, in the words of whoever did it; may be empty.
    pub reason: String,
    /// What else belongs to it: an object. Never a secret.
    #[sqlx(json)]
    pub detail: Value,
}

/// Notes an action. Call it in the transaction that does it, so that neither is without the other.
///
/// # Errors
/// sqlx's.
pub async fn insert<'e>(db: impl PgExecutor<'e>, entry: &Entry) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO admin_audit (at, actor, action, target, reason, detail) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(entry.at)
    .bind(&entry.actor)
    .bind(&entry.action)
    .bind(&entry.target)
    .bind(&entry.reason)
    .bind(&entry.detail)
    .execute(db)
    .await?;
    Ok(())
}

/// What was done to a thing, oldest first.
///
/// # Errors
/// sqlx's.
pub async fn of<'e>(db: impl PgExecutor<'e>, target: &str) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as(
        "SELECT at, actor, action, target, reason, detail FROM admin_audit WHERE target = $1 ORDER BY at, seq",
    )
    .bind(target)
    .fetch_all(db)
    .await
}
