//! What a stage is: a pure core, and a way to make its outcomes durable. The loop does everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use wiredesk_bus::{BusError, Positions};
use wiredesk_contract::{Message, Outcome, Timestamp};

/// A service from its start until it has drained. It is boxed where it is written, so that it is compiled there and once: the code of
/// an `async fn` is made again in every executable that awaits it.
pub type Running = futures::future::BoxFuture<'static, Result<(), StageError>>;

/// Where an input was, and the trace that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// W3C trace context of the input record.
    pub traceparent: Option<String>,
}

impl Origin {
    /// The origin of what no record led to, such as an entry just fetched.
    pub fn none() -> Self {
        Self { partition: -1, offset: -1, traceparent: None }
    }
}

/// One output of the core and the input that it came from.
#[derive(Clone, Debug)]
pub struct Output<T> {
    /// What the core emitted.
    pub value: T,
    /// The input.
    pub origin: Origin,
}

/// What a batch came to: to be made durable as a whole.
#[derive(Clone, Debug)]
pub struct Work<T> {
    /// Input topic.
    pub topic: String,
    /// In input order.
    pub outputs: Vec<Output<T>>,
    /// For each partition, where this member stood before the batch (its first offset, or the gap before it: Kafka's
    /// transaction markers) and the offset after its last record, skips and dead letters included.
    pub spans: BTreeMap<i32, (i64, i64)>,
}

/// Why a stage could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The same call may succeed later: the loop backs off and tries again.
    #[error("{0}")]
    Transient(String),
    /// Somebody else owns the partition now: the loop drops the batch and rejoins the group.
    #[error("another member owns the input now ({0}); this one rejoins")]
    Fenced(String),
    /// Going on would lose or falsify something: the line stops.
    #[error("{0}")]
    Fatal(String),
}

impl StageError {
    /// May the same call succeed later?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

impl From<BusError> for StageError {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Fenced { .. } => Self::Fenced(error.to_string()),
            e if e.is_transient() => Self::Transient(e.to_string()),
            e => Self::Fatal(e.to_string()),
        }
    }
}

impl From<sqlx::Error> for StageError {
    fn from(error: sqlx::Error) -> Self {
        if wiredesk_store::is_transient(&error) {
            Self::Transient(wiredesk_store::explained(&error))
        } else {
            Self::Fatal(wiredesk_store::explained(&error))
        }
    }
}

/// A stage of the pipeline.
#[async_trait]
pub trait Stage: Send + 'static {
    /// What it reads; the topic follows from the kind.
    type In: Message;
    /// What its core emits.
    type Out: Send + Sync + 'static;

    /// Its name: consumer group `<prefix>.<name>`, metric label, health component.
    fn name(&self) -> &'static str;

    /// The core, on one input: no I/O, no clock, no randomness. A panic in it becomes a dead letter, so
    /// a core with state changes it last, when nothing can panic any more.
    fn core(&mut self, input: Self::In, now: Timestamp) -> Outcome<Self::Out>;

    /// Makes a batch durable; when it returns, the loop commits the input. Called again with the same work after a
    /// transient error, so it must be idempotent.
    async fn store(&mut self, work: &Work<Self::Out>) -> Result<(), StageError>;

    /// Loads what the core needs for this batch, before it runs.
    async fn prepare(&mut self, _inputs: &[Self::In]) -> Result<(), StageError> {
        Ok(())
    }

    /// These partitions are this member's now: load their state.
    async fn assigned(&mut self, _partitions: &[i32]) -> Result<(), StageError> {
        Ok(())
    }

    /// These are not any more: drop their state.
    async fn revoked(&mut self, _partitions: &[i32]) {}

    /// When the bytes behind this output arrived (`fetched_at`), where it says so: for the end-to-end latency.
    fn born(&self, _output: &Self::Out) -> Option<Timestamp> {
        None
    }

    /// Positions that overrule the group's committed offsets.
    fn positions(&self) -> Option<Arc<dyn Positions>> {
        None
    }
}
