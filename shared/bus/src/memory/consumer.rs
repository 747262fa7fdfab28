//! A member of a group, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Shared;
use crate::batch::{Batch, BatchLimits, Commit};
use crate::error::BusError;
use crate::record::Received;
use crate::traits::{Consumer, Event, Subscription};

/// What is next, as the lock is let go.
enum Step {
    Event(Event),
    Assign(BTreeMap<i32, u64>),
    Wait(Option<Instant>),
}

pub(super) struct MemoryConsumer {
    shared: Arc<Shared>,
    subscription: Subscription,
    member: u64,
    /// Announced partitions with their epochs.
    held: BTreeMap<i32, u64>,
    positions: BTreeMap<i32, i64>,
    waiting_since: Option<Instant>,
    news: watch::Receiver<()>,
}

impl MemoryConsumer {
    pub fn join(shared: Arc<Shared>, subscription: Subscription) -> Result<Self, BusError> {
        let mut state = shared.state();
        state.topic(&subscription.topic)?;
        state.members += 1;
        let member = state.members;
        let key = (subscription.group.clone(), subscription.topic.clone());
        state.groups.entry(key).or_default().members.push(member);
        state.rebalance(&subscription.group, &subscription.topic);
        drop(state);
        shared.changed();
        let news = shared.news.subscribe();
        let (held, positions) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { shared, subscription, member, held, positions, waiting_since: None, news })
    }

    fn step(&mut self, limits: &BatchLimits) -> Result<Step, BusError> {
        let Subscription { group, topic, .. } = &self.subscription;
        let mut state = self.shared.state();
        let key = (group.clone(), topic.clone());
        let member_of = |state: &super::log::State, member| {
            state.groups.get(&key).is_some_and(|g| g.members.contains(&member))
        };
        if !member_of(&state, self.member) {
            // Put out: it comes back as somebody new.
            state.members += 1;
            self.member = state.members;
            state.groups.entry(key.clone()).or_default().members.push(self.member);
            state.rebalance(group, topic);
            self.shared.changed();
        }
        let owned = state.groups.get(&key).map(|g| g.owned_by(self.member)).unwrap_or_default();
        let lost: Vec<i32> =
            self.held.iter().filter(|(p, e)| owned.get(p) != Some(e)).map(|(p, _)| *p).collect();
        if !lost.is_empty() {
            self.held.retain(|p, _| !lost.contains(p));
            self.positions.retain(|p, _| !lost.contains(p));
            self.waiting_since = None;
            return Ok(Step::Event(Event::Revoked(lost)));
        }
        let fresh: BTreeMap<i32, u64> =
            owned.into_iter().filter(|(p, _)| !self.held.contains_key(p)).collect();
        if !fresh.is_empty() {
            return Ok(Step::Assign(fresh));
        }
        let records = gather(state.topic(topic)?, &self.positions, limits);
        if records.is_empty() {
            self.waiting_since = None;
            return Ok(Step::Wait(None));
        }
        let due = *self.waiting_since.get_or_insert_with(Instant::now) + limits.wait;
        let bytes: usize = records.iter().map(|r| r.record.payload.len()).sum();
        if records.len() < limits.records && bytes < limits.bytes && Instant::now() < due {
            return Ok(Step::Wait(Some(due)));
        }
        if state.faults.strike(|plan| plan.member_killed) {
            state.remove(group, topic, self.member);
            drop(state);
            self.shared.changed();
            return Err(BusError::Unavailable(
                "the member was put out of its group (planned fault)".to_owned(),
            ));
        }
        drop(state);
        self.waiting_since = None;
        for r in &records {
            self.positions.insert(r.partition, r.offset + 1);
        }
        let commit =
            MemoryCommit { shared: self.shared.clone(), key, member: self.member, epochs: self.held.clone() };
        Ok(Step::Event(Event::Batch(Batch::new(records, Box::new(commit)))))
    }

    async fn assign(&mut self, fresh: BTreeMap<i32, u64>) -> Result<Vec<i32>, BusError> {
        let Subscription { group, topic, start, positions } = &self.subscription;
        let partitions: Vec<i32> = fresh.keys().copied().collect();
        let known = match positions {
            Some(positions) => positions.load(topic, &partitions).await?,
            None => BTreeMap::new(),
        };
        let mut state = self.shared.state();
        let starts: BTreeMap<i32, i64> = {
            let found = state.topic(topic)?;
            partitions.iter().map(|p| (*p, found.start(*p, *start))).collect()
        };
        let committed = &mut state.groups.entry((group.clone(), topic.clone())).or_default().committed;
        for partition in &partitions {
            let Some(first) = starts.get(partition) else { continue };
            let next = match (known.get(partition), committed.get(partition)) {
                (Some(next), _) | (None, Some(next)) => *next,
                (None, None) if *first > 0 => *committed.entry(*partition).or_insert(*first),
                (None, None) => 0,
            };
            self.positions.insert(*partition, next);
        }
        drop(state);
        self.held.extend(fresh);
        Ok(partitions)
    }
}

/// Records of all partitions in turns, within the limits.
fn gather(topic: &super::log::Topic, positions: &BTreeMap<i32, i64>, limits: &BatchLimits) -> Vec<Received> {
    let mut logs: Vec<_> = positions.iter().map(|(p, from)| topic.from(*p, *from)).collect();
    let (mut records, mut bytes) = (Vec::new(), 0);
    while !logs.is_empty() {
        let mut rest = Vec::new();
        for mut log in logs {
            let Some(next) = log.next() else { continue };
            bytes += next.record.payload.len();
            let over = bytes > limits.bytes || records.len() >= limits.records.max(1);
            if over && !records.is_empty() {
                return records;
            }
            records.push(next);
            rest.push(log);
        }
        logs = rest;
    }
    records
}

impl Drop for MemoryConsumer {
    fn drop(&mut self) {
        self.shared.state().remove(&self.subscription.group, &self.subscription.topic, self.member);
        self.shared.changed();
    }
}

#[async_trait]
impl Consumer for MemoryConsumer {
    async fn next(&mut self, limits: BatchLimits) -> Result<Event, BusError> {
        loop {
            self.news.mark_unchanged();
            match self.step(&limits)? {
                Step::Event(event) => return Ok(event),
                Step::Assign(fresh) => return Ok(Event::Assigned(self.assign(fresh).await?)),
                Step::Wait(None) => _ = self.news.changed().await,
                Step::Wait(Some(due)) => _ = tokio::time::timeout_at(due, self.news.changed()).await,
            }
        }
    }
}

struct MemoryCommit {
    shared: Arc<Shared>,
    key: (String, String),
    member: u64,
    epochs: BTreeMap<i32, u64>,
}

#[async_trait]
impl Commit for MemoryCommit {
    async fn commit(self: Box<Self>, next: BTreeMap<i32, i64>) -> Result<(), BusError> {
        let mut state = self.shared.state();
        if state.faults.strike(|plan| plan.commit_lost) {
            return Err(BusError::Unavailable("the commit was lost (planned fault)".to_owned()));
        }
        let group = state.groups.entry(self.key.clone()).or_default();
        for partition in next.keys() {
            let mine = self.epochs.get(partition).map(|epoch| (self.member, *epoch));
            if mine.is_none() || group.owners.get(partition).copied() != mine {
                return Err(BusError::Fenced { topic: self.key.1.clone(), partition: *partition });
            }
        }
        group.committed.extend(next);
        Ok(())
    }
}
