//! How the server itself is doing: what `wiredesk doctor` asks of it.

use std::collections::BTreeMap;

use sqlx::{PgPool, Row};
use wiredesk_contract::Timestamp;

/// The server's own account of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Major version: 15.
    pub version: i32,
    /// Its clock.
    pub now: Timestamp,
    /// Settings by name, as `SHOW` gives them.
    pub settings: BTreeMap<String, String>,
    /// Where its data lie; `None` where this role may not know.
    pub data_folder: Option<String>,
    /// Size of the database in bytes.
    pub bytes: i64,
    /// It is a standby, which takes no writes.
    pub standby: bool,
}

const SETTINGS: [&str; 5] = [
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "idle_in_transaction_session_timeout",
    "max_connections",
];

/// Asks the server about itself.
///
/// # Errors
/// sqlx's.
pub async fn server(db: &PgPool) -> Result<Server, sqlx::Error> {
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int / 10000 AS version, clock_timestamp() AS now,
                pg_database_size(current_database()) AS bytes, pg_is_in_recovery() AS standby,
                (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS folder",
    )
    .fetch_one(db)
    .await?;
    let settings: Vec<(String, String)> =
        sqlx::query_as("SELECT name, current_setting(name) FROM UNNEST($1::text[]) AS t (name)")
            .bind(SETTINGS.map(str::to_owned).to_vec())
            .fetch_all(db)
            .await?;
    Ok(Server {
        version: row.try_get("version")?,
        now: row.try_get("now")?,
        settings: settings.into_iter().collect(),
        data_folder: row.try_get("folder")?,
        bytes: row.try_get("bytes")?,
        standby: row.try_get("standby")?,
    })
}

/// The migrations of this build against those that the database has had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Those that it has not had.
    pub missing: Vec<i64>,
    /// Those that this build does not know: it is older than the one that made them.
    pub unknown: Vec<i64>,
    /// Those whose text is another one now.
    pub differing: Vec<i64>,
}

/// Compares the migrations.
///
/// # Errors
/// sqlx's.
pub async fn migrated(db: &PgPool) -> Result<Migrated, sqlx::Error> {
    let known: BTreeMap<i64, &[u8]> =
        crate::MIGRATIONS.iter().map(|m| (m.version, m.checksum.as_ref())).collect();
    let table: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(db).await?;
    if !table {
        return Ok(Migrated { missing: known.into_keys().collect(), ..Migrated::default() });
    }
    let had: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success").fetch_all(db).await?;
    let had: BTreeMap<i64, Vec<u8>> = had.into_iter().collect();
    Ok(Migrated {
        missing: known.keys().filter(|version| !had.contains_key(version)).copied().collect(),
        unknown: had.keys().filter(|version| !known.contains_key(version)).copied().collect(),
        differing: had
            .iter()
            .filter(|(version, sum)| known.get(version).is_some_and(|own| *own != sum.as_slice()))
            .map(|(version, _)| *version)
            .collect(),
    })
}

/// A transaction that has been open for long.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Server process; `None` for a prepared transaction.
    pub pid: Option<i32>,
    /// Whose: application, user and database, or the name of the prepared transaction.
    pub whose: String,
    /// For how many seconds.
    pub seconds: f64,
}

/// The transactions that have been open for longer than `seconds` and hold back what is younger, oldest first. Those of other databases of
/// the server do so too.
///
/// # Errors
/// sqlx's.
pub async fn long_transactions(db: &PgPool, seconds: f64) -> Result<Vec<Open>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM (
             SELECT pid, concat_ws(', ', nullif(application_name, ''), usename, 'database ' || datname) AS whose,
                    extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
             FROM pg_stat_activity WHERE backend_xid IS NOT NULL
             UNION ALL
             SELECT NULL, gid, extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts
         ) AS open WHERE seconds > $1 ORDER BY seconds DESC LIMIT 5",
    )
    .bind(seconds)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Open {
                pid: row.try_get("pid")?,
                whose: row.try_get("whose")?,
                seconds: row.try_get("seconds")?,
            })
        })
        .collect()
}

/// How much has come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Items whose first version was written in the last hour.
    pub last_hour: i64,
    /// Those of the last day, by language.
    pub languages: BTreeMap<String, i64>,
    /// When the newest version was written.
    pub newest: Option<Timestamp>,
}

/// Counts what has come in before `now`.
///
/// # Errors
/// sqlx's.
pub async fn volume(db: &PgPool, now: Timestamp) -> Result<Volume, sqlx::Error> {
    // By the time of the newest version, which has an index, and no first version is younger.
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT language, count(*) FILTER (WHERE first_created > $1 - interval '1 day'),
                count(*) FILTER (WHERE first_created > $1 - interval '1 hour')
         FROM item WHERE version_created > $1 - interval '1 day' GROUP BY language",
    )
    .bind(now)
    .fetch_all(db)
    .await?;
    let newest = sqlx::query_scalar("SELECT max(version_created) FROM item").fetch_one(db).await?;
    Ok(Volume {
        last_hour: rows.iter().map(|(_, _, hour)| hour).sum(),
        languages: rows.into_iter().map(|(language, day, _)| (language, day)).collect(),
        newest,
    })
}
