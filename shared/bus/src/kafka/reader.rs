//! Reads a topic's committed records outside any group, and knows how far it got past the last of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::{Offset, TopicPartitionList};

use super::client::{self, Logging};
use super::handover::{Handover, Item, Taken};
use super::record::incoming;
use super::{Inner, fault};
use crate::batch::BatchLimits;
use crate::error::BusError;
use crate::record::Received;
use crate::traits::Reader;

const POLL: Duration = Duration::from_millis(50);
const ONCE: BatchLimits = BatchLimits { records: 1_000, bytes: 8 << 20, wait: Duration::ZERO };

/// Transaction markers and aborted records give no event of their own. The statistics name the offset of the last end that
/// was reached; they come through the queue of the records, so all records before that offset came before them.
struct ReaderContext {
    handover: Arc<Handover>,
    /// What was told, so that a reader that is not read from gathers no repeats.
    reached: Mutex<BTreeMap<i32, i64>>,
    logging: Logging,
}

impl ClientContext for ReaderContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.logging.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.logging.error(error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in statistics.topics.values() {
            for partition in topic.partitions.values().filter(|p| p.partition >= 0 && p.eof_offset > 0) {
                if reached.insert(partition.partition, partition.eof_offset) != Some(partition.eof_offset) {
                    self.handover.push(Item::Reached(partition.partition, partition.eof_offset));
                }
            }
        }
    }
}

impl ConsumerContext for ReaderContext {}

pub(super) struct KafkaReader {
    handover: Arc<Handover>,
    positions: BTreeMap<i32, i64>,
}

impl KafkaReader {
    pub async fn open(bus: Arc<Inner>, topic: &str, from: BTreeMap<i32, i64>) -> Result<Self, BusError> {
        let partitions = bus.partitions(topic).await?;
        let positions: BTreeMap<i32, i64> =
            (0..partitions).map(|p| (p, from.get(&p).copied().unwrap_or(0))).collect();
        let handover = Arc::new(Handover::default());
        let context = ReaderContext {
            handover: handover.clone(),
            reached: Mutex::default(),
            logging: Logging::default(),
        };
        let client: BaseConsumer<ReaderContext> =
            client::reading(&bus.config)?.create_with_context(context).map_err(fault::config)?;
        let mut list = TopicPartitionList::new();
        for (partition, offset) in &positions {
            list.add_partition_offset(topic, *partition, Offset::Offset(*offset))
                .map_err(|e| fault::bus(e, topic))?;
        }
        client.assign(&list).map_err(|e| fault::bus(e, topic))?;
        let (topic, polled) = (topic.to_owned(), handover.clone());
        std::thread::Builder::new()
            .name("kafka-reader".to_owned())
            .spawn(move || run(&client, &polled, &list, &topic))
            .map_err(|e| BusError::Unavailable(e.to_string()))?;
        Ok(Self { handover, positions })
    }

    fn advance(&mut self, partition: i32, next: i64) {
        let position = self.positions.entry(partition).or_default();
        *position = next.max(*position);
    }
}

fn run(client: &BaseConsumer<ReaderContext>, handover: &Handover, all: &TopicPartitionList, topic: &str) {
    let mut paused = false;
    while !handover.is_closed() {
        match client.poll(POLL) {
            Some(Ok(message)) => handover.push(Item::Record(incoming(&message), Instant::now())),
            Some(Err(KafkaError::PartitionEOF(_))) | None => {}
            // Of the group that it names and never joins: reading goes on without.
            Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::GroupAuthorizationFailed))) => {}
            Some(Err(error)) => {
                let fatal = matches!(error, KafkaError::MessageConsumptionFatal(_));
                let error = fault::bus(error, topic);
                if fatal || !error.is_transient() {
                    handover.push(Item::Failed(error));
                    return;
                }
            }
        }
        if !paused && handover.is_full() {
            paused = client.pause(all).is_ok();
        } else if paused && handover.has_room() {
            paused = client.resume(all).is_err();
        }
    }
}

impl Drop for KafkaReader {
    fn drop(&mut self) {
        self.handover.close();
    }
}

#[async_trait]
impl Reader for KafkaReader {
    async fn next(&mut self, wait: Duration) -> Result<Vec<Received>, BusError> {
        let deadline = Instant::now() + wait;
        loop {
            match self.handover.take(&ONCE) {
                Taken::Records(records, _) => {
                    for r in &records {
                        self.advance(r.partition, r.offset + 1);
                    }
                    return Ok(records);
                }
                Taken::News(Item::Reached(partition, offset)) => self.advance(partition, offset),
                Taken::News(Item::Failed(error)) => return Err(error),
                Taken::News(_) => {}
                Taken::Wait(_) if Instant::now() >= deadline => return Ok(Vec::new()),
                Taken::Wait(_) => self.handover.wait(Some(deadline)).await,
            }
        }
    }

    fn positions(&self) -> BTreeMap<i32, i64> {
        self.positions.clone()
    }
}
