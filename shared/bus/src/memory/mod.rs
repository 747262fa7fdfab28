//! The bus in memory, for tests: the same promises, and faults by plan.

mod consumer;
mod faults;
mod log;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;
use wiredesk_contract::TopicSpec;

pub use self::faults::FaultPlan;
use self::faults::Faults;
use self::log::State;
use crate::error::{BusError, PublishError};
use crate::record::{Position, Received, Record};
use crate::traits::{Bus, Consumer, Producer, Publisher, Reader, Subscription, TopicFacts};

/// The bus in memory. Clones share it.
#[derive(Clone)]
pub struct MemoryBus {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    news: watch::Sender<()>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.news.send_replace(());
    }
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryBus {
    /// A bus without faults.
    pub fn new() -> Self {
        Self::of(Faults::none())
    }

    /// A bus whose faults follow from the seed, the plan, and the order of the calls.
    pub fn with_faults(seed: u64, plan: FaultPlan) -> Self {
        Self::of(Faults::new(seed, plan))
    }

    fn of(faults: Faults) -> Self {
        Self {
            shared: Arc::new(Shared { state: Mutex::new(State::new(faults)), news: watch::channel(()).0 }),
        }
    }

    /// How many faults there were: a test that saw none tested nothing.
    pub fn faults(&self) -> usize {
        self.shared.state().faults.count
    }
}

#[async_trait]
impl Bus for MemoryBus {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn ensure_topics(&self, specs: &[TopicSpec]) -> Result<(), BusError> {
        self.shared.state().ensure(specs);
        Ok(())
    }

    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Ok(Box::new(MemoryProducer { shared: self.shared.clone() }))
    }

    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        Ok(Box::new(consumer::MemoryConsumer::join(self.shared.clone(), subscription)?))
    }

    async fn publisher(&self, transactional_id: &str) -> Result<Box<dyn Publisher>, PublishError> {
        let mut state = self.shared.state();
        let epoch = state.publishers.entry(transactional_id.to_owned()).or_default();
        *epoch += 1;
        let epoch = *epoch;
        drop(state);
        Ok(Box::new(MemoryPublisher { shared: self.shared.clone(), id: transactional_id.to_owned(), epoch }))
    }

    async fn reader(&self, topic: &str, from: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        let mut positions: BTreeMap<i32, i64> =
            self.shared.state().topic(topic)?.ends().into_keys().map(|p| (p, 0)).collect();
        positions.extend(from);
        let news = self.shared.news.subscribe();
        Ok(Box::new(MemoryReader { shared: self.shared.clone(), topic: topic.to_owned(), positions, news }))
    }

    async fn end_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Ok(self.shared.state().topic(topic)?.ends())
    }

    async fn describe(&self, topic: &str) -> Result<TopicFacts, BusError> {
        let state = self.shared.state();
        let topic = state.topic(topic)?;
        Ok(TopicFacts {
            starts: topic.ends().into_keys().map(|partition| (partition, 0)).collect(),
            max_bytes: Some(topic.max_bytes as u64),
            ..TopicFacts::default()
        })
    }

    async fn committed(&self, group: &str, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let state = self.shared.state();
        let key = (group.to_owned(), topic.to_owned());
        Ok(state.groups.get(&key).map(|g| g.committed.clone()).unwrap_or_default())
    }
}

struct MemoryProducer {
    shared: Arc<Shared>,
}

#[async_trait]
impl Producer for MemoryProducer {
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError> {
        let planned = |what: &str| BusError::Unavailable(format!("{what} (planned fault)"));
        let mut state = self.shared.state();
        state.check(&records)?;
        if state.faults.strike(|plan| plan.send_lost) {
            return Err(planned("the send was lost"));
        }
        let positions = state.append(records);
        let unanswered = state.faults.strike(|plan| plan.send_unanswered);
        drop(state);
        self.shared.changed();
        if unanswered { Err(planned("the send was not answered")) } else { Ok(positions) }
    }
}

struct MemoryPublisher {
    shared: Arc<Shared>,
    id: String,
    epoch: u64,
}

#[async_trait]
impl Publisher for MemoryPublisher {
    async fn publish(&mut self, records: Vec<Record>) -> Result<(), PublishError> {
        let mut state = self.shared.state();
        state.check(&records)?;
        if state.faults.strike(|plan| plan.publisher_fenced) {
            *state.publishers.entry(self.id.clone()).or_default() += 1;
        }
        if state.publishers.get(&self.id) != Some(&self.epoch) {
            return Err(PublishError::Fenced(self.id.clone()));
        }
        if state.faults.strike(|plan| plan.doubt_aborted) {
            // Spent: nothing it sends later counts.
            self.epoch = 0;
            return Err(PublishError::Doubt("planned fault".to_owned()));
        }
        state.append(records);
        let doubt = state.faults.strike(|plan| plan.doubt_committed);
        drop(state);
        self.shared.changed();
        if doubt {
            self.epoch = 0;
            return Err(PublishError::Doubt("planned fault".to_owned()));
        }
        Ok(())
    }
}

struct MemoryReader {
    shared: Arc<Shared>,
    topic: String,
    positions: BTreeMap<i32, i64>,
    news: watch::Receiver<()>,
}

#[async_trait]
impl Reader for MemoryReader {
    async fn next(&mut self, wait: Duration) -> Result<Vec<Received>, BusError> {
        const MOST: usize = 1_000;
        let deadline = Instant::now() + wait;
        loop {
            self.news.mark_unchanged();
            let records: Vec<Received> = {
                let state = self.shared.state();
                let topic = state.topic(&self.topic)?;
                self.positions.iter().flat_map(|(p, from)| topic.from(*p, *from)).take(MOST).collect()
            };
            if !records.is_empty() {
                self.positions.extend(records.iter().map(|r| (r.partition, r.offset + 1)));
                return Ok(records);
            }
            if Instant::now() >= deadline {
                return Ok(records);
            }
            let _ = tokio::time::timeout_at(deadline, self.news.changed()).await;
        }
    }

    fn positions(&self) -> BTreeMap<i32, i64> {
        self.positions.clone()
    }
}
