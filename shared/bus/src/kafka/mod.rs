//! Kafka.

use crate::error::{BusError, PublishError};
use crate::traits::{Bus, Consumer, Producer, Publisher, Reader, Subscription};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wiredesk_contract::{TopicSpec, TopicTable};

/// Kafka settings.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KafkaConfig {}

/// The bus in Kafka.
pub struct KafkaBus;

fn soon() -> BusError {
    BusError::Config("not built yet".to_owned())
}

impl KafkaBus {
    /// Connects.
    pub fn new(_: KafkaConfig, _: &TopicTable) -> Result<Self, BusError> {
        Err(soon())
    }
}

#[async_trait]
impl Bus for KafkaBus {
    fn name(&self) -> &'static str {
        "kafka"
    }
    async fn ensure_topics(&self, _: &[TopicSpec]) -> Result<(), BusError> {
        Err(soon())
    }
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Err(soon())
    }
    async fn subscribe(&self, _: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        Err(soon())
    }
    async fn publisher(&self, _: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Err(soon().into())
    }
    async fn reader(&self, _: &str, _: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        Err(soon())
    }
    async fn end_offsets(&self, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Err(soon())
    }
    async fn committed(&self, _: &str, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Err(soon())
    }
}
