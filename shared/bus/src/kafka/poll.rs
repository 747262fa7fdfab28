//! The polling thread of a member: it polls always, so that the broker never takes it for dead, and pauses the partitions
//! where the stage is behind.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;

use super::handover::Item;
use super::rebalance::MemberContext;
use super::record::incoming;
use super::watchdog::Watchdog;
use super::{ask, fault};
use crate::error::BusError;
use crate::traits::Subscription;

const POLL: Duration = Duration::from_millis(50);

/// Polls until the member is closed or fails, then leaves the group.
pub(super) fn run(consumer: Arc<BaseConsumer<MemberContext>>, watchdog: Duration) {
    let context = consumer.context().clone();
    let handover = context.handover.clone();
    let mut paused = false;
    let mut watchdog = Watchdog::new(watchdog);
    while !handover.is_closed() {
        let polled = consumer.poll(POLL);
        let now = Instant::now();
        {
            // Rebalances happen within the poll.
            let started = context.started.lock().unwrap_or_else(PoisonError::into_inner);
            watchdog.watch(started.generation, &started.offsets, now);
        }
        match polled {
            Some(Ok(message)) => {
                watchdog.record(message.partition(), message.offset(), now);
                handover.push(Item::Record(incoming(&message), now));
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => watchdog.end(partition, now),
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
            watchdog.resumed(now);
        }
        if !paused && let Some(stalled) = stalled(&mut watchdog, &consumer, now) {
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

/// Asks where the logs of silent partitions end: where they have more, the member starts anew.
fn stalled(
    watchdog: &mut Watchdog,
    consumer: &BaseConsumer<MemberContext>,
    now: Instant,
) -> Option<BusError> {
    let silent = watchdog.silent(now);
    if silent.is_empty() {
        return None;
    }
    let Subscription { topic, group, .. } = &consumer.context().subscription;
    let ends = match ask::ends(consumer, topic, silent, Duration::from_secs(10)) {
        Ok(ends) => ends,
        // A broker that is away says so on all sides; a client that lost its way among leaders would ask for ever.
        Err(error) => {
            tracing::warn!(group, topic, %error, "nothing came of {topic} for a while, and where it ends is not known");
            return watchdog.deaf().then_some(error);
        }
    };
    let stalled = watchdog.stalled(&ends);
    if stalled.is_empty() {
        return None;
    }
    tracing::error!(
        group, topic, partitions = ?stalled,
        "{group} gets no message of {topic} although it has some; the consumer is made anew"
    );
    Some(BusError::Unavailable(format!("the consumer of {topic} had gone silent")))
}
