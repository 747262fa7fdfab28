//! The bus, as every stage sees it.
//!
//! A *topic* has partitions, a *partition* is a log, an *offset* counts its records from 0. A record's partition follows
//! from its key (murmur2, as Kafka's Java client does it), so equal keys keep their order. A *group* shares a topic's
//! partitions among its *members*; each partition has one owner. A committed offset is that of the next record to read.
//! Delivery is at least once: after a crash, records from the committed offset on come again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use wiredesk_contract::{Timestamp, TopicSpec};

use crate::batch::{Batch, BatchLimits};
use crate::error::{BusError, PublishError};
use crate::record::{Position, Received, Record};

/// A bus: Kafka, a Postgres log table, or memory.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// `kafka`, `postgres` or `memory`.
    fn name(&self) -> &'static str;

    /// Makes the topics that do not exist; leaves the others as they are.
    async fn ensure_topics(&self, specs: &[TopicSpec]) -> Result<(), BusError>;

    /// A producer whose records are durable once [`Producer::send`] returns.
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError>;

    /// Joins a group.
    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Consumer>, BusError>;

    /// Takes the transactional id, fencing whoever held it: their open transaction is aborted, and whatever they send
    /// later is refused.
    async fn publisher(&self, transactional_id: &str) -> Result<Box<dyn Publisher>, PublishError>;

    /// Reads committed records from `from` on (a partition that is not named: from its start), outside any group.
    async fn reader(&self, topic: &str, from: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError>;

    /// For each partition, the offset after the last record that a read-committed reader may see now.
    async fn end_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError>;

    /// For each partition, the offset of the first record that is still kept.
    async fn start_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Ok(self.describe(topic).await?.starts)
    }

    /// How the topic is kept; [`BusError::NoTopic`] where there is none.
    async fn describe(&self, topic: &str) -> Result<TopicFacts, BusError>;

    /// For each partition, the group's committed offset; a partition without one is absent.
    async fn committed(&self, group: &str, topic: &str) -> Result<BTreeMap<i32, i64>, BusError>;
}

/// How a bus keeps a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicFacts {
    /// For each partition, the offset of the first record that is still kept.
    pub starts: BTreeMap<i32, i64>,
    /// How long records are kept; `None` is for ever.
    pub retention: Option<Duration>,
    /// Largest record in bytes; `None` where there is no limit.
    pub max_bytes: Option<u64>,
    /// Is it compacted: are older records of a key removed?
    pub compacted: bool,
    /// Copies of the partitions, where the bus keeps copies.
    pub copies: Option<Copies>,
}

/// Copies of a topic's partitions on different brokers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies {
    /// Of the partition that has fewest.
    pub replicas: usize,
    /// Those that are up to date, of the partition that has fewest.
    pub in_sync: usize,
    /// With fewer than so many up to date, nothing is accepted.
    pub least: usize,
    /// May a copy that is not up to date become the leader? Then acknowledged records can be lost.
    pub unclean_election: bool,
}

/// Sends records, at least once.
#[async_trait]
pub trait Producer: Send + Sync {
    /// Sends all and waits until each is durable. Order within a key is the order of the vector. When it fails, some may
    /// have been sent: send all again. A full queue is back-pressure, not an error: it waits.
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError>;
}

/// Sends records atomically, under a fence.
#[async_trait]
pub trait Publisher: Send {
    /// Sends all or none. On Kafka readers see it a moment after this returns; a new publisher under the same id waits for
    /// that. After any error but [`PublishError::Bus`] with a record that is too large, this publisher is
    /// spent: make a new one, read back, and only then send again.
    async fn publish(&mut self, records: Vec<Record>) -> Result<(), PublishError>;
}

/// Where a group without a committed offset starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// At the first record kept.
    Earliest,
    /// After the last.
    Latest,
    /// At the first record whose timestamp is not before this.
    Time(Timestamp),
}

/// Positions kept outside the bus, in the ledger: on assignment the consumer seeks to them, and the group's own committed
/// offsets are only advice.
#[async_trait]
pub trait Positions: Send + Sync + 'static {
    /// The next offset for each of these partitions that has one.
    async fn load(&self, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, BusError>;
}

/// What a member wants.
#[derive(Clone)]
pub struct Subscription {
    /// Group name.
    pub group: String,
    /// Topic name.
    pub topic: String,
    /// Where to start without a committed offset.
    pub start: StartAt,
    /// Positions that overrule the committed ones.
    pub positions: Option<Arc<dyn Positions>>,
}

/// What a member gets.
pub enum Event {
    /// These partitions are this member's from now on; comes before their first batch.
    Assigned(Vec<i32>),
    /// These are no longer; a batch of theirs that is not done cannot be committed any more.
    Revoked(Vec<i32>),
    /// Records.
    Batch(Batch),
}

/// A member of a group. Dropping it leaves the group.
#[async_trait]
pub trait Consumer: Send {
    /// The next event. Cancel-safe: a call that is dropped loses nothing. Waits for as long as it takes, heartbeating.
    async fn next(&mut self, limits: BatchLimits) -> Result<Event, BusError>;
}

/// Reads a topic's committed records outside any group.
#[async_trait]
pub trait Reader: Send {
    /// The records that are there, waiting up to `wait` for the first; empty where none came. Cancel-safe.
    async fn next(&mut self, wait: Duration) -> Result<Vec<Received>, BusError>;

    /// For each partition, the offset that is read next. Goes past transaction markers, so that it reaches
    /// [`Bus::end_offsets`] once everything was read.
    fn positions(&self) -> BTreeMap<i32, i64>;
}
