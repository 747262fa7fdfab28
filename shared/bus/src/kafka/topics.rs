//! Making topics.

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;
use wiredesk_contract::TopicSpec;

use super::client::{Asker, Logging, base, finish, patience};
use super::config::KafkaConfig;
use super::fault;
use crate::error::BusError;

/// Room in a broker's limit for batch and record headers, and for batches of small records (librdkafka's `batch.size`).
const LEAST_BATCH: u32 = 1 << 20;
const ENVELOPE: u32 = 64 << 10;

/// Makes those that are not there, in one request.
pub(super) async fn ensure(config: &KafkaConfig, asker: &Asker, specs: &[TopicSpec]) -> Result<(), BusError> {
    let wait = patience(config);
    let (brokers, present) = asker
        .ask(move |client| {
            use rdkafka::consumer::Consumer;
            let metadata = client.fetch_metadata(None, wait).map_err(|e| fault::bus(e, ""))?;
            let present: Vec<String> = metadata.topics().iter().map(|t| t.name().to_owned()).collect();
            Ok((metadata.brokers().len(), present))
        })
        .await?;
    let missing: Vec<&TopicSpec> = specs.iter().filter(|s| !present.contains(&s.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let brokers = i32::try_from(brokers).unwrap_or(i32::MAX);
    let replicas = config.replication_factor.unwrap_or_else(|| brokers.clamp(1, 3));
    let in_sync = config.min_insync_replicas.unwrap_or(if replicas >= 3 { 2 } else { 1 }).to_string();
    let texts: Vec<(String, String)> = missing
        .iter()
        .map(|s| {
            let retention = u64::from(s.retention_hours) * 3_600_000;
            (retention.to_string(), (s.max_bytes.max(LEAST_BATCH) + ENVELOPE).to_string())
        })
        .collect();
    let topics: Vec<NewTopic<'_>> = missing
        .iter()
        .zip(&texts)
        .map(|(spec, (retention, max_bytes))| {
            NewTopic::new(&spec.name, spec.partitions.max(1), TopicReplication::Fixed(replicas))
                .set("retention.ms", retention)
                .set("max.message.bytes", max_bytes)
                .set("min.insync.replicas", &in_sync)
                .set("unclean.leader.election.enable", "false")
        })
        .collect();
    let admin: AdminClient<Logging> =
        finish(base(config)?, config).create_with_context(Logging::default()).map_err(fault::config)?;
    let options = AdminOptions::new().request_timeout(Some(wait)).operation_timeout(Some(wait));
    let results = admin.create_topics(&topics, &options).await.map_err(|e| fault::bus(e, ""))?;
    for result in results {
        match result {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => {
                let error = fault::bus(rdkafka::error::KafkaError::AdminOp(code), &topic);
                return Err(match error {
                    BusError::Config(why) => BusError::Config(format!("topic {topic} cannot be made: {why}")),
                    other => other,
                });
            }
        }
    }
    wait_until_known(asker, &missing, wait).await
}

/// How long new topics may take to be known: a broker that has just started, on a busy machine, takes longer than an answer.
const KNOWN_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

/// A topic is usable once the brokers tell of it and of the leaders of its partitions.
async fn wait_until_known(
    asker: &Asker,
    specs: &[&TopicSpec],
    wait: std::time::Duration,
) -> Result<(), BusError> {
    let deadline = tokio::time::Instant::now() + KNOWN_WITHIN;
    for spec in specs {
        loop {
            let name = spec.name.clone();
            match asker.ask(move |client| super::ask::partitions_led(client, &name, wait)).await {
                Ok(_) => break,
                Err(error) if tokio::time::Instant::now() >= deadline => return Err(error),
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    }
    Ok(())
}
