//! One owner of the stories: a Postgres advisory lock. A second replica waits as a standby.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio_util::sync::CancellationToken;
use wiredesk_runtime::Answered;

/// How often a standby asks.
const PAUSE: Duration = Duration::from_secs(1);

/// The lock, held for as long as this connection lives. Losing the connection loses the lock, and another replica may
/// begin: then the compare-and-swap of the input's offsets refuses what this one still writes.
pub struct Lease {
    // Taken out of the pool for good: a connection that goes back to the pool would keep the lock.
    connection: Option<PoolConnection<Postgres>>,
}

impl Lease {
    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn try_take(db: &PgPool, name: &str) -> Result<Option<Self>, sqlx::Error> {
        let mut connection = db.acquire().await?;
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(format!("wiredesk:{name}"))
            .fetch_one(&mut *connection)
            .await?;
        Ok(taken.then_some(Self { connection: Some(connection) }))
    }

    /// Waits until the lock is free and takes it; `None` where shutdown came first. Calls `waiting` with the reason for
    /// each wait.
    ///
    /// # Errors
    /// sqlx's, where trying again does not help.
    pub async fn take(
        db: &PgPool,
        name: &str,
        shutdown: &CancellationToken,
        waiting: impl Fn(&str),
    ) -> Result<Option<Self>, sqlx::Error> {
        loop {
            match Self::try_take(db, name).await {
                Ok(Some(lease)) => return Ok(Some(lease)),
                Ok(None) => waiting("standby: another replica owns the stories"),
                Err(error) if wiredesk_store::is_transient(&error) => waiting(&format!("Postgres: {error}")),
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = shutdown.cancelled() => return Ok(None),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Does this connection still hold the lock? Asks the server.
    pub async fn holds(&mut self) -> bool {
        match &mut self.connection {
            None => false,
            Some(connection) => sqlx::query("SELECT 1").execute(&mut **connection).answered().await.is_ok(),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}
