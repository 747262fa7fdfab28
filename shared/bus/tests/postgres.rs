//! What only the bus in Postgres has: retention, leases, and a cap on partitions.

use std::collections::BTreeMap;
use std::time::Duration;

use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};
use wiredesk_bus::{BatchLimits, Bus, BusError, Event, Record, StartAt, Subscription};
use wiredesk_contract::{Timestamp, TopicTable, message::Kind};

fn record(topic: &str, n: usize) -> Record {
    Record {
        topic: topic.to_owned(),
        key: format!("key-{n}"),
        payload: n.to_string().into_bytes().into(),
        headers: vec![],
        // Long past its retention by its own time: what counts is when it came.
        timestamp: Timestamp::UNIX_EPOCH,
    }
}

const LIMITS: BatchLimits = BatchLimits { records: 100, bytes: 1 << 20, wait: Duration::ZERO };

#[tokio::test]
async fn records_past_their_retention_are_deleted_oldest_first() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let bus = PostgresBus::new(PostgresBusConfig::default(), test.pool().clone());
    let topics = TopicTable::load("wiredesk", None).unwrap();
    let topic = topics.name(Kind::Raw).to_owned();
    bus.ensure_topics(topics.specs()).await.unwrap();
    let ends = bus.end_offsets(&topic).await.unwrap();
    assert_eq!(ends.len(), 8, "48 partitions are capped");
    let producer = bus.producer().await.unwrap();
    for start in [0, 1_000] {
        producer.send((start..start + 1_000).map(|n| record(&topic, n)).collect()).await.unwrap();
    }
    assert_eq!(bus.sweep().await.unwrap(), 0, "nothing is old");
    sqlx::query("UPDATE bus_record SET stored_at = stored_at - interval '8 days' WHERE \"offset\" < 100")
        .execute(test.pool())
        .await
        .unwrap();
    assert_eq!(bus.sweep().await.unwrap(), 800);
    sqlx::query("UPDATE bus_record SET stored_at = stored_at - interval '8 days'")
        .execute(test.pool())
        .await
        .unwrap();
    assert_eq!(bus.sweep().await.unwrap(), 1_200);
    let mut reader = bus.reader(&topic, BTreeMap::new()).await.unwrap();
    assert!(reader.next(Duration::ZERO).await.unwrap().is_empty());
    assert_eq!(reader.positions(), bus.end_offsets(&topic).await.unwrap());
}

#[tokio::test]
async fn a_dead_members_partitions_go_to_others_and_its_commit_is_refused() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let config = PostgresBusConfig { lease_ms: 600, ..PostgresBusConfig::default() };
    let topics = TopicTable::load("wiredesk", Some(2)).unwrap();
    let topic = topics.name(Kind::Copy).to_owned();
    let join = Subscription {
        group: "g".to_owned(),
        topic: topic.clone(),
        start: StartAt::Earliest,
        positions: None,
    };

    // The first member lives in a runtime that stops: no heartbeat, and no farewell either.
    let url = test.url().to_owned();
    let (doomed, kept, zombie) = std::thread::spawn({
        let (config, join, topics, topic) = (config.clone(), join.clone(), topics.clone(), topic.clone());
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let parts = runtime.block_on(async move {
                let bus = PostgresBus::new(config, sqlx::PgPool::connect(&url).await.unwrap());
                bus.ensure_topics(topics.specs()).await.unwrap();
                bus.producer()
                    .await
                    .unwrap()
                    .send((0..20).map(|n| record(&topic, n)).collect())
                    .await
                    .unwrap();
                let mut consumer = bus.subscribe(join).await.unwrap();
                loop {
                    if let Event::Batch(batch) = consumer.next(LIMITS).await.unwrap() {
                        break ((bus, consumer), batch);
                    }
                }
            });
            (runtime, parts.0, parts.1)
        }
    })
    .join()
    .unwrap();

    let bus = PostgresBus::new(config, test.pool().clone());
    let mut heir = bus.subscribe(join).await.unwrap();
    let mut seen = 0;
    let all = async {
        while seen < 20 {
            if let Event::Batch(batch) = heir.next(LIMITS).await.unwrap() {
                seen += batch.records().len();
                batch.done().await.unwrap();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
    let late = tokio::task::spawn_blocking(move || {
        let result = doomed.block_on(zombie.done());
        drop(kept);
        drop(doomed);
        result
    });
    assert!(matches!(late.await.unwrap(), Err(BusError::Fenced { .. })));
}

#[tokio::test]
async fn without_the_tables_the_error_says_what_to_do() {
    let Some(test) = wiredesk_testkit::empty_postgres().await else { return };
    let bus = PostgresBus::new(PostgresBusConfig::default(), test.pool().clone());
    let error = bus.end_offsets("any").await.unwrap_err();
    assert!(!error.is_transient() && error.to_string().contains("wiredesk migrate"), "{error}");
}
