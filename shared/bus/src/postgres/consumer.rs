//! A member of a group, as its stage sees it.

use crate::answered::Answered;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Inner;
use super::fault;
use super::fetch::{Want, fetch};
use super::group::{Lent, Membership};
use super::topics::Topic;
use super::wake;
use crate::batch::{Batch, BatchLimits, Commit};
use crate::error::BusError;
use crate::record::Received;
use crate::traits::{Consumer, Event, StartAt, Subscription};

pub(super) struct PostgresConsumer {
    bus: Arc<Inner>,
    subscription: Subscription,
    topic: Topic,
    membership: Arc<Membership>,
    /// The next offset to fetch of each announced partition.
    positions: BTreeMap<i32, i64>,
    buffer: VecDeque<Received>,
    buffered_bytes: usize,
    buffering_since: Instant,
    records_wake: watch::Receiver<()>,
    group_wake: watch::Receiver<()>,
    _leave: DropGuard,
}

impl PostgresConsumer {
    pub async fn join(bus: Arc<Inner>, subscription: Subscription) -> Result<Self, BusError> {
        let topic = bus.topics.get(&bus.db, &subscription.topic).await?;
        let membership = Arc::new(Membership::new(bus.db.clone(), subscription.group.clone(), topic));
        membership.beat(&bus.config).await?;
        let leave = CancellationToken::new();
        let news = bus.wake.subscribe(&wake::group_key(&subscription.group));
        tokio::spawn(membership.clone().keep(bus.config.clone(), news, leave.clone()));
        Ok(Self {
            records_wake: bus.wake.subscribe(&wake::topic_key(&subscription.topic)),
            group_wake: membership.changes(),
            bus,
            subscription,
            topic,
            membership,
            positions: BTreeMap::new(),
            buffer: VecDeque::new(),
            buffered_bytes: 0,
            buffering_since: Instant::now(),
            _leave: leave.drop_guard(),
        })
    }

    /// Where to start each of these: the ledger's position, else the committed one, else as the subscription says.
    async fn resolve(&self, fresh: &BTreeMap<i32, i64>) -> Result<BTreeMap<i32, i64>, BusError> {
        let partitions: Vec<i32> = fresh.keys().copied().collect();
        let mut starts = match &self.subscription.positions {
            Some(positions) => positions.load(&self.subscription.topic, &partitions).await?,
            None => BTreeMap::new(),
        };
        starts.retain(|partition, _| fresh.contains_key(partition));
        let rows: Vec<(i32, Option<i64>)> = sqlx::query_as(
            "SELECT partition, next FROM bus_offset WHERE group_name = $1 AND topic = $2 AND partition = ANY ($3)",
        )
        .bind(&self.subscription.group)
        .bind(self.topic.id)
        .bind(&partitions)
        .fetch_all(&self.bus.db)
        .answered()
        .await
        .map_err(fault::bus)?;
        for (partition, next) in rows {
            match next {
                Some(next) => _ = starts.entry(partition).or_insert(next),
                None if starts.contains_key(&partition) => {}
                None => _ = starts.insert(partition, self.first(partition, fresh).await?),
            }
        }
        Ok(starts)
    }

    /// The start of a partition without a position. It is kept, so that a member that comes before the first commit
    /// does not start later than this one.
    async fn first(&self, partition: i32, fresh: &BTreeMap<i32, i64>) -> Result<i64, BusError> {
        let time = match self.subscription.start {
            StartAt::Earliest => return Ok(0),
            StartAt::Latest => None,
            StartAt::Time(time) => Some(time),
        };
        let next: i64 = sqlx::query_scalar(
            "UPDATE bus_offset o SET next = coalesce(o.next, (SELECT r.\"offset\" FROM bus_record r \
                WHERE r.topic = o.topic AND r.partition = o.partition AND r.at >= $5 ORDER BY r.\"offset\" LIMIT 1), \
                p.next_offset) \
             FROM bus_partition p WHERE p.topic = o.topic AND p.partition = o.partition \
               AND o.group_name = $1 AND o.topic = $2 AND o.partition = $3 AND o.epoch = $4 RETURNING o.next",
        )
        .bind(&self.subscription.group)
        .bind(self.topic.id)
        .bind(partition)
        .bind(fresh.get(&partition))
        .bind(time)
        .fetch_optional(&self.bus.db)
        .answered()
        .await
        .map_err(fault::bus)?
        .unwrap_or(0);
        Ok(next)
    }

    /// Fetches into the buffer; answers whether there may be more at once.
    async fn fill(&mut self, limits: &BatchLimits) -> Result<bool, BusError> {
        let records = limits.records.saturating_sub(self.buffer.len());
        let bytes = limits.bytes.saturating_sub(self.buffered_bytes);
        if records == 0 || bytes == 0 {
            return Ok(false);
        }
        let mut from = self.positions.clone();
        from.retain(|partition, _| self.membership.serves(*partition));
        let want = Want { name: &self.subscription.topic, topic: self.topic, from: &from, records, bytes };
        let got = fetch(&self.bus.db, want).await?;
        if self.buffer.is_empty() {
            self.buffering_since = Instant::now();
        }
        self.positions.extend(&got.next);
        self.buffered_bytes += got.records.iter().map(|r| r.record.payload.len()).sum::<usize>();
        self.buffer.extend(got.records);
        Ok(got.more)
    }

    fn forget(&mut self, partitions: &[i32]) {
        self.buffer.retain(|r| !partitions.contains(&r.partition));
        self.buffered_bytes = self.buffer.iter().map(|r| r.record.payload.len()).sum();
        self.positions.retain(|p, _| !partitions.contains(p));
    }

    /// What is buffered, within the limits. A partition that is to be given up is not served any more, so what is
    /// buffered of it goes back.
    fn take_batch(&mut self, limits: &BatchLimits) -> Option<Batch> {
        let buffered: BTreeSet<i32> = self.buffer.iter().map(|r| r.partition).collect();
        for partition in buffered.into_iter().filter(|p| !self.membership.serves(*p)) {
            let first = self.buffer.iter().find(|r| r.partition == partition).map(|r| r.offset);
            self.buffer.retain(|r| r.partition != partition);
            if let (Some(first), Some(position)) = (first, self.positions.get_mut(&partition)) {
                *position = first;
            }
        }
        let mut bytes = 0;
        let fits = self.buffer.iter().take(limits.records.max(1)).take_while(|r| {
            let before = bytes;
            bytes += r.record.payload.len();
            before == 0 || bytes <= limits.bytes
        });
        let n = fits.count();
        let records: Vec<Received> = self.buffer.drain(..n).collect();
        self.buffered_bytes = self.buffer.iter().map(|r| r.record.payload.len()).sum();
        if records.is_empty() {
            return None;
        }
        let partitions: BTreeSet<i32> = records.iter().map(|r| r.partition).collect();
        let lent = self.membership.lend(partitions.into_iter());
        Some(Batch::new(records, Box::new(PostgresCommit { lent, topic: self.subscription.topic.clone() })))
    }
}

#[async_trait]
impl Consumer for PostgresConsumer {
    async fn next(&mut self, limits: BatchLimits) -> Result<Event, BusError> {
        loop {
            self.records_wake.mark_unchanged();
            self.group_wake.mark_unchanged();
            let lost = self.membership.take_lost();
            if !lost.is_empty() {
                self.forget(&lost);
                return Ok(Event::Revoked(lost));
            }
            let fresh = self.membership.fresh();
            if !fresh.is_empty() {
                let mut starts = self.resolve(&fresh).await?;
                let announced = self.membership.announce(&fresh);
                starts.retain(|partition, _| announced.contains(partition));
                self.positions.extend(starts);
                if !announced.is_empty() {
                    return Ok(Event::Assigned(announced));
                }
                continue;
            }
            let more = self.fill(&limits).await?;
            let full = self.buffer.len() >= limits.records || self.buffered_bytes >= limits.bytes;
            let ready_at = self.buffering_since + limits.wait;
            if (full || Instant::now() >= ready_at)
                && let Some(batch) = self.take_batch(&limits)
            {
                return Ok(Event::Batch(batch));
            }
            if more {
                continue;
            }
            let poll_at = Instant::now() + Duration::from_millis(self.bus.config.poll_ms.max(10));
            let until = if self.buffer.is_empty() { poll_at } else { poll_at.min(ready_at) };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                _ = self.records_wake.changed() => {}
                _ = self.group_wake.changed() => {}
            }
        }
    }
}

struct PostgresCommit {
    lent: Lent,
    topic: String,
}

#[async_trait]
impl Commit for PostgresCommit {
    async fn commit(self: Box<Self>, next: BTreeMap<i32, i64>) -> Result<(), BusError> {
        let membership = &self.lent.membership;
        let mut partitions = Vec::new();
        let mut epochs = Vec::new();
        let mut nexts = Vec::new();
        for (partition, next) in &next {
            partitions.push(*partition);
            epochs.push(self.lent.epochs.get(partition).copied().unwrap_or(-1));
            nexts.push(*next);
        }
        let committed: Vec<i32> = sqlx::query_scalar(
            "UPDATE bus_offset o SET next = c.next FROM unnest($4::int[], $5::bigint[], $6::bigint[]) AS c(partition, epoch, next) \
             WHERE o.group_name = $1 AND o.topic = $2 AND o.owner = $3 AND o.partition = c.partition AND o.epoch = c.epoch \
             RETURNING o.partition",
        )
        .bind(&membership.group)
        .bind(membership.topic.id)
        .bind(&membership.member)
        .bind(&partitions)
        .bind(&epochs)
        .bind(&nexts)
        .fetch_all(&membership.db)
        .answered()
        .await
        .map_err(fault::bus)?;
        match partitions.into_iter().find(|p| !committed.contains(p)) {
            Some(partition) => Err(BusError::Fenced { topic: self.topic.clone(), partition }),
            None => Ok(()),
        }
    }
}
