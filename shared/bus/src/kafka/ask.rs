//! Questions to the cluster; they wait for the answer, so they are asked on a thread where waiting is allowed.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::metadata::{Metadata, MetadataTopic};
use rdkafka::{Offset, TopicPartitionList};

use super::fault;
use crate::error::BusError;

/// Does a broker answer this client at all?
pub(super) fn reachable<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    wait: Duration,
) -> Result<(), BusError> {
    let found = client.client().fetch_cluster_id(wait);
    found.map(|_| ()).ok_or_else(|| BusError::Unavailable("Kafka: no broker answers".to_owned()))
}

/// The number of partitions.
pub(super) fn partitions<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    wait: Duration,
) -> Result<i32, BusError> {
    let metadata = client.fetch_metadata(Some(topic), wait).map_err(|e| fault::bus(e, topic))?;
    count(&metadata, topic)
}

/// The same, once each has a leader: a client that finds a topic without some, when it was only just made, loses time.
pub(super) fn partitions_led<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    wait: Duration,
) -> Result<i32, BusError> {
    let metadata = client.fetch_metadata(Some(topic), wait).map_err(|e| fault::bus(e, topic))?;
    let count = count(&metadata, topic)?;
    let all = metadata.topics().iter().flat_map(MetadataTopic::partitions);
    match all.into_iter().find(|p| p.leader() < 0 || p.error().is_some()) {
        Some(headless) => {
            Err(BusError::Unavailable(format!("partition {} of {topic} has no leader", headless.id())))
        }
        None => Ok(count),
    }
}

fn count(metadata: &Metadata, topic: &str) -> Result<i32, BusError> {
    let named = metadata.topics().iter().find(|t| t.name() == topic);
    if let Some(error) = named.and_then(MetadataTopic::error) {
        return Err(fault::bus(KafkaError::MetadataFetch(error.into()), topic));
    }
    let found = named;
    match found.map(|t| t.partitions().len()) {
        None | Some(0) => Err(BusError::NoTopic(topic.to_owned())),
        Some(n) => Ok(i32::try_from(n).unwrap_or(i32::MAX)),
    }
}

/// For each partition, the offset after the last record that a read-committed reader may see.
pub(super) fn ends<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    partitions: impl IntoIterator<Item = i32>,
    wait: Duration,
) -> Result<BTreeMap<i32, i64>, BusError> {
    offsets_at(client, topic, partitions, Offset::End, wait)
}

/// For each partition, the first offset whose time is not before this; the end where there is none.
pub(super) fn offsets_since<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    partitions: &[i32],
    millis: i64,
    wait: Duration,
) -> Result<BTreeMap<i32, i64>, BusError> {
    let mut found =
        offsets_at(client, topic, partitions.iter().copied(), Offset::Offset(millis.max(0)), wait)?;
    let none: Vec<i32> = partitions.iter().copied().filter(|p| !found.contains_key(p)).collect();
    if !none.is_empty() {
        found.extend(ends(client, topic, none, wait)?);
    }
    Ok(found)
}

/// For each partition, the offset that stands there.
pub(super) fn offsets_at<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    partitions: impl IntoIterator<Item = i32>,
    at: Offset,
    wait: Duration,
) -> Result<BTreeMap<i32, i64>, BusError> {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition_offset(topic, partition, at).map_err(|e| fault::bus(e, topic))?;
    }
    let answer = client.offsets_for_times(list, wait).map_err(|e| fault::bus(e, topic))?;
    offsets(&answer, topic)
}

/// The group's committed offsets of these partitions, where there are any.
pub(super) fn committed<C: ConsumerContext>(
    client: &BaseConsumer<C>,
    topic: &str,
    partitions: impl IntoIterator<Item = i32>,
    wait: Duration,
) -> Result<BTreeMap<i32, i64>, BusError> {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(topic, partition);
    }
    let answer = client.committed_offsets(list, wait).map_err(|e| fault::bus(e, topic))?;
    offsets(&answer, topic)
}

fn offsets(list: &TopicPartitionList, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
    let mut offsets = BTreeMap::new();
    for element in list.elements() {
        element.error().map_err(|e| fault::bus(e, topic))?;
        if let Offset::Offset(offset) = element.offset() {
            offsets.insert(element.partition(), offset);
        }
    }
    Ok(offsets)
}
