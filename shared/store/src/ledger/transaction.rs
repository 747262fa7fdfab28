//! How every transaction of the ledger begins.

use sqlx::{PgPool, Postgres, Transaction};

use super::LedgerError;

/// Begins a transaction that cannot be forgotten while open: the relay reads only below the oldest transaction, so one
/// left idle would hold back every publication.
pub(super) async fn begin(db: &PgPool) -> Result<Transaction<'static, Postgres>, LedgerError> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "SELECT set_config('idle_in_transaction_session_timeout', '30s', true),
                set_config('lock_timeout', '30s', true),
                set_config('statement_timeout', '60s', true)",
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx)
}
