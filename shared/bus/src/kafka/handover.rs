//! From the polling thread to the stage: a bounded queue of records and of news about partitions, in order.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::batch::BatchLimits;
use crate::error::BusError;
use crate::record::Received;

/// The queue is full at this many records or bytes, and takes more again at half of it.
const RECORDS: usize = 2_000;
const BYTES: usize = 16 << 20;

/// What the thread tells.
pub(super) enum Item {
    Assigned(Vec<i32>),
    Revoked(Vec<i32>),
    Record(Received, Instant),
    /// A reader read up to this offset, markers included.
    Reached(i32, i64),
    Failed(BusError),
}

/// Both ends hold it.
#[derive(Default)]
pub(super) struct Handover {
    state: Mutex<State>,
    arrived: Notify,
    settled: Condvar,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    records: usize,
    bytes: usize,
    /// The partitions held, and the generation of their assignment.
    held: BTreeMap<i32, u64>,
    generation: u64,
    /// Batches that are not done.
    in_flight: usize,
    /// A rebalance waits: nothing more is handed out.
    revoking: bool,
    closed: bool,
}

impl Handover {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, item: Item) {
        let mut state = self.state();
        if let Item::Record(received, _) = &item {
            state.records += 1;
            state.bytes += received.record.size();
        }
        state.items.push_back(item);
        drop(state);
        self.arrived.notify_one();
    }

    pub fn is_full(&self) -> bool {
        let state = self.state();
        state.records >= RECORDS || state.bytes >= BYTES
    }

    pub fn has_room(&self) -> bool {
        let state = self.state();
        state.records <= RECORDS / 2 && state.bytes <= BYTES / 2
    }

    pub fn close(&self) {
        self.state().closed = true;
        self.settled.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// These are held from now on.
    pub fn assign(&self, partitions: Vec<i32>) {
        let mut state = self.state();
        state.generation += 1;
        let generation = state.generation;
        state.held.extend(partitions.iter().map(|p| (*p, generation)));
        drop(state);
        self.push(Item::Assigned(partitions));
    }

    /// Hands out nothing more, forgets the records that wait, and waits for the batch that is out; then nothing is held.
    pub fn revoke(&self, wait: Duration) {
        let deadline = Instant::now() + wait;
        let mut state = self.state();
        state.revoking = true;
        state.items.retain(|item| !matches!(item, Item::Record(..)));
        (state.records, state.bytes) = (0, 0);
        while state.in_flight > 0 && !state.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.settled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let partitions: Vec<i32> = std::mem::take(&mut state.held).into_keys().collect();
        state.revoking = false;
        drop(state);
        if !partitions.is_empty() {
            self.push(Item::Revoked(partitions));
        }
    }

    /// Is the partition still held under that generation?
    pub fn holds(&self, partition: i32, generation: u64) -> bool {
        self.state().held.get(&partition) == Some(&generation)
    }

    /// The next that can be handed out, or how long to wait for it.
    pub fn take(self: &Arc<Self>, limits: &BatchLimits) -> Taken {
        let mut state = self.state();
        if !matches!(state.items.front(), Some(Item::Record(..))) {
            return state.items.pop_front().map_or(Taken::Wait(None), Taken::News);
        }
        if state.revoking {
            return Taken::Wait(None);
        }
        let (mut count, mut bytes, mut ready) = (0, 0, false);
        let mut due = None;
        for item in &state.items {
            let Item::Record(received, arrived) = item else {
                ready = true;
                break;
            };
            let size = received.record.payload.len();
            ready = count >= limits.records.max(1) || (count > 0 && bytes + size > limits.bytes);
            if ready {
                break;
            }
            due.get_or_insert(*arrived + limits.wait);
            (count, bytes) = (count + 1, bytes + size);
        }
        let full = count >= limits.records.max(1) || bytes >= limits.bytes;
        let crowded = state.records >= RECORDS || state.bytes >= BYTES;
        if !(ready || full || crowded || due.is_none_or(|due| due <= Instant::now())) {
            return Taken::Wait(due);
        }
        let mut records = Vec::with_capacity(count);
        for item in state.items.drain(..count).collect::<Vec<_>>() {
            if let Item::Record(received, _) = item {
                state.records -= 1;
                state.bytes -= received.record.size();
                records.push(received);
            }
        }
        state.in_flight += 1;
        let generations = records.iter().map(|r| (r.partition, state.generation)).collect();
        drop(state);
        Taken::Records(records, Lent { handover: self.clone(), generations })
    }

    /// Waits until something arrives, or until then.
    pub async fn wait(&self, until: Option<Instant>) {
        match until {
            None => self.arrived.notified().await,
            Some(until) => {
                let _ = tokio::time::timeout_at(until.into(), self.arrived.notified()).await;
            }
        }
    }
}

pub(super) enum Taken {
    News(Item),
    Records(Vec<Received>, Lent),
    Wait(Option<Instant>),
}

/// A batch that is out, until it is dropped.
pub(super) struct Lent {
    pub handover: Arc<Handover>,
    pub generations: BTreeMap<i32, u64>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.handover.state().in_flight -= 1;
        self.handover.settled.notify_all();
    }
}
