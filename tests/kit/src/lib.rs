//! Real Postgres and Kafka for tests. Where a part is not there, the test says SKIP with the reason; with `CI=true`
//! that is a failure.
//!
//! `make test` starts both and names them in `WIREDESK_TEST_DATABASE_URL` (a superuser's URL) and
//! `WIREDESK_TEST_KAFKA` (bootstrap servers).

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

/// Says why a test does not run; a failure with `CI=true`.
pub fn skip(reason: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "in CI every part must be there: {reason}");
    eprintln!("SKIP: {reason}");
}

/// Says why a test does not run on this machine: what it lacks is no part of wiredesk, so that CI may lack it too.
pub fn skip_here(reason: &str) {
    eprintln!("SKIP: {reason}");
}

/// A name that no other test of this or an earlier run has.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = std::time::UNIX_EPOCH.elapsed().map(|d| d.as_nanos()).unwrap_or_default();
    format!("{prefix}-{}-{nanos}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Bootstrap servers of a real Kafka.
pub fn kafka() -> Option<String> {
    let found = std::env::var("WIREDESK_TEST_KAFKA").ok().filter(|v| !v.is_empty());
    if found.is_none() {
        skip("no Kafka: WIREDESK_TEST_KAFKA is not set; run the tests by `make test`");
    }
    found
}

/// A database of a test's own, dropped with this value.
pub struct TestPostgres {
    pool: PgPool,
    admin: PgConnectOptions,
    name: String,
    url: String,
    kept: bool,
}

impl TestPostgres {
    /// Connections to it.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Its URL, for child processes.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // A thread of its own: a drop cannot await, and the test's runtime may be going away.
        let dropping = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                if let Ok(mut connection) = PgConnection::connect_with(&admin).await {
                    let statement = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
                    let _ = sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// A fresh database with all migrations applied.
pub async fn postgres() -> Option<TestPostgres> {
    let test = empty_postgres().await?;
    wiredesk_store::MIGRATIONS.run(test.pool()).await.unwrap_or_else(|e| panic!("the migrations fail: {e}"));
    Some(test)
}

/// A fresh database without any table.
pub async fn empty_postgres() -> Option<TestPostgres> {
    let Some(url) = std::env::var("WIREDESK_TEST_DATABASE_URL").ok().filter(|v| !v.is_empty()) else {
        skip("no Postgres: WIREDESK_TEST_DATABASE_URL is not set; run the tests by `make test`");
        return None;
    };
    Some(empty_postgres_at(&url).await)
}

/// A fresh database with all migrations applied, on the server of this superuser's URL.
pub async fn postgres_at(url: &str) -> TestPostgres {
    let test = empty_postgres_at(url).await;
    wiredesk_store::MIGRATIONS.run(test.pool()).await.unwrap_or_else(|e| panic!("the migrations fail: {e}"));
    test
}

/// The same without them.
pub async fn empty_postgres_at(url: &str) -> TestPostgres {
    database(url, unique("wiredesk"), false).await
}

/// The database of this name with all migrations applied, made where it is not there yet, and not dropped: what takes long to fill is
/// used again.
pub async fn kept_postgres_at(url: &str, name: &str) -> TestPostgres {
    let test = database(url, name.to_owned(), true).await;
    wiredesk_store::MIGRATIONS.run(test.pool()).await.unwrap_or_else(|e| panic!("the migrations fail: {e}"));
    test
}

async fn database(url: &str, name: String, kept: bool) -> TestPostgres {
    let admin: PgConnectOptions = url.parse().unwrap_or_else(|e| panic!("{url} is no Postgres URL: {e}"));
    let mut connection = PgConnection::connect_with(&admin)
        .await
        .unwrap_or_else(|e| panic!("Postgres at {url} does not answer: {e}"));
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await
        .unwrap_or_else(|e| panic!("cannot look for the database: {e}"));
    if !(kept && there) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{name}\"")))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|e| panic!("cannot make a test database: {e}"));
    }
    let base = url.rsplit_once('/').map_or(url, |(base, _)| base);
    let own = format!("{base}/{name}");
    let pool = PgPoolOptions::new()
        .max_connections(12)
        .connect_with(admin.clone().database(&name))
        .await
        .unwrap_or_else(|e| panic!("cannot open the test database: {e}"));
    TestPostgres { pool, admin, name, url: own, kept }
}
