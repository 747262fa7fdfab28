//! The connection to Postgres: waited for at the start.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;

use crate::Answered;
use crate::health::{Health, State};
use crate::loop_config::RetryConfig;
use crate::retry::Backoff;
use crate::secret::SecretUrl;

/// How long one attempt to connect may take at the start.
const CONNECT: Duration = Duration::from_secs(10);

/// `[database]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Where Postgres is: `postgres://user:password@host:port/name`.
    pub url: SecretUrl,
    /// Connections at most. A backend of Postgres takes 5 to 10 MB.
    pub max_connections: u32,
    /// How long the start waits for Postgres, in seconds; 0 waits for ever.
    pub wait_s: u64,
    /// Longest that a statement may wait for a free connection, in seconds.
    pub acquire_timeout_s: u64,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: SecretUrl::new("postgres://wiredesk@127.0.0.1:5432/wiredesk"),
            max_connections: 16,
            wait_s: 60,
            acquire_timeout_s: 15,
        }
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be read.
    #[error(
        "[database] url {url} cannot be read ({error}); it is written postgres://user:password@host:port/name, or set DATABASE_URL"
    )]
    Url {
        /// The URL, its password masked.
        url: String,
        /// What is wrong.
        error: String,
    },
    /// Postgres did not answer in time.
    #[error("Postgres at {url} has not answered for {waited_s} s ({error}); start it, or set DATABASE_URL")]
    Unreachable {
        /// The URL, its password masked.
        url: String,
        /// How long it was tried.
        waited_s: u64,
        /// The last error.
        error: String,
    },
    /// Postgres answered and refused.
    #[error(
        "Postgres at {url} refuses the connection: {error}; look at the user, the password and the database's name"
    )]
    Refused {
        /// The URL, its password masked.
        url: String,
        /// Postgres's words.
        error: String,
    },
    /// The certificate of the server is not accepted, or it has none.
    #[error(
        "Postgres at {url} cannot be reached by TLS: {error}; sslrootcert in the URL must name the authority that signed its \
         certificate, and the host be one that stands in it"
    )]
    Certificate {
        /// The URL, its password masked.
        url: String,
        /// What is wrong with it.
        error: String,
    },
    /// The server takes no connection that is not encrypted.
    #[error(
        "Postgres at {url} takes this user only encrypted ({error}): write sslmode=verify-full and sslrootcert=FILE into the URL"
    )]
    Plain {
        /// The URL, its password masked.
        url: String,
        /// Postgres's words.
        error: String,
    },
    /// The process was stopped meanwhile.
    #[error("stopped while waiting for Postgres")]
    Stopped,
}

impl DatabaseError {
    /// May the same call succeed later?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// What does not go away by waiting.
fn refusal(error: &sqlx::Error, url: &str) -> Option<DatabaseError> {
    let (url, words) = (url.to_owned(), error.to_string());
    match error {
        // rustls hands a certificate that it does not accept on as data that is wrong.
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => {
            Some(DatabaseError::Certificate { url, error: io.to_string() })
        }
        sqlx::Error::Tls(tls) => Some(DatabaseError::Certificate { url, error: tls.to_string() }),
        error if wiredesk_store::is_transient(error) => None,
        sqlx::Error::Database(db)
            if db.code().as_deref() == Some("28000") && words.contains("no encryption") =>
        {
            Some(DatabaseError::Plain { url, error: words })
        }
        _ => Some(DatabaseError::Refused { url, error: words }),
    }
}

/// Has the server end this session after ten seconds without a question, for a session that holds a lock and asks oftener: the lock
/// of a process that was halted, or whose machine is gone, is free then. A server older than Postgres 14 knows no such limit.
pub async fn end_when_silent(connection: &mut sqlx::PgConnection) {
    let set = sqlx::query("SET idle_session_timeout = 10000").execute(connection).answered().await;
    if let Err(error) = set {
        tracing::debug!(%error, "the session is not ended when it falls silent");
    }
}

/// A pool of connections, once Postgres answers.
///
/// # Errors
/// [`DatabaseError`].
pub async fn connect(
    config: &DatabaseConfig,
    health: &Health,
    shutdown: &CancellationToken,
) -> Result<PgPool, DatabaseError> {
    let url = config.url.masked();
    let options: PgConnectOptions = config
        .url
        .reveal()
        .parse()
        .map_err(|e: sqlx::Error| DatabaseError::Url { url: url.clone(), error: e.to_string() })?;
    let options = options.application_name("wiredesk");
    let pool = crate::silence::heard(PgPoolOptions::new())
        .max_connections(config.max_connections.max(2))
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(config.acquire_timeout_s.max(1)))
        .idle_timeout(Duration::from_secs(300))
        .connect_lazy_with(options.clone());
    let mut backoff = Backoff::new(&RetryConfig { first_ms: 200, max_ms: 3_000 });
    let began = tokio::time::Instant::now();
    health.set("postgres", State::Starting);
    loop {
        let connecting = <sqlx::PgConnection as sqlx::Connection>::connect_with(&options);
        let connected = tokio::time::timeout(CONNECT, connecting).await;
        let error = match connected.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut)) {
            Ok(connection) => {
                drop(connection);
                health.set("postgres", State::Ready);
                return Ok(pool);
            }
            Err(error) => match refusal(&error, &url) {
                Some(lasting) => return Err(lasting),
                None => error.to_string(),
            },
        };
        let waited_s = began.elapsed().as_secs();
        if config.wait_s > 0 && waited_s >= config.wait_s {
            return Err(DatabaseError::Unreachable { url, waited_s, error });
        }
        if backoff.failures() == 0 {
            tracing::warn!("Postgres at {url} does not answer ({error}); waiting for it");
        }
        health.set("postgres", State::Retrying(error));
        if !backoff.pause(shutdown).await {
            return Err(DatabaseError::Stopped);
        }
    }
}
