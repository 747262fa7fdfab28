//! Postgres is asked with an end to the waiting: a server that is gone without a word would be waited for for ever.

use std::future::Future;
use std::time::Duration;

/// How long a statement may take that reads or writes little.
const SOON: Duration = Duration::from_secs(8);
/// How long one may take that writes a batch.
const LATE: Duration = Duration::from_secs(30);

/// Of a question to Postgres. Where no answer comes in time, the connection is given up; whether the statement was carried out
/// is not known, as after a connection that was lost.
pub trait Answered<T>: Future<Output = Result<T, sqlx::Error>> + Send + Sized {
    /// The answer, or that none came within 8 seconds.
    fn answered(self) -> impl Future<Output = Result<T, sqlx::Error>> + Send {
        within(SOON, self)
    }

    /// The answer, or that none came within 30 seconds: for a batch.
    fn answered_late(self) -> impl Future<Output = Result<T, sqlx::Error>> + Send {
        within(LATE, self)
    }
}

async fn within<T>(
    wait: Duration,
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(wait, statement).await.unwrap_or_else(|_| {
        let why = format!("no answer within {} s", wait.as_secs());
        Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, why)))
    })
}

impl<T, F: Future<Output = Result<T, sqlx::Error>> + Send> Answered<T> for F {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silence_becomes_an_error_that_goes_away() {
        let silent = std::future::pending::<Result<(), sqlx::Error>>();
        let error = silent.answered().await.unwrap_err();
        assert!(matches!(&error, sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut), "{error}");
        assert_eq!(async { Ok(7) }.answered_late().await.ok(), Some(7));
    }
}
