//! An independent reader of the published topics: a plain rdkafka consumer under read_committed, or SQL on the log table.

use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::Value;

use crate::desk::Desk;

/// A record as a consumer sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Key.
    pub key: String,
    /// CloudEvents id.
    pub ce_id: String,
    /// CloudEvents type.
    pub ce_type: String,
    /// Payload.
    pub payload: Value,
}

/// Every committed record of `<prefix>.<rest>`, partition by partition.
pub async fn read_all(desk: &Desk, rest: &str) -> Vec<Seen> {
    let topic = format!("{}.{rest}", desk.prefix);
    match desk.kafka.clone() {
        Some(servers) => tokio::task::spawn_blocking(move || from_kafka(&servers, &topic))
            .await
            .unwrap_or_else(|e| panic!("the consumer: {e}")),
        None => from_postgres(desk, &topic).await,
    }
}

fn from_kafka(servers: &str, topic: &str) -> Vec<Seen> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .set("group.id", wiredesk_testkit::unique("independent"))
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("enable.partition.eof", "true")
        .create()
        .unwrap_or_else(|e| panic!("no consumer: {e}"));
    let metadata = consumer
        .fetch_metadata(Some(topic), Duration::from_secs(20))
        .unwrap_or_else(|e| panic!("no metadata of {topic}: {e}"));
    let mut left: Vec<i32> = metadata.topics()[0].partitions().iter().map(|p| p.id()).collect();
    let mut all = TopicPartitionList::new();
    for partition in &left {
        all.add_partition_offset(topic, *partition, Offset::Beginning).unwrap_or_else(|e| panic!("{e}"));
    }
    consumer.assign(&all).unwrap_or_else(|e| panic!("assign: {e}"));
    let mut seen = Vec::new();
    while !left.is_empty() {
        match consumer.poll(Duration::from_secs(30)) {
            None => panic!("{topic}: no end of {left:?} within 30 s"),
            Some(Err(rdkafka::error::KafkaError::PartitionEOF(partition))) => {
                left.retain(|p| *p != partition)
            }
            Some(Err(error)) => panic!("{topic}: {error}"),
            Some(Ok(message)) => {
                let header = |name: &str| {
                    let headers = message.headers()?;
                    let found = headers.iter().find(|h| h.key == name)?;
                    Some(String::from_utf8_lossy(found.value?).into_owned())
                };
                seen.push(Seen {
                    key: String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned(),
                    ce_id: header("ce_id").unwrap_or_default(),
                    ce_type: header("ce_type").unwrap_or_default(),
                    payload: serde_json::from_slice(message.payload().unwrap_or_default())
                        .unwrap_or_default(),
                });
            }
        }
    }
    seen
}

async fn from_postgres(desk: &Desk, topic: &str) -> Vec<Seen> {
    let rows: Vec<(Vec<u8>, Vec<u8>, Value)> = sqlx::query_as(
        "SELECT r.key, r.payload, r.headers FROM bus_record r JOIN bus_topic t ON t.id = r.topic
         WHERE t.name = $1 ORDER BY r.partition, r.\"offset\"",
    )
    .bind(topic)
    .fetch_all(desk.db())
    .await
    .unwrap_or_else(|e| panic!("{topic}: {e}"));
    let header = |headers: &Value, name: &str| {
        let pairs = headers.as_array()?;
        let pair = pairs.iter().find(|p| p[0] == name)?;
        pair[1].as_str().map(str::to_owned)
    };
    rows.into_iter()
        .map(|(key, payload, headers)| Seen {
            key: String::from_utf8_lossy(&key).into_owned(),
            ce_id: header(&headers, "ce_id").unwrap_or_default(),
            ce_type: header(&headers, "ce_type").unwrap_or_default(),
            payload: serde_json::from_slice(&payload).unwrap_or_default(),
        })
        .collect()
}
