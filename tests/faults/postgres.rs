//! Postgres fails: its backends are ended again and again, it is restarted in order and as by a crash, and it is slow.

use std::time::Duration;

use rand::seq::SliceRandom;
use wiredesk_tests::BusChoice;
use wiredesk_tests::servers::OwnPostgres;

use crate::report::Report;
use crate::stand::{Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["backends ended", "restarts"];

#[derive(Clone, Copy)]
enum Fault {
    BackendsEnded,
    Restart(&'static str),
    Slow,
}

/// One run: each fault once, in a seeded order. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(own) = OwnPostgres::start() else { return false };
    let servers = Servers { postgres: Some(own), ..Servers::default() };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut faults = [
        ("Postgres: backends ended", Fault::BackendsEnded),
        ("Postgres: restart, fast", Fault::Restart("fast")),
        ("Postgres: restart, immediate", Fault::Restart("immediate")),
        ("Postgres: slow", Fault::Slow),
    ];
    faults.shuffle(&mut stand.random);
    for (name, fault) in faults {
        let mut seen = 0;
        stand.suffer(report, name, async |stand| seen = harm(stand, fault).await).await;
        report.saw(if matches!(fault, Fault::BackendsEnded) { "backends ended" } else { "restarts" }, seen);
    }
    stand.finish(report).await;
    true
}

/// How often it was seen to happen: backends that were ended, restarts.
async fn harm(stand: &mut Stand, fault: Fault) -> u64 {
    match fault {
        Fault::BackendsEnded => end_backends(stand).await,
        Fault::Restart(mode) => {
            let before = started(stand).await;
            let down = stand.time(0, 2_500);
            let own = stand.servers.postgres.as_ref().unwrap();
            own.stop(mode);
            tokio::time::sleep(down).await;
            own.again().unwrap();
            u64::from(started(stand).await != before)
        }
        Fault::Slow => {
            slow(stand, 0.2).await;
            stand.life.oracle.issue(4);
            tokio::time::sleep(Duration::from_secs(3)).await;
            quick(stand).await;
            0
        }
    }
}

async fn end_backends(stand: &mut Stand) -> u64 {
    let mut ended = 0;
    for _ in 0..15 {
        let all: i64 = sqlx::query_scalar(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE application_name = 'wiredesk' AND datname = current_database()",
        )
        .fetch_one(stand.life.desk.db())
        .await
        .unwrap();
        ended += all as u64;
        let pause = stand.time(50, 400);
        tokio::time::sleep(pause).await;
    }
    ended
}

async fn started(stand: &Stand) -> String {
    loop {
        let started =
            sqlx::query_scalar("SELECT pg_postmaster_start_time()::text").fetch_one(stand.life.desk.db());
        match started.await {
            Ok(started) => return started,
            // Connections of before the restart.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// From now on each version takes so many seconds to write.
pub async fn slow(stand: &Stand, seconds: f64) {
    let statement = format!(
        "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$; \
         CREATE TRIGGER doze BEFORE INSERT ON item_version FOR EACH ROW EXECUTE FUNCTION doze()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(stand.life.desk.db()).await.unwrap();
}

/// And now it is as quick as before.
pub async fn quick(stand: &Stand) {
    let statement = "DROP TRIGGER doze ON item_version; DROP FUNCTION doze()";
    sqlx::raw_sql(statement).execute(stand.life.desk.db()).await.unwrap();
}
