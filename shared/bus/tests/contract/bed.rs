//! What the contract is tested on, and shorthand for the tests.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use wiredesk_bus::{
    BatchLimits, Bus, BusError, Consumer, Event, Positions, Received, Record, StartAt, Subscription,
};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{Timestamp, TopicSpec, message::Kind};
use wiredesk_testkit::unique;

/// Longest wait for anything; reached only by a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Partitions of every test topic.
pub const PARTITIONS: i32 = 4;

pub struct Bed {
    pub bus: Arc<dyn Bus>,
    /// The same bus as another process sees it.
    pub other: Arc<dyn Bus>,
    /// Kept until the test ends.
    pub _keep: Box<dyn Any + Send>,
}

pub fn spec(name: &str, max_bytes: u32) -> TopicSpec {
    TopicSpec {
        kind: Kind::Raw,
        name: name.to_owned(),
        key: "id".to_owned(),
        partitions: PARTITIONS,
        retention_hours: 48,
        max_bytes,
        writer: "test".to_owned(),
        readers: vec![],
        summary: "A topic of a test.".to_owned(),
    }
}

pub fn limits() -> BatchLimits {
    BatchLimits { records: 100, bytes: 1 << 20, wait: Duration::from_millis(20) }
}

/// Seconds of a clock that stands still. Its zero was yesterday: Kafka drops records whose time is past their topic's
/// retention, and refuses what is to come.
pub fn at(second: i64) -> Timestamp {
    static ZERO: LazyLock<Timestamp> = LazyLock::new(|| {
        let yesterday = wall_clock() - chrono::TimeDelta::days(1);
        Timestamp::from_timestamp(yesterday.timestamp(), 0).unwrap()
    });
    *ZERO + chrono::TimeDelta::seconds(second)
}

/// A record whose payload is `n`.
pub fn record(topic: &str, key: &str, n: usize) -> Record {
    Record {
        topic: topic.to_owned(),
        key: key.to_owned(),
        payload: n.to_string().into_bytes().into(),
        headers: vec![("n".to_owned(), n.to_string())],
        timestamp: at(i64::try_from(n).unwrap()),
    }
}

/// Records `from..to` over 20 keys.
pub fn records(topic: &str, range: std::ops::Range<usize>) -> Vec<Record> {
    range.map(|n| record(topic, &format!("key-{}", n % 20), n)).collect()
}

pub fn number(received: &Received) -> usize {
    std::str::from_utf8(&received.record.payload).unwrap().parse().unwrap()
}

/// A key of each partition.
pub fn key_of_each() -> Vec<String> {
    let key_of = |partition| {
        (0..).map(|n| format!("k{n}")).find(|k| wiredesk_bus::partition_of(k, PARTITIONS) == partition)
    };
    (0..PARTITIONS).filter_map(key_of).collect()
}

pub async fn patiently<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited too long for {what}"))
}

impl Bed {
    /// A topic of the test's own.
    pub async fn topic(&self) -> String {
        let name = unique("contract");
        self.bus.ensure_topics(&[spec(&name, 1 << 20)]).await.unwrap();
        name
    }

    pub async fn send(&self, records: Vec<Record>) {
        self.bus.producer().await.unwrap().send(records).await.unwrap();
    }

    pub async fn join(&self, topic: &str, group: &str) -> Box<dyn Consumer> {
        join(&*self.bus, topic, group, StartAt::Earliest).await
    }
}

pub async fn join(bus: &dyn Bus, topic: &str, group: &str, start: StartAt) -> Box<dyn Consumer> {
    bus.subscribe(subscription(topic, group, start, None)).await.unwrap()
}

pub fn subscription(
    topic: &str,
    group: &str,
    start: StartAt,
    positions: Option<Arc<dyn Positions>>,
) -> Subscription {
    Subscription { group: group.to_owned(), topic: topic.to_owned(), start, positions }
}

/// The next batch; rebalances on the way are passed over.
pub async fn next_batch(consumer: &mut dyn Consumer) -> wiredesk_bus::Batch {
    patiently("a batch", async {
        loop {
            if let Event::Batch(batch) = consumer.next(limits()).await.unwrap() {
                return batch;
            }
        }
    })
    .await
}

/// Waits until this member has all partitions.
pub async fn own_all(consumer: &mut dyn Consumer) {
    patiently("all partitions", async {
        let mut owned = std::collections::BTreeSet::new();
        while owned.len() < PARTITIONS as usize {
            match consumer.next(limits()).await.unwrap() {
                Event::Assigned(partitions) => owned.extend(partitions),
                Event::Revoked(partitions) => owned.retain(|p| !partitions.contains(p)),
                Event::Batch(_) => panic!("a batch before all partitions are assigned"),
            }
        }
    })
    .await;
}

/// Reads and commits until `count` records came.
pub async fn consume(consumer: &mut dyn Consumer, count: usize) -> Vec<Received> {
    let mut all = Vec::new();
    while all.len() < count {
        let batch = next_batch(consumer).await;
        all.extend_from_slice(batch.records());
        patiently("a commit", batch.done()).await.unwrap();
    }
    all
}

/// Reads the whole topic as a consumer of the published topics does.
pub async fn read_all(bus: &dyn Bus, topic: &str) -> Vec<Received> {
    read_at_least(bus, topic, 0).await
}

/// The same, once there are that many. A Kafka transaction becomes visible a moment after its commit was answered.
pub async fn read_at_least(bus: &dyn Bus, topic: &str, count: usize) -> Vec<Received> {
    let mut reader = bus.reader(topic, BTreeMap::new()).await.unwrap();
    patiently("the end of the topic", async {
        let mut all = Vec::new();
        loop {
            let ends = bus.end_offsets(topic).await.unwrap();
            while ends.iter().any(|(p, end)| reader.positions().get(p).copied().unwrap_or(0) < *end) {
                all.extend(reader.next(Duration::from_millis(200)).await.unwrap());
            }
            if all.len() >= count {
                return all;
            }
            all.extend(reader.next(Duration::from_millis(20)).await.unwrap());
        }
    })
    .await
}

pub fn fenced(result: Result<(), BusError>) -> bool {
    matches!(result, Err(BusError::Fenced { .. }))
}
