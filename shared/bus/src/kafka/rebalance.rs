//! Rebalances: on assignment every partition's start is resolved before it is fetched; on revocation the batch that is
//! under way gets a bounded time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};
use tokio::runtime::Handle;

use super::client::Logging;
use super::handover::{Handover, Item};
use super::{ask, fault};
use crate::error::BusError;
use crate::traits::{StartAt, Subscription};

/// How long positions are asked for before the member gives up and rejoins; below `max.poll.interval.ms`.
const RESOLVE: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_millis(500);

/// What librdkafka calls back on the polling thread.
pub(super) struct MemberContext {
    pub subscription: Subscription,
    pub handover: Arc<Handover>,
    pub drain: Duration,
    pub wait: Duration,
    pub runtime: Handle,
    pub started: Mutex<Started>,
    pub logging: Logging,
}

/// Where the held partitions started; the watchdog's first positions.
#[derive(Default)]
pub(super) struct Started {
    pub offsets: BTreeMap<i32, i64>,
    /// Counts assignments and revocations.
    pub generation: u64,
}

impl Started {
    fn turn(&mut self, offsets: BTreeMap<i32, i64>) {
        self.offsets = offsets;
        self.generation += 1;
    }
}

impl ClientContext for MemberContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.logging.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.logging.error(error, reason);
    }
}

impl ConsumerContext for MemberContext {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let result = if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            self.assign(consumer, list)
        } else {
            self.handover.revoke(self.drain);
            self.started.lock().unwrap_or_else(PoisonError::into_inner).turn(BTreeMap::new());
            consumer.unassign().map_err(|e| fault::bus(e, &self.subscription.topic))
        };
        if let Err(error) = result {
            tracing::warn!(group = self.subscription.group, topic = self.subscription.topic, %error, "a rebalance failed; this member rejoins");
            self.handover.push(Item::Failed(error));
        }
    }
}

impl MemberContext {
    fn assign(&self, consumer: &BaseConsumer<Self>, list: &mut TopicPartitionList) -> Result<(), BusError> {
        let topic = &self.subscription.topic;
        let partitions: Vec<i32> = list.elements_for_topic(topic).iter().map(|e| e.partition()).collect();
        if self.handover.is_closed() {
            return consumer.assign(list).map_err(|e| fault::bus(e, topic));
        }
        let starts = self.resolve_patiently(consumer, &partitions)?;
        for (partition, offset) in &starts {
            list.set_partition_offset(topic, *partition, Offset::Offset(*offset))
                .map_err(|e| fault::bus(e, topic))?;
        }
        self.started.lock().unwrap_or_else(PoisonError::into_inner).turn(starts);
        // Told before anything is fetched, so that it comes before the first record.
        self.handover.assign(partitions);
        consumer.assign(list).map_err(|e| fault::bus(e, topic))
    }

    fn resolve_patiently(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &[i32],
    ) -> Result<BTreeMap<i32, i64>, BusError> {
        let deadline = Instant::now() + RESOLVE;
        loop {
            match self.resolve(consumer, partitions) {
                Err(error)
                    if error.is_transient() && Instant::now() < deadline && !self.handover.is_closed() =>
                {
                    tracing::debug!(%error, "the positions are not known yet; asking again");
                    std::thread::sleep(AGAIN);
                }
                result => return result,
            }
        }
    }

    /// The ledger's position, else the committed one, else as the subscription says; that last one is committed, so that
    /// a member that comes before the first commit does not start later.
    fn resolve(
        &self,
        consumer: &BaseConsumer<Self>,
        partitions: &[i32],
    ) -> Result<BTreeMap<i32, i64>, BusError> {
        let topic = &self.subscription.topic;
        let mut starts = match &self.subscription.positions {
            Some(positions) => self.runtime.block_on(positions.load(topic, partitions))?,
            None => BTreeMap::new(),
        };
        starts.retain(|p, _| partitions.contains(p));
        let rest = |starts: &BTreeMap<i32, i64>| -> Vec<i32> {
            partitions.iter().copied().filter(|p| !starts.contains_key(p)).collect()
        };
        let unknown = rest(&starts);
        if !unknown.is_empty() {
            starts.extend(ask::committed(consumer, topic, unknown, self.wait)?);
        }
        let unknown = rest(&starts);
        if unknown.is_empty() {
            return Ok(starts);
        }
        let first = match self.subscription.start {
            StartAt::Earliest => {
                starts.extend(unknown.into_iter().map(|p| (p, 0)));
                return Ok(starts);
            }
            StartAt::Latest => ask::ends(consumer, topic, unknown, self.wait)?,
            StartAt::Time(time) => {
                ask::offsets_since(consumer, topic, &unknown, time.timestamp_millis(), self.wait)?
            }
        };
        let mut list = TopicPartitionList::new();
        for (partition, offset) in &first {
            let _ = list.add_partition_offset(topic, *partition, Offset::Offset(*offset));
        }
        if let Err(error) = consumer.commit(&list, CommitMode::Async) {
            tracing::debug!(%error, "the start of the group could not be committed");
        }
        starts.extend(first);
        Ok(starts)
    }
}
