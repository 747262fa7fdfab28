//! Who leads: the relay that holds a session lock in Postgres. The lock only spares several relays from fencing each other
//! in turn; what makes two of them harmless is the fence.

use sqlx::{Connection, PgConnection, PgPool};
use wiredesk_runtime::Answered;
use wiredesk_runtime::database::end_when_silent;

/// The lock, or the wish for it. Dropped, it is given up.
pub(crate) struct Lead {
    id: String,
    held: Option<PgConnection>,
}

impl Lead {
    /// Leads for the transactional id `id`.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), held: None }
    }

    /// Takes the lock where it is free. Answers whether it is held.
    pub async fn try_take(&mut self, db: &PgPool) -> Result<bool, sqlx::Error> {
        if self.held.is_some() {
            return Ok(true);
        }
        let mut connection = db.acquire().await?.detach();
        let free: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(&self.id)
            .fetch_one(&mut connection)
            .await?;
        if free {
            end_when_silent(&mut connection).await;
            self.held = Some(connection);
        } else {
            connection.close().await?;
        }
        Ok(free)
    }

    /// Asks the session that holds the lock for a sign of life, where there is one.
    pub async fn check(&mut self) -> Result<(), sqlx::Error> {
        if let Some(connection) = &mut self.held {
            let alive = connection.ping().answered().await;
            if alive.is_err() {
                self.held = None;
            }
            return alive;
        }
        Ok(())
    }

    /// Gives the lock up.
    pub async fn give_up(&mut self) {
        if let Some(connection) = self.held.take() {
            // Where the farewell fails the server notices the closed socket.
            let _ = connection.close().await;
        }
    }
}
