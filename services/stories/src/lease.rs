//! One owner of the stories: a Postgres advisory lock. A second replica waits as a standby.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wiredesk_runtime::Answered;
use wiredesk_runtime::database::end_when_silent;
use wiredesk_runtime::health::State;

/// How often a standby asks.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the owner gives a sign of life.
const BEAT: Duration = Duration::from_secs(2);

/// The lock, held for as long as this connection lives. Losing the connection loses the lock, and another replica may
/// begin: then the compare-and-swap of the input's offsets refuses what this one still writes.
pub struct Lease {
    // Taken out of the pool for good: a connection that goes back to the pool would keep the lock.
    connection: Arc<Mutex<PgConnection>>,
    heart: JoinHandle<()>,
}

impl Lease {
    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn try_take(db: &PgPool, name: &str) -> Result<Option<Self>, sqlx::Error> {
        let mut connection = db.acquire().await?.detach();
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(format!("wiredesk:{name}"))
            .fetch_one(&mut connection)
            .await?;
        if !taken {
            connection.close().await?;
            return Ok(None);
        }
        end_when_silent(&mut connection).await;
        let connection = Arc::new(Mutex::new(connection));
        Ok(Some(Self { heart: tokio::spawn(beat(connection.clone())), connection }))
    }

    /// Waits until the lock is free and takes it; `None` where shutdown came first. Calls `waiting` with what is to be said of each
    /// wait: a standby does its work by waiting, and is ready.
    ///
    /// # Errors
    /// sqlx's, where trying again does not help.
    pub async fn take(
        db: &PgPool,
        name: &str,
        shutdown: &CancellationToken,
        waiting: impl Fn(State),
    ) -> Result<Option<Self>, sqlx::Error> {
        loop {
            match Self::try_take(db, name).await {
                Ok(Some(lease)) => return Ok(Some(lease)),
                Ok(None) => waiting(State::Ready),
                Err(error) if wiredesk_store::is_transient(&error) => {
                    waiting(State::Retrying(format!("Postgres: {error}")));
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = shutdown.cancelled() => return Ok(None),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Does this connection still hold the lock? Asks the server.
    pub async fn holds(&self) -> bool {
        alive(&self.connection).await
    }
}

async fn alive(connection: &Mutex<PgConnection>) -> bool {
    connection.lock().await.ping().answered().await.is_ok()
}

async fn beat(connection: Arc<Mutex<PgConnection>>) {
    while alive(&connection).await {
        tokio::time::sleep(BEAT).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heart.abort();
    }
}
