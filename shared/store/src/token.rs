//! Tokens of the API: hashes, what each may do, and until when.

use sqlx::{PgExecutor, PgPool};
use wiredesk_contract::Timestamp;

/// A token, without itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    /// Its public part.
    pub id: String,
    /// Who or what uses it.
    pub name: String,
    /// SHA-256 of the whole token.
    pub hash: Vec<u8>,
    /// `read`, `admin`.
    pub scopes: Vec<String>,
    /// Requests a minute.
    pub rate_per_minute: i32,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good; None: for ever.
    pub expires: Option<Timestamp>,
    /// When it was last used, to ten minutes.
    pub last_used: Option<Timestamp>,
    /// Since when it is not good any more.
    pub revoked: Option<Timestamp>,
}

/// The whole row, and then the rest of the statement.
macro_rules! token_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, hash, scopes, rate_per_minute, created, expires, last_used, revoked FROM api_token ",
            $rest
        )
    };
}

/// Keeps a new token.
///
/// # Errors
/// sqlx's.
pub async fn insert<'e>(db: impl PgExecutor<'e>, row: &TokenRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO api_token (id, name, hash, scopes, rate_per_minute, created, expires)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.hash)
    .bind(&row.scopes)
    .bind(row.rate_per_minute)
    .bind(row.created)
    .bind(row.expires)
    .execute(db)
    .await?;
    Ok(())
}

/// One token, whether or not it is still good.
///
/// # Errors
/// sqlx's.
pub async fn find(db: &PgPool, id: &str) -> Result<Option<TokenRow>, sqlx::Error> {
    sqlx::query_as(token_sql!("WHERE id = $1")).bind(id).fetch_optional(db).await
}

/// All tokens, newest first.
///
/// # Errors
/// sqlx's.
pub async fn list(db: &PgPool) -> Result<Vec<TokenRow>, sqlx::Error> {
    sqlx::query_as(token_sql!("ORDER BY created DESC, id")).fetch_all(db).await
}

/// Notes that a token is in use, where that was not noted in the ten minutes before `now`.
///
/// # Errors
/// sqlx's.
pub async fn used(db: &PgPool, id: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE api_token SET last_used = $2
         WHERE id = $1 AND (last_used IS NULL OR last_used < $2 - interval '10 minutes')",
    )
    .bind(id)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a token. False where there is none, or where it was ended before.
///
/// # Errors
/// sqlx's.
pub async fn revoke<'e>(db: impl PgExecutor<'e>, id: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE api_token SET revoked = $2 WHERE id = $1 AND revoked IS NULL")
        .bind(id)
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}
