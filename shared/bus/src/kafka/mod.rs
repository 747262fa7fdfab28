//! The bus in Kafka.

mod ask;
mod client;
mod config;
mod consumer;
mod describe;
mod fault;
mod handover;
mod poll;
mod producer;
mod publisher;
mod reader;
mod rebalance;
mod record;
mod topics;
mod trouble;
mod watchdog;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rdkafka::Offset;
use rdkafka::producer::FutureProducer;
use wiredesk_contract::{TopicSpec, TopicTable};

pub use self::config::{KafkaConfig, Properties};
use crate::error::{BusError, PublishError};
use crate::limits::SizeLimits;
use crate::traits::{Bus, Consumer, Producer, Publisher, Reader, Subscription, TopicFacts};

/// The bus in Kafka.
#[derive(Clone)]
pub struct KafkaBus {
    inner: Arc<Inner>,
}

struct Inner {
    config: KafkaConfig,
    limits: SizeLimits,
    /// Topics that are known to be there.
    seen: Mutex<BTreeSet<String>>,
    /// One for all: librdkafka batches better so.
    producer: Mutex<Option<FutureProducer<client::Logging>>>,
    asker: client::Asker,
    /// By group.
    askers: Mutex<BTreeMap<String, Arc<client::Asker>>>,
}

impl Inner {
    async fn partitions(&self, topic: &str) -> Result<i32, BusError> {
        let (topic, wait) = (topic.to_owned(), client::patience(&self.config));
        self.asker.ask(move |client| ask::partitions(client, &topic, wait)).await
    }

    fn shared_producer(&self) -> Result<FutureProducer<client::Logging>, BusError> {
        let mut shared = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(producer) = &*shared {
            return Ok(producer.clone());
        }
        let settings = client::finish(client::producing(&self.config)?, &self.config);
        let producer: FutureProducer<client::Logging> =
            settings.create_with_context(client::Logging::default()).map_err(fault::config)?;
        *shared = Some(producer.clone());
        Ok(producer)
    }

    fn asker_of(&self, group: &str) -> Result<Arc<client::Asker>, BusError> {
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asker) = askers.get(group) {
            return Ok(asker.clone());
        }
        let asker = Arc::new(client::Asker::new(&self.config, Some(group))?);
        askers.insert(group.to_owned(), asker.clone());
        Ok(asker)
    }
}

impl KafkaBus {
    /// A bus on this cluster, which need not answer yet.
    ///
    /// # Errors
    /// [`BusError::Config`] where librdkafka refuses the settings.
    pub fn new(config: KafkaConfig, topics: &TopicTable) -> Result<Self, BusError> {
        let asker = client::Asker::new(&config, None)?;
        let inner = Inner {
            config,
            limits: SizeLimits::new(topics),
            seen: Mutex::default(),
            producer: Mutex::default(),
            asker,
            askers: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

#[async_trait]
impl Bus for KafkaBus {
    fn name(&self) -> &'static str {
        "kafka"
    }

    async fn ensure_topics(&self, specs: &[TopicSpec]) -> Result<(), BusError> {
        self.inner.limits.learn(specs);
        topics::ensure(&self.inner.config, &self.inner.asker, specs).await
    }

    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        let client = self.inner.shared_producer()?;
        Ok(Box::new(producer::KafkaProducer { bus: self.inner.clone(), client }))
    }

    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        Ok(Box::new(consumer::KafkaConsumer::join(self.inner.clone(), subscription).await?))
    }

    async fn publisher(&self, transactional_id: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Ok(Box::new(publisher::KafkaPublisher::take(self.inner.clone(), transactional_id).await?))
    }

    async fn reader(&self, topic: &str, from: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        Ok(Box::new(reader::KafkaReader::open(self.inner.clone(), topic, from).await?))
    }

    async fn end_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let partitions = self.inner.partitions(topic).await?;
        let (topic, wait) = (topic.to_owned(), client::patience(&self.inner.config));
        self.inner.asker.ask(move |client| ask::ends(client, &topic, 0..partitions, wait)).await
    }

    // Needs no right to describe the topic's configuration.
    async fn start_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let partitions = self.inner.partitions(topic).await?;
        let (topic, wait) = (topic.to_owned(), client::patience(&self.inner.config));
        let starts =
            move |client: &_| ask::offsets_at(client, &topic, 0..partitions, Offset::Beginning, wait);
        self.inner.asker.ask(starts).await
    }

    async fn describe(&self, topic: &str) -> Result<TopicFacts, BusError> {
        describe::describe(&self.inner.config, &self.inner.asker, topic).await
    }

    async fn committed(&self, group: &str, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let partitions = self.inner.partitions(topic).await?;
        let (topic, wait) = (topic.to_owned(), client::patience(&self.inner.config));
        let asker = self.inner.asker_of(group)?;
        asker.ask(move |client| ask::committed(client, &topic, 0..partitions, wait)).await
    }
}
