//! What the commands ask: Postgres, the configuration's list, and the network.

use sqlx::PgPool;
use wiredesk_contract::Timestamp;
use wiredesk_net::{Client, NetConfig};
use wiredesk_store::source as table;

use crate::boot::Process;
use crate::config::RootConfig;
use crate::failure::Failure;
use crate::parts::fetcher::{self, SourceConfig, admit};

/// The desk, as a command meets it.
pub struct Desk<'a> {
    pub config: &'a RootConfig,
    pub process: &'a Process,
}

impl Desk<'_> {
    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        wiredesk_contract::time::wall_clock()
    }

    /// Postgres, with the tables of this version in it.
    pub async fn database(&self) -> Result<PgPool, Failure> {
        let db = self.process.database(self.config).await?;
        // A table of an older version is said in words.
        table::find(&db, "").await.map_err(failed)?;
        Ok(db)
    }

    /// Postgres where it answers within a few seconds.
    pub async fn database_if_there(&self) -> Result<PgPool, Failure> {
        let mut config = self.config.clone();
        config.database.wait_s = config.database.wait_s.clamp(1, 3);
        let db = self.process.database(&config).await?;
        // A table of an older version is said in words.
        table::find(&db, "").await.map_err(failed)?;
        Ok(db)
    }

    /// The sources that the configuration names; none where it cannot be used (the fetcher says so at its start).
    pub fn configured(&self) -> Vec<SourceConfig> {
        match fetcher::list::load(&self.config.fetcher) {
            Ok(sources) => sources,
            Err(error) => {
                eprintln!("wiredesk: the configured list is left aside: {error}");
                self.config.fetcher.sources.clone()
            }
        }
    }

    /// All sources that are listed: those of the configuration, and those of Postgres.
    pub async fn listed(&self, db: Option<&PgPool>) -> Result<Vec<SourceConfig>, Failure> {
        let configured = self.configured();
        match db {
            Some(db) => admit::listed(db, &configured).await.map_err(failed),
            None => Ok(configured),
        }
    }

    /// A client with the fetcher's limits, for a source on these networks of one's own.
    pub fn client(&self, allow: &[String]) -> Result<Client, Failure> {
        let mut net: NetConfig = self.config.fetcher.net.clone();
        net.allow.extend(allow.iter().cloned());
        Client::new(&net, &self.config.fetcher.user_agent()).map_err(|e| Failure::Usage(e.to_string()))
    }
}

/// What Postgres said, with what to do.
pub fn failed(error: sqlx::Error) -> Failure {
    let no_table =
        error.as_database_error().and_then(|e| e.code()).is_some_and(|c| c == "42P01" || c == "42703");
    if no_table {
        return Failure::of("Postgres has not the tables of this version yet; run `wiredesk migrate`");
    }
    Failure::Failed(format!("Postgres refused: {error}"))
}

/// There is no such source.
pub fn unknown(id: &str) -> Failure {
    Failure::Failed(format!("no wire {id:?} is listed; `wiredesk sources list` shows those that are"))
}
