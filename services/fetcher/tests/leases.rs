//! Domains are shared among fetchers by leases in a real Postgres.

use std::sync::Arc;

use crate::common::{TakingBus, WireServer};
use chrono::Duration;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{SourceId, TopicTable};
use wiredesk_fetcher::Config;
use wiredesk_runtime::{Deps, Health};
use wiredesk_store::source::{self as table, Found, Leased, Manners, Polled};

async fn insert(db: &PgPool, id: &str, domain: &str) {
    let url = format!("https://{domain}/{id}");
    sqlx::query(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll, domain)
         VALUES ($1, $1, $2, '{}', 60, now(), $3)",
    )
    .bind(id)
    .bind(url)
    .bind(domain)
    .execute(db)
    .await
    .unwrap();
    sqlx::query("INSERT INTO source_domain (domain) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(domain)
        .execute(db)
        .await
        .unwrap();
}

/// Six sources of three domains.
async fn desk() -> Option<wiredesk_testkit::TestPostgres> {
    let postgres = wiredesk_testkit::postgres().await?;
    for (id, domain) in [
        ("a1", "a.example"),
        ("a2", "a.example"),
        ("a3", "a.example"),
        ("b1", "b.example"),
        ("b2", "b.example"),
        ("c1", "c.example"),
    ] {
        insert(postgres.pool(), id, domain).await;
    }
    Some(postgres)
}

fn polled(leased: &Leased) -> Polled {
    let mut progress = leased.progress.clone();
    progress.next_poll = wall_clock() + Duration::hours(1);
    Polled {
        id: leased.id.clone(),
        domain: leased.domain.clone(),
        lease: leased.lease,
        url: leased.url.clone(),
        at: wall_clock(),
        status: Some(304),
        error: None,
        progress,
        validators: None,
        found: Found::default(),
        children: Vec::new(),
    }
}

async fn domains(db: &PgPool, owner: &str) -> Vec<String> {
    let mut held: Vec<String> = table::held(db, owner).await.unwrap().into_iter().map(|(d, _)| d).collect();
    held.sort();
    held
}

#[tokio::test]
async fn a_domain_is_spoken_to_by_one_and_the_dead_lose_theirs() {
    let Some(postgres) = desk().await else { return };
    let db = postgres.pool();
    assert_eq!(table::beat(db, "one", 30).await.unwrap().fetchers, 1);
    let cluster = table::beat(db, "two", 30).await.unwrap();
    assert_eq!((cluster.fetchers, cluster.sources), (2, 6));
    let one: usize = table::take(db, "one", 3).await.unwrap().len();
    let two = table::take(db, "two", 100).await.unwrap().len();
    assert!(one >= 1 && two >= 1 && one + two == 3);
    assert!(table::take(db, "one", 100).await.unwrap().is_empty(), "nothing is free");
    let rows = table::leased(db, "one", &["a1", "a2", "a3", "b1", "b2", "c1"]).await.unwrap();
    let others = table::leased(db, "two", &["a1", "a2", "a3", "b1", "b2", "c1"]).await.unwrap();
    assert_eq!(rows.len() + others.len(), 6);
    // One says nothing any more: two takes over, and what one polled meanwhile is not saved.
    sqlx::query("UPDATE fetcher SET alive_until = now() WHERE owner = 'one'").execute(db).await.unwrap();
    let late: Vec<Polled> = rows.iter().map(polled).collect();
    assert!(table::save(db, "one", &late[..1]).await.unwrap()[0], "nobody has taken it yet");
    table::take(db, "two", 100).await.unwrap();
    assert_eq!(domains(db, "two").await.len(), 3);
    assert!(table::save(db, "one", &late).await.unwrap().iter().all(|saved| !saved));
    // One comes back and gets a domain again: what it polled under the old lease is still not saved.
    assert!(table::beat(db, "one", 30).await.unwrap().lapsed);
    let given: Vec<(String, Manners)> = domains(db, "two")
        .await
        .into_iter()
        .map(|d| (d, Manners { slowness: 1.0, ..Manners::default() }))
        .collect();
    table::give(db, "two", &given).await.unwrap();
    assert_eq!(table::take(db, "one", 100).await.unwrap().len(), 3);
    assert!(table::save(db, "one", &late).await.unwrap().iter().all(|saved| !saved));
}

#[tokio::test]
async fn a_batch_saves_all_but_what_was_edited_meanwhile() {
    let Some(postgres) = desk().await else { return };
    let db = postgres.pool();
    table::beat(db, "me", 30).await.unwrap();
    table::take(db, "me", 100).await.unwrap();
    let mut rows = table::leased(db, "me", &["a1", "a2", "b1"]).await.unwrap();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let polls: Vec<Polled> = rows.iter().map(polled).collect();
    sqlx::query("UPDATE source SET url = 'https://a.example/other' WHERE id = 'a2'")
        .execute(db)
        .await
        .unwrap();
    assert_eq!(table::save(db, "me", &polls).await.unwrap(), [true, false, true]);
    let placed: Vec<SourceId> = table::unplaced(db, 10).await.unwrap().into_iter().map(|s| s.id).collect();
    assert_eq!(placed, [SourceId::new("a2")], "its queue is to be told anew");
    for change in
        ["paused = true", "active = false", "stopped = 'gone'", "config = '{\"kind\": \"webhook\"}'"]
    {
        let statement = format!("UPDATE source SET {change} WHERE id = 'b1'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(db).await.unwrap();
        assert!(table::leased(db, "me", &["b1"]).await.unwrap().is_empty(), "{change}");
        for undo in ["paused = false, active = true, stopped = NULL, config = '{}'", "domain = 'b.example'"] {
            let statement = format!("UPDATE source SET {undo} WHERE id = 'b1'");
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(db).await.unwrap();
        }
        assert_eq!(table::leased(db, "me", &["b1"]).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_owed_goes_with_the_lease() {
    let Some(postgres) = desk().await else { return };
    let db = postgres.pool();
    table::beat(db, "me", 30).await.unwrap();
    table::take(db, "me", 100).await.unwrap();
    let rest = chrono::DateTime::from_timestamp(1_772_443_800, 0);
    let owed = Manners { rest_until: rest, refusals: 2, slowness: 4.0, next_request: None };
    table::save_manners(db, "me", &[("a.example".to_owned(), owed.clone())]).await.unwrap();
    // It dies: what servers asked for is known to whoever comes after.
    sqlx::query("UPDATE fetcher SET alive_until = now()").execute(db).await.unwrap();
    table::beat(db, "heir", 30).await.unwrap();
    let taken = table::take(db, "heir", 100).await.unwrap();
    assert_eq!(taken.iter().find(|t| t.domain == "a.example").unwrap().manners, owed);
    table::save_manners(db, "me", &[("a.example".to_owned(), Manners::default())]).await.unwrap();
    table::release(db, "heir").await.unwrap();
    table::beat(db, "third", 30).await.unwrap();
    let taken = table::take(db, "third", 100).await.unwrap();
    assert_eq!(
        taken.iter().find(|t| t.domain == "a.example").unwrap().manners,
        owed,
        "the dead change nothing"
    );
}

/// Sources that the desk adds, pauses and resumes while a fetcher runs, without a restart.
#[tokio::test]
async fn edits_of_the_table_are_followed() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let db = postgres.pool();
    let server = WireServer::start().await;
    server.feed("/feed", "1", "<item><title>Uno</title><guid>a</guid></item>");
    let bus = TakingBus::default();
    let deps = Deps {
        bus: Arc::new(bus.clone()),
        db: db.clone(),
        topics: Arc::new(TopicTable::load("wiredesk", None).unwrap()),
        health: Health::default(),
        shutdown: CancellationToken::new(),
        clock: wall_clock,
    };
    // A short lease is a short round of looking at edits.
    let config = Config { lease_seconds: 1, ..Config::default() };
    let running = tokio::spawn(wiredesk_fetcher::run(config, deps.clone()));
    until("the fetcher lives", || async {
        sqlx::query("SELECT 1 FROM fetcher").fetch_optional(db).await.unwrap().is_some()
    })
    .await;
    let config = serde_json::json!({"id": "nu", "url": server.url("/feed"), "allow": ["127.0.0.0/8"], "interval_seconds": 1});
    sqlx::query(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll, origin)
         VALUES ('nu', 'Ñu', $1, $2, 1, now(), 'desk')",
    )
    .bind(server.url("/feed"))
    .bind(&config)
    .execute(db)
    .await
    .unwrap();
    until("it is polled", || async { bus.raws().len() == 1 }).await;
    sqlx::query("UPDATE source SET paused = true").execute(db).await.unwrap();
    until("it is left alone", || async {
        let before = server.requests.lock().unwrap().len();
        tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
        server.requests.lock().unwrap().len() == before
    })
    .await;
    server.feed("/feed", "2", "<item><title>Dos</title><guid>b</guid></item>");
    sqlx::query("UPDATE source SET paused = false").execute(db).await.unwrap();
    until("it is polled again", || async { bus.raws().len() == 2 }).await;
    deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM fetcher").fetch_one(db).await.unwrap();
    assert_eq!(left, 0);
}

async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect(what);
}
