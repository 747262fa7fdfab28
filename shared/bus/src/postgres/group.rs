//! Membership of a group: a task that heartbeats, takes its fair share of the partitions, and gives up what is too much.

use crate::answered::Answered;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::config::PostgresBusConfig;
use super::fault;
use super::topics::Topic;
use crate::error::BusError;

/// Who this is.
pub(super) struct Membership {
    pub db: PgPool,
    pub group: String,
    pub topic: Topic,
    pub member: String,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    held: BTreeMap<i32, Held>,
    /// Announced as assigned, gone since, not yet told.
    lost: Vec<i32>,
    /// Batches that are not done, by partition and epoch.
    in_flight: BTreeMap<(i32, i64), usize>,
    /// When the partitions that are to be given up are given up at the latest.
    release_by: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Held {
    epoch: i64,
    /// It has a position, and the consumer has told that it is assigned.
    announced: bool,
    releasing: bool,
}

impl Membership {
    pub fn new(db: PgPool, group: String, topic: Topic) -> Self {
        let member = format!("{}-{:016x}", std::process::id(), rand::random::<u64>());
        Self { db, group, topic, member, state: Mutex::default(), changed: watch::channel(()).0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes whenever partitions came or went.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Partitions that went since the last call.
    pub fn take_lost(&self) -> Vec<i32> {
        std::mem::take(&mut self.state().lost)
    }

    /// Partitions that came and are not announced, with their epochs.
    pub fn fresh(&self) -> BTreeMap<i32, i64> {
        let state = self.state();
        state.held.iter().filter(|(_, h)| !h.announced && !h.releasing).map(|(p, h)| (*p, h.epoch)).collect()
    }

    /// Marks those as announced that are still held under that epoch, and answers them.
    pub fn announce(&self, fresh: &BTreeMap<i32, i64>) -> Vec<i32> {
        let mut state = self.state();
        let mut announced = Vec::new();
        for (partition, epoch) in fresh {
            if let Some(held) = state.held.get_mut(partition).filter(|h| h.epoch == *epoch && !h.releasing) {
                held.announced = true;
                announced.push(*partition);
            }
        }
        announced
    }

    /// May records of this partition be handed out?
    pub fn serves(&self, partition: i32) -> bool {
        self.state().held.get(&partition).is_some_and(|h| h.announced && !h.releasing)
    }

    /// Notes that a batch of these partitions is out, until the guard is dropped.
    pub fn lend(self: &Arc<Self>, partitions: impl Iterator<Item = i32>) -> Lent {
        let mut state = self.state();
        let mut epochs = BTreeMap::new();
        for partition in partitions {
            let Some(epoch) = state.held.get(&partition).map(|h| h.epoch) else { continue };
            *state.in_flight.entry((partition, epoch)).or_default() += 1;
            epochs.insert(partition, epoch);
        }
        Lent { membership: self.clone(), epochs }
    }

    /// One heartbeat.
    pub async fn beat(&self, config: &PostgresBusConfig) -> Result<(), BusError> {
        let rows: Vec<(i32, i64, i32)> = sqlx::query_as("SELECT * FROM bus_heartbeat($1, $2, $3, $4)")
            .bind(&self.group)
            .bind(self.topic.id)
            .bind(&self.member)
            .bind(i64::try_from(config.lease_ms).unwrap_or(i64::MAX))
            .fetch_all(&self.db)
            .answered()
            .await
            .map_err(fault::bus)?;
        let share = rows.iter().find(|r| r.0 < 0).map_or(0, |r| usize::try_from(r.2).unwrap_or_default());
        let now: BTreeMap<i32, i64> = rows.iter().filter(|r| r.0 >= 0).map(|r| (r.0, r.1)).collect();
        let drain = Duration::from_millis(config.drain_ms);
        if self.state().adopt(&now, share, drain) {
            self.changed.send_replace(());
        }
        Ok(())
    }

    /// Gives up what is to be given up, if no batch of it is out or the wait was long enough.
    async fn release_surplus(&self) -> Result<(), BusError> {
        let given: Vec<i32> = {
            let state = self.state();
            let due = state.release_by.is_some_and(|by| Instant::now() >= by);
            let free = |p: i32, h: &Held| due || !state.in_flight.contains_key(&(p, h.epoch));
            state.held.iter().filter(|(p, h)| h.releasing && free(**p, h)).map(|(p, _)| *p).collect()
        };
        if given.is_empty() {
            return Ok(());
        }
        self.release(Some(&given)).await?;
        let mut state = self.state();
        for partition in given {
            state.lose(partition);
        }
        drop(state);
        self.changed.send_replace(());
        Ok(())
    }

    async fn release(&self, given: Option<&[i32]>) -> Result<(), BusError> {
        sqlx::query("SELECT bus_release($1, $2, $3, $4)")
            .bind(&self.group)
            .bind(self.topic.id)
            .bind(&self.member)
            .bind(given)
            .execute(&self.db)
            .answered()
            .await
            .map_err(fault::bus)?;
        Ok(())
    }

    /// Heartbeats until `leave`, then leaves the group.
    pub async fn keep(
        self: Arc<Self>,
        config: PostgresBusConfig,
        mut news: watch::Receiver<()>,
        leave: CancellationToken,
    ) {
        let every = Duration::from_millis((config.lease_ms / 4).max(50));
        let mut changes = self.changes();
        let mut beat_at = Instant::now();
        let mut failed = false;
        loop {
            if Instant::now() >= beat_at {
                beat_at = Instant::now() + every;
                let result = self.beat(&config).await;
                if let (Err(error), false) = (&result, failed) {
                    tracing::warn!(group = self.group, member = self.member, %error, "a heartbeat to the bus failed; it is tried again");
                }
                failed = result.is_err();
            }
            if let Err(error) = self.release_surplus().await {
                tracing::debug!(group = self.group, %error, "partitions could not be given up yet");
            }
            let release_by =
                self.state().release_by.unwrap_or(beat_at).max(Instant::now() + Duration::from_millis(5));
            tokio::select! {
                () = tokio::time::sleep_until(beat_at.min(release_by)) => {}
                _ = news.changed() => beat_at = Instant::now(),
                _ = changes.changed() => {}
                () = leave.cancelled() => break,
            }
        }
        if let Err(error) = self.release(None).await {
            tracing::debug!(group = self.group, %error, "leaving the group failed; the lease runs out instead");
        }
    }
}

impl State {
    /// Takes over what the database says is held; answers whether anything changed.
    fn adopt(&mut self, now: &BTreeMap<i32, i64>, share: usize, drain: Duration) -> bool {
        let gone: Vec<i32> =
            self.held.iter().filter(|(p, h)| now.get(p) != Some(&h.epoch)).map(|(p, _)| *p).collect();
        let mut changed = !gone.is_empty();
        for partition in gone {
            self.lose(partition);
        }
        for (partition, epoch) in now {
            self.held.entry(*partition).or_insert_with(|| {
                changed = true;
                Held { epoch: *epoch, announced: false, releasing: false }
            });
        }
        // The highest go first, so that two beats choose the same.
        let surplus = self.held.len().saturating_sub(share);
        let keep = self.held.len() - surplus;
        let mut releasing = false;
        for (place, held) in self.held.values_mut().enumerate() {
            let release = place >= keep;
            changed |= release != held.releasing;
            held.releasing = release;
            releasing |= release;
        }
        self.release_by = if releasing { self.release_by.or(Some(Instant::now() + drain)) } else { None };
        changed
    }

    fn lose(&mut self, partition: i32) {
        if self.held.remove(&partition).is_some_and(|h| h.announced) {
            self.lost.push(partition);
        }
        if !self.held.values().any(|h| h.releasing) {
            self.release_by = None;
        }
    }
}

/// A batch that is out.
pub(super) struct Lent {
    pub membership: Arc<Membership>,
    pub epochs: BTreeMap<i32, i64>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut state = self.membership.state();
        for (partition, epoch) in &self.epochs {
            let key = (*partition, *epoch);
            if let Some(count) = state.in_flight.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    state.in_flight.remove(&key);
                }
            }
        }
        let waited_for = state.release_by.is_some();
        drop(state);
        if waited_for {
            self.membership.changed.send_replace(());
        }
    }
}
