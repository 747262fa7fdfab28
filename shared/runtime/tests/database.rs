//! The pool, on a real Postgres.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use wiredesk_runtime::database::{DatabaseConfig, connect};
use wiredesk_runtime::{Health, SecretUrl};

#[tokio::test]
async fn postgres_ends_a_question_that_nobody_waits_for() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let config = DatabaseConfig { url: SecretUrl::new(postgres.url()), ..DatabaseConfig::default() };
    let pool = connect(&config, &Health::default(), &CancellationToken::new()).await.unwrap();
    let long = sqlx::query("SELECT pg_sleep(600)").execute(&pool);
    assert!(tokio::time::timeout(Duration::from_millis(500), long).await.is_err(), "it took no time at all");

    let running = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()";
    let mut seen = false;
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        let running: i64 = sqlx::query_scalar(running).fetch_one(postgres.pool()).await.unwrap();
        seen |= running > 0;
        if running == 0 && seen {
            break;
        }
        assert!(Instant::now() < end, "{running} go on; it was seen to run: {seen}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // The pool gives out another.
    let one: i32 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await.unwrap();
    assert_eq!(one, 1);
}
