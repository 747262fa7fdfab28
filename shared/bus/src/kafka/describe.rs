//! How a topic is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::Offset;
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, ResourceSpecifier};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::metadata::MetadataPartition;

use super::client::{Asker, Logging, base, finish, patience};
use super::config::KafkaConfig;
use super::{ask, fault};
use crate::error::BusError;
use crate::traits::{Copies, TopicFacts};

/// Asks the cluster for everything that is to be known.
pub(super) async fn describe(
    config: &KafkaConfig,
    asker: &Asker,
    topic: &str,
) -> Result<TopicFacts, BusError> {
    let wait = patience(config);
    let name = topic.to_owned();
    let (starts, replicas, in_sync) = asker.ask(move |client| laid_out(client, &name, wait)).await?;
    let admin: AdminClient<Logging> =
        finish(base(config)?, config).create_with_context(Logging::default()).map_err(fault::config)?;
    let options = AdminOptions::new().request_timeout(Some(wait));
    let answer = admin.describe_configs(&[ResourceSpecifier::Topic(topic)], &options).await;
    let answer = answer.map_err(|error| fault::bus(error, topic))?.pop();
    let settings = answer
        .ok_or_else(|| BusError::Unavailable(format!("the cluster says nothing about topic {topic}")))?
        .map_err(|code| fault::bus(rdkafka::error::KafkaError::AdminOp(code), topic))?;
    Ok(TopicFacts {
        starts,
        retention: number(&settings, "retention.ms").map(Duration::from_millis),
        max_bytes: number(&settings, "max.message.bytes"),
        compacted: text(&settings, "cleanup.policy").is_some_and(|policy| policy.contains("compact")),
        copies: Some(Copies {
            replicas,
            in_sync,
            least: number(&settings, "min.insync.replicas").map_or(1, |n| usize::try_from(n).unwrap_or(1)),
            unclean_election: text(&settings, "unclean.leader.election.enable") == Some("true"),
        }),
    })
}

/// The first offsets, and the least number of copies and of those in sync that a partition has.
fn laid_out(
    client: &BaseConsumer<Logging>,
    topic: &str,
    wait: Duration,
) -> Result<(BTreeMap<i32, i64>, usize, usize), BusError> {
    let partitions = ask::partitions(client, topic, wait)?;
    let starts = ask::offsets_at(client, topic, 0..partitions, Offset::Beginning, wait)?;
    let metadata = client.fetch_metadata(Some(topic), wait).map_err(|error| fault::bus(error, topic))?;
    let all = || metadata.topics().iter().flat_map(|topic| topic.partitions());
    let least = |of: fn(&MetadataPartition) -> usize| all().map(of).min().unwrap_or_default();
    Ok((starts, least(|p| p.replicas().len()), least(|p| p.isr().len())))
}

fn text<'a>(settings: &'a ConfigResource, name: &str) -> Option<&'a str> {
    settings.get(name)?.value.as_deref()
}

/// A number; -1, which is Kafka's "for ever", is none.
fn number(settings: &ConfigResource, name: &str) -> Option<u64> {
    text(settings, name)?.parse().ok()
}
