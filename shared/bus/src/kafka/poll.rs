//! The polling thread of a member: it polls always, so that the broker never takes it for dead, and pauses the partitions
//! where the stage is behind.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::handover::Item;
use super::rebalance::MemberContext;
use super::record::incoming;
use super::{ask, fault};
use crate::error::BusError;

const POLL: Duration = Duration::from_millis(50);

/// Polls until the member is closed or fails, then leaves the group.
pub(super) fn run(consumer: Arc<BaseConsumer<MemberContext>>, watchdog: Duration) {
    let context = consumer.context().clone();
    let handover = context.handover.clone();
    let mut paused = false;
    let mut watch = Watchdog { every: watchdog, quiet_since: Instant::now(), ends: BTreeMap::new() };
    while !handover.is_closed() {
        match consumer.poll(POLL) {
            Some(Ok(message)) => {
                watch.quiet_since = Instant::now();
                handover.push(Item::Record(incoming(&message), Instant::now()));
            }
            Some(Err(KafkaError::PartitionEOF(_))) => watch.quiet_since = Instant::now(),
            Some(Err(error)) => {
                if let Some(failure) = failure(error, &context.subscription.topic) {
                    handover.push(Item::Failed(failure));
                    break;
                }
            }
            None => {}
        }
        // A rebalance takes the pause away, so it is looked at again at each turn.
        if handover.is_full() {
            paused = true;
            toggle(&consumer, true);
        } else if paused && handover.has_room() {
            paused = false;
            toggle(&consumer, false);
            watch.quiet_since = Instant::now();
        }
        if !paused && let Some(stalled) = watch.bites(&consumer) {
            handover.push(Item::Failed(stalled));
            break;
        }
    }
    handover.close();
}

fn toggle(consumer: &BaseConsumer<MemberContext>, pause: bool) {
    let done = consumer
        .assignment()
        .and_then(|held| if pause { consumer.pause(&held) } else { consumer.resume(&held) });
    if let Err(error) = done {
        tracing::debug!(%error, pause, "the partitions could not be paused or resumed");
    }
}

/// The errors that the member does not get over by itself.
fn failure(error: KafkaError, topic: &str) -> Option<BusError> {
    match &error {
        KafkaError::MessageConsumptionFatal(_) => Some(BusError::Unavailable(format!("Kafka: {error}"))),
        KafkaError::MessageConsumption(RDKafkaErrorCode::PollExceeded) => {
            Some(BusError::Unavailable(format!("Kafka: {error}")))
        }
        _ => match fault::bus(error, topic) {
            BusError::Unavailable(error) => {
                tracing::debug!(error, "Kafka does not answer; the client reconnects by itself");
                None
            }
            lasting => Some(lasting),
        },
    }
}

/// librdkafka has gone silent while it heartbeat (rust-rdkafka#638): where the topic grows for a minute and neither a
/// record nor the news of a reached end comes, the member starts anew.
struct Watchdog {
    every: Duration,
    quiet_since: Instant,
    ends: BTreeMap<i32, i64>,
}

impl Watchdog {
    fn bites(&mut self, consumer: &BaseConsumer<MemberContext>) -> Option<BusError> {
        if self.every.is_zero() || self.quiet_since.elapsed() < self.every {
            return None;
        }
        self.quiet_since = Instant::now();
        let context = consumer.context();
        let held: Vec<i32> =
            context.started.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        if held.is_empty() {
            self.ends.clear();
            return None;
        }
        let topic = &context.subscription.topic;
        let ends = ask::ends(consumer, topic, held, Duration::from_secs(10)).ok()?;
        let grown: Vec<i32> = ends
            .iter()
            .filter(|(p, end)| self.ends.get(p).is_some_and(|was| was < end))
            .map(|(p, _)| *p)
            .collect();
        self.ends = ends;
        if grown.is_empty() {
            return None;
        }
        let group = &context.subscription.group;
        tracing::error!(
            group, topic, partitions = ?grown,
            "{group} got no message of {topic} for {} s although it grows; the consumer is made anew", self.every.as_secs()
        );
        Some(BusError::Unavailable(format!("the consumer of {topic} had gone silent")))
    }
}
