//! The pool, on a real Postgres.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use wiredesk_runtime::database::{DatabaseConfig, connect};
use wiredesk_runtime::{Health, SecretUrl};
use wiredesk_testkit::TestPostgres;

/// Waits until so many of the question are under way.
async fn until_so_many_run(postgres: &TestPostgres, wanted: i64) {
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()";
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        let running: i64 = sqlx::query_scalar(sql).fetch_one(postgres.pool()).await.unwrap();
        if running == wanted {
            return;
        }
        assert!(Instant::now() < end, "{running} are under way, not {wanted}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn postgres_ends_a_question_that_nobody_waits_for() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let config = DatabaseConfig { url: SecretUrl::new(postgres.url()), ..DatabaseConfig::default() };
    let pool = connect(&config, &Health::default(), &CancellationToken::new()).await.unwrap();
    let asker = pool.clone();
    let asking = tokio::spawn(async move { sqlx::query("SELECT pg_sleep(600)").execute(&asker).await });
    until_so_many_run(&postgres, 1).await;
    asking.abort();
    until_so_many_run(&postgres, 0).await;
    // The pool gives out another.
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await.unwrap();
    assert_eq!(one, 1);
}
