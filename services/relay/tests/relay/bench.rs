//! A ledger that is fed, a bus, and relays over them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::json;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::Bus;
use wiredesk_bus::kafka::{KafkaBus, KafkaConfig};
use wiredesk_bus::memory::{FaultPlan, MemoryBus};
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{ContentHash, Item, ItemId, Kind, SourceId, Timestamp, TopicTable};
use wiredesk_relay::{AuditReport, Config, Relay, audit};
use wiredesk_runtime::{Deps, Health, RetryConfig, StageError};
use wiredesk_store::ledger::{Arrival, Delivery, Faults, Ledger, offsets};
use wiredesk_store::outbox;
use wiredesk_testkit::TestPostgres;

/// Seconds of a clock that stands still. Its zero is today's: Kafka drops records whose time is past their topic's retention.
pub fn at(second: i64) -> Timestamp {
    static ZERO: LazyLock<Timestamp> = LazyLock::new(|| wall_clock() - chrono::TimeDelta::hours(1));
    *ZERO + chrono::TimeDelta::seconds(second)
}

fn clock() -> Timestamp {
    at(1_000)
}

pub fn item_id(name: &str) -> ItemId {
    ItemId::derive(&SourceId::new("ribeira"), name)
}

pub fn delivery(name: &str, revision: u32, text: &str) -> Delivery {
    let hash = ContentHash::of(&[text]);
    let id = item_id(name);
    let source = json!({ "id": "ribeira", "name": "Ribeira Press", "rights": "full_text" });
    let copy = json!({
        "schema_version": 1, "item_id": id, "revision": revision, "content_hash": hash, "source": source,
        "headline": name, "text": text, "urgency": 4, "language": "es", "language_confidence": 0.5,
        "fetched_at": at(0), "fingerprint": { "exact": "", "minhash": "" },
    });
    let item = json!({
        "schema_version": 1, "uri": Item::uri_of(&id), "item_id": id, "version": 1, "versionCreated": at(0),
        "firstCreated": at(0), "pubStatus": "usable", "urgency": 4, "kind": "news", "language": "es",
        "language_confidence": 0.5, "headlines": [{ "role": "main", "value": name }], "source": source,
        "bodies": [{ "role": "main", "contentType": "text/plain", "charCount": 1, "wordCount": 1, "value": text }],
        "change": "minor", "similarity": 0.0, "cluster": id, "content_hash": hash, "fetched_at": at(0),
    });
    Delivery {
        copy: serde_json::from_value(copy).unwrap(),
        item: serde_json::from_value(item).unwrap(),
        held: None,
    }
}

pub struct Desk {
    /// Dropped with the desk.
    _pg: TestPostgres,
    pub deps: Deps,
    next: i64,
}

/// Short pauses, so that tests do not wait.
pub fn quick() -> Config {
    Config {
        batch_rows: 7,
        poll_ms: 20,
        doubt_after_ms: 300,
        standby_ms: 20,
        takeover_after_ms: 60_000,
        retry: RetryConfig { first_ms: 1, max_ms: 20 },
        ..Config::default()
    }
}

impl Desk {
    pub async fn open(bus: impl FnOnce(&PgPool, &TopicTable) -> Arc<dyn Bus>) -> Option<Self> {
        let pg = wiredesk_testkit::postgres().await?;
        let topics = Arc::new(TopicTable::load(&wiredesk_testkit::unique("relay"), Some(3)).unwrap());
        let bus = bus(pg.pool(), &topics);
        bus.ensure_topics(topics.specs()).await.unwrap();
        offsets::stand(pg.pool(), "processor@test", "clean", &[0]).await.unwrap();
        let deps = Deps {
            bus,
            db: pg.pool().clone(),
            topics,
            health: Health::default(),
            shutdown: CancellationToken::new(),
            clock,
        };
        Some(Self { _pg: pg, deps, next: 0 })
    }

    pub async fn memory(seed: u64, plan: FaultPlan) -> Option<(Self, MemoryBus)> {
        let bus = MemoryBus::with_faults(seed, plan);
        let desk = Self::open(|_, _| Arc::new(bus.clone())).await?;
        Some((desk, bus))
    }

    pub async fn postgres() -> Option<Self> {
        Self::open(|db, _| Arc::new(PostgresBus::new(PostgresBusConfig::default(), db.clone()))).await
    }

    pub async fn kafka() -> Option<Self> {
        let bootstrap_servers = wiredesk_testkit::kafka()?;
        let config = KafkaConfig { bootstrap_servers, ..KafkaConfig::default() };
        Self::open(|_, topics| Arc::new(KafkaBus::new(config, topics).unwrap())).await
    }

    /// Delivers these as the next batch; answers how many versions it made.
    pub async fn take(&mut self, deliveries: &[Delivery]) -> usize {
        let ledger = Ledger::new(self.deps.db.clone(), "processor@test");
        let arrivals: Vec<Arrival<'_>> = deliveries.iter().map(Arrival::from).collect();
        let upto = self.next + deliveries.len() as i64;
        let applied =
            ledger.apply("clean", &[(0, (self.next, upto))].into(), &arrivals, at(5)).await.unwrap();
        self.next = upto;
        applied.issued.len()
    }

    /// A number of items, each with two versions.
    pub async fn fill(&mut self, items: usize) {
        for n in 0..items {
            let name = format!("item {n}");
            self.take(&[delivery(&name, 1, "uno"), delivery(&name, 2, "dos")]).await;
        }
    }

    /// As after a failover to a replica from before the first batch: the ledger is to take its input from the start.
    pub async fn go_back(&mut self) {
        sqlx::raw_sql(
            "TRUNCATE item, item_version, outbox, relay_position CASCADE; UPDATE input_offset SET next = 0",
        )
        .execute(&self.deps.db)
        .await
        .unwrap();
        self.next = 0;
    }

    /// A relay in a task of its own, and what ends it.
    pub fn relay(&self, config: Config, faults: Faults) -> Running {
        let shutdown = CancellationToken::new();
        let deps = Deps { shutdown: shutdown.clone(), ..self.deps.clone() };
        let relay = Relay::new(config, deps).with_faults(faults);
        let task = tokio::spawn(async move { relay.run().await });
        Running { shutdown, task }
    }

    pub async fn waiting(&self) -> u64 {
        outbox::backlog(&self.deps.db).await.unwrap().rows
    }

    /// Waits until the outbox is empty; ends the test after a minute.
    pub async fn drained(&self) {
        let empty = async {
            while self.waiting().await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), empty).await.is_err() {
            panic!(
                "the outbox does not empty: {:?}, {:?}",
                outbox::backlog(&self.deps.db).await,
                self.deps.health.snapshot()
            );
        }
    }

    /// Runs a relay until the outbox is empty, and stops it.
    pub async fn publish(&self) {
        let relay = self.relay(quick(), Faults::none());
        self.drained().await;
        relay.stop().await.unwrap();
    }

    pub async fn audit(&self) -> AuditReport {
        audit(&self.deps, |_, _| {}).await.unwrap()
    }

    /// The event ids in the topic, partition by partition.
    pub async fn published(&self) -> Vec<String> {
        let topic = self.deps.topics.name(Kind::Item);
        let ends = self.deps.bus.end_offsets(topic).await.unwrap();
        let mut reader = self.deps.bus.reader(topic, Default::default()).await.unwrap();
        let mut all = Vec::new();
        while ends.iter().any(|(p, end)| reader.positions().get(p).copied().unwrap_or_default() < *end) {
            all.extend(reader.next(Duration::from_secs(1)).await.unwrap());
        }
        all.sort_by_key(|r| (r.partition, r.offset));
        all.iter().map(|r| r.record.header("ce_id").unwrap().to_owned()).collect()
    }
}

pub struct Running {
    shutdown: CancellationToken,
    pub task: tokio::task::JoinHandle<Result<(), StageError>>,
}

impl Running {
    pub async fn stop(self) -> Result<(), StageError> {
        self.shutdown.cancel();
        self.task.await.unwrap()
    }
}
