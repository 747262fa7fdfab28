//! Connections to Postgres that have fallen silent: a server that lost its power, or a firewall that forgot the connection, sends no
//! word, so nothing that waits for an answer would ever end. Who takes a connection from the pool, or gives one back, asks it for a
//! sign of life and does not wait long.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, Executor, PgConnection};

/// How long a sign of life is waited for.
const ANSWER: Duration = Duration::from_secs(3);
/// What was alive so lately is not asked.
const LATELY: Duration = Duration::from_secs(1);

/// The server, too, must notice that its client is gone, or halted amid a transaction: locks and leases of the dead are not kept for
/// hours.
const SERVER: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
                      SET idle_in_transaction_session_timeout = 10000";

/// ... and must end what nobody waits for any more: a question that was given up, or whose asker is gone, would go on for as long as it
/// takes. Postgres compiles what it thinks to be long; for what is asked here that takes longer than it saves. A server older than
/// Postgres 14 knows no such check.
const NOBODY_WAITS: &str = "SET client_connection_check_interval = 3000; SET jit = off";

/// When a connection was last found silent.
#[derive(Clone, Default)]
struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    /// Is a connection that was idle for this long as old as one that was found silent? Its way to the server is the same.
    fn covers(&self, idle_for: Duration) -> bool {
        let found = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.is_some_and(|found| found.elapsed() < idle_for)
    }

    async fn ask(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        match tokio::time::timeout(ANSWER, connection.ping()).await {
            Ok(answer) => answer.map(|()| true),
            Err(_) => {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                let why = format!("no answer within {} s", ANSWER.as_secs());
                Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, why)))
            }
        }
    }
}

/// The same options, with a pool that gives out no silent connection and keeps none.
pub(crate) fn heard(options: PgPoolOptions) -> PgPoolOptions {
    let silence = Silence::default();
    let given_back = silence.clone();
    options
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // Where Postgres or a proxy before it knows no such settings, it goes on without.
                let _ = connection.execute(SERVER).await;
                let _ = connection.execute(NOBODY_WAITS).await;
                Ok(())
            })
        })
        .before_acquire(move |connection, meta| {
            let silence = silence.clone();
            Box::pin(async move {
                if silence.covers(meta.idle_for) {
                    return Ok(false);
                }
                if meta.idle_for < LATELY { Ok(true) } else { silence.ask(connection).await }
            })
        })
        .after_release(move |connection, _| {
            let silence = given_back.clone();
            Box::pin(async move { silence.ask(connection).await })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_idle_before_a_silence_is_not_trusted_after_it() {
        let silence = Silence::default();
        assert!(!silence.covers(Duration::from_secs(60)));
        *silence.0.lock().unwrap() = Some(Instant::now() - Duration::from_secs(10));
        assert!(silence.covers(Duration::from_secs(11)));
        assert!(!silence.covers(Duration::from_secs(9)));
    }
}
