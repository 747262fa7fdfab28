//! A stage whose core does what the text of its input says, on a real bus.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use tokio_util::sync::CancellationToken;
use wiredesk_bus::memory::{FaultPlan, MemoryBus};
use wiredesk_bus::{Bus, Record};
use wiredesk_contract::envelope::header;
use wiredesk_contract::{DeadLetter, Kind, Outcome, RawItem, Timestamp, TopicTable, Why, decode, encode};
use wiredesk_runtime::{Deps, Health, LoopConfig, RetryConfig, Stage, StageError, Work};

pub const GROUP: &str = "wiredesk.probe";

/// A fixed instant: nothing here depends on when it runs.
pub fn noon() -> Timestamp {
    "2026-02-15T12:00:00Z".parse().unwrap()
}

pub fn quick() -> LoopConfig {
    LoopConfig { wait_ms: 1, retry: RetryConfig { first_ms: 1, max_ms: 5 }, ..LoopConfig::default() }
}

pub struct Desk {
    pub deps: Deps,
    pub bus: MemoryBus,
}

impl Desk {
    pub async fn new() -> Self {
        Self::on(MemoryBus::new()).await
    }

    pub async fn faulty(seed: u64, plan: FaultPlan) -> Self {
        Self::on(MemoryBus::with_faults(seed, plan)).await
    }

    async fn on(bus: MemoryBus) -> Self {
        let topics = TopicTable::load("wiredesk", Some(1)).unwrap();
        bus.ensure_topics(topics.specs()).await.unwrap();
        // The loop itself never asks Postgres; nothing listens here.
        let db = PgPoolOptions::new().connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
        let deps = Deps {
            bus: Arc::new(bus.clone()),
            db,
            topics: Arc::new(topics),
            health: Health::default(),
            shutdown: CancellationToken::new(),
            clock: noon,
        };
        Self { deps, bus }
    }

    pub fn topic(&self, kind: Kind) -> String {
        self.deps.topics.name(kind).to_owned()
    }

    /// Puts these payloads on the raw topic, in this order.
    pub async fn put(&self, payloads: Vec<Vec<u8>>) {
        let producer = self.deps.bus.producer().await.unwrap();
        let records: Vec<Record> = payloads
            .into_iter()
            .map(|payload| Record {
                topic: self.topic(Kind::Raw),
                key: "k".to_owned(),
                payload: payload.into(),
                headers: vec![(header::TRACEPARENT.to_owned(), TRACE.to_owned())],
                timestamp: noon(),
            })
            .collect();
        // A faulty bus may take them on the second try, or twice.
        while producer.send(records.clone()).await.is_err() {}
    }

    /// Waits until the group has committed `next` on partition 0.
    pub async fn committed(&self, next: i64) {
        let topic = self.topic(Kind::Raw);
        until("the commit", || async {
            self.deps.bus.committed(GROUP, &topic).await.unwrap().get(&0) == Some(&next)
        })
        .await;
    }

    pub async fn committed_now(&self) -> Option<i64> {
        self.deps.bus.committed(GROUP, &self.topic(Kind::Raw)).await.unwrap().get(&0).copied()
    }

    /// Every dead letter.
    pub async fn dead(&self) -> Vec<(DeadLetter, Record)> {
        let topic = self.topic(Kind::Dead);
        let end = self.deps.bus.end_offsets(&topic).await.unwrap();
        let mut reader = self.deps.bus.reader(&topic, BTreeMap::new()).await.unwrap();
        let mut letters = Vec::new();
        while end.iter().any(|(p, e)| reader.positions().get(p).copied().unwrap_or(0) < *e) {
            for received in reader.next(Duration::from_millis(200)).await.unwrap() {
                letters.push((decode(&received.record.payload).unwrap(), received.record));
            }
        }
        letters
    }
}

pub const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Waits for something that must come; a test that waits for ever is ended by its runner.
pub async fn until<F: Future<Output = bool>>(what: &str, mut come: impl FnMut() -> F) {
    for _ in 0..6_000 {
        if come().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come");
}

/// A raw item whose title tells the core what to do.
pub fn raw(title: &str) -> Vec<u8> {
    encode(&raw_item(title)).unwrap()
}

pub fn raw_item(title: &str) -> RawItem {
    serde_json::from_value(json!({
        "schema_version": 1, "item_id": "0123456789abcdef0123456789abcdef", "revision": 1,
        "source": {"id": "probe", "name": "Probe", "country": "ES", "language": "es", "rights": "headline"},
        "entry": {"title": title}, "fetched_at": "2026-02-15T11:59:00Z"
    }))
    .unwrap()
}

/// What the test sees of the stage.
#[derive(Clone, Default)]
pub struct Seen {
    /// Titles of each stored work.
    pub stored: Arc<Mutex<Vec<Vec<String>>>>,
    pub attempts: Arc<Mutex<Vec<Vec<String>>>>,
    pub cores: Arc<AtomicUsize>,
    pub assigned: Arc<AtomicUsize>,
    pub revoked: Arc<AtomicUsize>,
    /// Errors that `store` answers before it works.
    pub failures: Arc<Mutex<Vec<StageError>>>,
}

impl Seen {
    pub fn titles(&self) -> Vec<String> {
        self.stored.lock().unwrap().concat()
    }
    pub fn failing(self, failures: Vec<StageError>) -> Self {
        *self.failures.lock().unwrap() = failures;
        self
    }
}

pub struct Probe {
    pub seen: Seen,
    /// Held by the test while `store` must not go on.
    pub gate: Arc<tokio::sync::Mutex<()>>,
}

impl Probe {
    pub fn new(seen: &Seen) -> Self {
        Self { seen: seen.clone(), gate: Arc::default() }
    }
}

#[async_trait]
impl Stage for Probe {
    type In = RawItem;
    type Out = String;

    fn name(&self) -> &'static str {
        "probe"
    }

    fn core(&mut self, input: RawItem, _now: Timestamp) -> Outcome<String> {
        let n = self.seen.cores.fetch_add(1, Ordering::Relaxed);
        match input.entry.title.as_str() {
            "panic" => panic!("the comma of item {} is missing", input.item_id),
            "skip" => Outcome::Skip(Why::new("advert", "an advertisement")),
            "dead" => Outcome::Dead(Why::new("no_title", "it has no title; look at the feed")),
            title => Outcome::Emit(vec![format!("{title}#{n}")]),
        }
    }

    async fn store(&mut self, work: &Work<String>) -> Result<(), StageError> {
        let titles: Vec<String> = work.outputs.iter().map(|o| o.value.clone()).collect();
        self.seen.attempts.lock().unwrap().push(titles.clone());
        let _open = self.gate.lock().await;
        if let Some(error) = self.seen.failures.lock().unwrap().pop() {
            return Err(error);
        }
        self.seen.stored.lock().unwrap().push(titles);
        Ok(())
    }

    async fn assigned(&mut self, _partitions: &[i32]) -> Result<(), StageError> {
        self.seen.assigned.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn revoked(&mut self, _partitions: &[i32]) {
        self.seen.revoked.fetch_add(1, Ordering::Relaxed);
    }
}

pub fn unbase64(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}
