//! A member of a group, as its stage sees it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use async_trait::async_trait;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::{Offset, TopicPartitionList};
use tokio::runtime::Handle;

use super::handover::{Handover, Item, Lent, Taken};
use super::rebalance::MemberContext;
use super::{Inner, client, fault, poll};
use crate::batch::{Batch, BatchLimits, Commit};
use crate::error::BusError;
use crate::traits::{Consumer, Event, Subscription};

/// How long a drop waits for the member to leave; what takes longer goes on without it.
const LEAVING: Duration = Duration::from_secs(1);

pub(super) struct KafkaConsumer {
    handover: Arc<Handover>,
    client: Arc<BaseConsumer<MemberContext>>,
    topic: String,
    left: Mutex<mpsc::Receiver<()>>,
}

impl KafkaConsumer {
    pub async fn join(bus: Arc<Inner>, subscription: Subscription) -> Result<Self, BusError> {
        let topic = subscription.topic.clone();
        bus.partitions(&topic).await?;
        let handover = Arc::new(Handover::default());
        let context = MemberContext {
            handover: handover.clone(),
            drain: Duration::from_millis(bus.config.drain_ms),
            wait: client::patience(&bus.config),
            runtime: Handle::current(),
            started: Mutex::default(),
            logging: client::Logging::default(),
            subscription,
        };
        let settings = client::member(&bus.config, &context.subscription.group)?;
        let client: BaseConsumer<MemberContext> =
            settings.create_with_context(context).map_err(fault::config)?;
        client.subscribe(&[&topic]).map_err(|e| fault::bus(e, &topic))?;
        let client = Arc::new(client);
        let (leaving, left) = mpsc::channel();
        let (polled, watchdog) = (client.clone(), Duration::from_secs(bus.config.watchdog_seconds));
        std::thread::Builder::new()
            .name("kafka-consumer".to_owned())
            .spawn(move || {
                poll::run(polled.clone(), watchdog);
                // Leaving is done here and not by the last owner's drop, which may be a commit's.
                leave(&polled);
                drop(polled);
                drop(leaving);
            })
            .map_err(|e| BusError::Unavailable(e.to_string()))?;
        Ok(Self { handover, client, topic, left: Mutex::new(left) })
    }
}

fn leave(client: &BaseConsumer<MemberContext>) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    if client.close_queue().is_ok() {
        while !client.closed() && std::time::Instant::now() < deadline {
            let _ = client.poll(Duration::from_millis(20));
        }
    }
}

impl Drop for KafkaConsumer {
    fn drop(&mut self) {
        self.handover.close();
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        // The sender is dropped when the member has left.
        let _ = left.recv_timeout(LEAVING);
        // The client's own end may wait for its threads.
        let client = self.client.clone();
        std::thread::spawn(move || drop(client));
    }
}

#[async_trait]
impl Consumer for KafkaConsumer {
    async fn next(&mut self, limits: BatchLimits) -> Result<Event, BusError> {
        loop {
            match self.handover.take(&limits) {
                Taken::News(Item::Assigned(partitions)) => return Ok(Event::Assigned(partitions)),
                Taken::News(Item::Revoked(partitions)) => return Ok(Event::Revoked(partitions)),
                Taken::News(Item::Failed(error)) => return Err(error),
                Taken::News(Item::Record(..) | Item::Reached(..)) => {}
                Taken::Records(records, lent) => {
                    let (client, topic) = (self.client.clone(), self.topic.clone());
                    return Ok(Event::Batch(Batch::new(
                        records,
                        Box::new(KafkaCommit { lent, client, topic }),
                    )));
                }
                Taken::Wait(_) if self.handover.is_closed() => {
                    return Err(BusError::Unavailable("the consumer has ended; join again".to_owned()));
                }
                Taken::Wait(until) => self.handover.wait(until).await,
            }
        }
    }
}

struct KafkaCommit {
    lent: Lent,
    client: Arc<BaseConsumer<MemberContext>>,
    topic: String,
}

#[async_trait]
impl Commit for KafkaCommit {
    async fn commit(self: Box<Self>, next: BTreeMap<i32, i64>) -> Result<(), BusError> {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in &next {
            let generation = self.lent.generations.get(partition).copied().unwrap_or_default();
            if self.lent.handover.is_closed() || !self.lent.handover.holds(*partition, generation) {
                return Err(BusError::Fenced { topic: self.topic.clone(), partition: *partition });
            }
            list.add_partition_offset(&self.topic, *partition, Offset::Offset(*offset))
                .map_err(|e| fault::bus(e, &self.topic))?;
        }
        let partition = next.keys().next().copied().unwrap_or_default();
        tokio::task::spawn_blocking(move || {
            // Held until the commit is through, so that a rebalance waits for it.
            let Self { lent, client, topic } = *self;
            let result = client.commit(&list, CommitMode::Sync);
            drop(lent);
            drop(client);
            match result {
                Ok(()) => Ok(()),
                Err(error) if fault::lost_membership(&error) => Err(BusError::Fenced { topic, partition }),
                Err(error) => Err(fault::bus(error, &topic)),
            }
        })
        .await
        .map_err(|e| BusError::Unavailable(e.to_string()))?
    }
}
