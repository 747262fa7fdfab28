//! The stage under the loop: groups, lost commits, gaps in the log.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::memory::{FaultPlan, MemoryBus};
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};
use wiredesk_bus::{Bus, Record};
use wiredesk_contract::message::Message;
use wiredesk_contract::{Change, CleanItem, Kind, Timestamp, TopicTable, Verdict};
use wiredesk_processor::{Config, run};
use wiredesk_runtime::{Deps, Health, LoopConfig};

use super::bench::{at, copy};

fn clock() -> Timestamp {
    at(50)
}

fn deps(bus: Arc<dyn Bus>, db: PgPool) -> Deps {
    Deps {
        bus,
        db,
        topics: Arc::new(TopicTable::load("stage", Some(4)).unwrap()),
        health: Health::default(),
        shutdown: CancellationToken::new(),
        clock,
    }
}

fn records(deps: &Deps, items: usize, revision: u32) -> Vec<Record> {
    let clean = |n: usize| {
        let copy = copy(&format!("n{n}"), revision, &format!("texto {revision}"));
        let verdict = Verdict::original(&copy.item_id, Change::Minor);
        CleanItem { schema_version: CleanItem::VERSION, copy, verdict }
    };
    (0..items)
        .map(|n| {
            Record::of(
                &clean(n),
                &deps.topics,
                at(40),
                Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            )
            .unwrap()
        })
        .collect()
}

async fn until(db: &PgPool, sql: &'static str, wanted: i64) {
    let reached = async {
        while sqlx::query_scalar::<_, i64>(sql).fetch_one(db).await.unwrap() != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(60), reached).await.is_ok(),
        "{sql} does not come to {wanted}"
    );
}

fn small() -> Config {
    Config { run: LoopConfig { records: 5, wait_ms: 5, ..LoopConfig::default() }, ..Config::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processors_that_lose_commits_and_partitions_store_everything_once() {
    let Some(pg) = wiredesk_testkit::postgres().await else { return };
    let plan = FaultPlan { commit_lost: 0.1, member_killed: 0.1, most: 10, ..FaultPlan::default() };
    let bus = MemoryBus::with_faults(3, plan);
    let deps = deps(Arc::new(bus.clone()), pg.pool().clone());
    bus.ensure_topics(deps.topics.specs()).await.unwrap();
    let services: Vec<_> = (0..2).map(|_| tokio::spawn(run(small(), deps.clone()))).collect();
    let producer = bus.producer().await.unwrap();
    for revision in 1..=3 {
        producer.send(records(&deps, 40, revision)).await.unwrap();
        // What was sent is sent again, as after a crash of the stage before.
        producer.send(records(&deps, 40, revision)).await.unwrap();
    }
    until(&deps.db, "SELECT coalesce(sum(next), 0)::bigint FROM input_offset", 240).await;
    deps.shutdown.cancel();
    for service in services {
        service.await.unwrap().unwrap();
    }
    assert!(bus.faults() > 3, "only {} faults", bus.faults());
    until(&deps.db, "SELECT count(*) FROM item_version", 120).await;
    until(&deps.db, "SELECT count(*) FROM outbox", 120).await;
    until(
        &deps.db,
        "SELECT count(*) FROM outbox WHERE headers::text LIKE '%0af7651916cd43dd8448eb211c80319c%'",
        120,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_past_retention_are_stepped_over_and_said() {
    let Some(pg) = wiredesk_testkit::postgres().await else { return };
    let db = pg.pool().clone();
    let deps = deps(Arc::new(PostgresBus::new(PostgresBusConfig::default(), db.clone())), db.clone());
    let topics = TopicTable::load("stage", Some(1)).unwrap();
    deps.bus.ensure_topics(topics.specs()).await.unwrap();
    deps.bus.producer().await.unwrap().send(records(&deps, 6, 1)).await.unwrap();
    // The ledger stood at 1 when the retention took the first four.
    sqlx::query("DELETE FROM bus_record WHERE \"offset\" < 4").execute(&db).await.unwrap();
    sqlx::query("INSERT INTO input_offset VALUES ('processor@postgres', $1, 0, 1)")
        .bind(deps.topics.name(Kind::Clean))
        .execute(&db)
        .await
        .unwrap();
    let service = tokio::spawn(run(small(), deps.clone()));
    until(&db, "SELECT count(*) FROM item", 2).await;
    until(&db, "SELECT next FROM input_offset", 6).await;
    deps.shutdown.cancel();
    service.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_was_made_anew_is_read_from_its_start() {
    let Some(pg) = wiredesk_testkit::postgres().await else { return };
    let bus = MemoryBus::new();
    let deps = deps(Arc::new(bus.clone()), pg.pool().clone());
    bus.ensure_topics(deps.topics.specs()).await.unwrap();
    for partition in 0..4 {
        sqlx::query("INSERT INTO input_offset VALUES ('processor@memory', $1, $2, 1000)")
            .bind(deps.topics.name(Kind::Clean))
            .bind(partition)
            .execute(&deps.db)
            .await
            .unwrap();
    }
    bus.producer().await.unwrap().send(records(&deps, 8, 1)).await.unwrap();
    let service = tokio::spawn(run(small(), deps.clone()));
    until(&deps.db, "SELECT count(*) FROM item", 8).await;
    deps.shutdown.cancel();
    service.await.unwrap().unwrap();
}
