//! The bus as a log in Postgres (`schemas/postgres/0001_bus.sql`): durable, with nothing to install.

mod append;
mod config;
mod consumer;
mod fault;
mod fetch;
mod group;
mod publisher;
mod reader;
mod sweep;
mod topics;
mod wake;

use crate::answered::Answered;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use tokio_util::sync::{CancellationToken, DropGuard};
use wiredesk_contract::TopicSpec;

pub use self::config::PostgresBusConfig;
use crate::error::{BusError, PublishError};
use crate::record::{Position, Record};
use crate::traits::{Bus, Consumer, Producer, Publisher, Reader, Subscription, TopicFacts};

/// The bus in Postgres.
#[derive(Clone)]
pub struct PostgresBus {
    inner: Arc<Inner>,
}

struct Inner {
    db: PgPool,
    config: PostgresBusConfig,
    topics: topics::Topics,
    wake: Arc<wake::Wake>,
    appender: append::Appender,
    _stop: DropGuard,
}

impl PostgresBus {
    /// The bus in this database. Call it inside a tokio runtime: it starts the tasks that append, notify and sweep,
    /// which end with the last handle.
    pub fn new(config: PostgresBusConfig, db: PgPool) -> Self {
        let stop = CancellationToken::new();
        let wake = wake::Wake::start(&db, &stop);
        let appender = append::Appender::start(&db, config.appenders, &stop);
        if config.sweep_seconds > 0 {
            let sweeping = sweep::keep_sweeping(db.clone(), Duration::from_secs(config.sweep_seconds));
            tokio::spawn(stop.clone().run_until_cancelled_owned(sweeping));
        }
        let topics = topics::Topics::default();
        Self { inner: Arc::new(Inner { db, config, topics, wake, appender, _stop: stop.drop_guard() }) }
    }

    /// Deletes now what is past its topic's retention; answers how many records.
    ///
    /// # Errors
    /// As Postgres gives them.
    pub async fn sweep(&self) -> Result<u64, BusError> {
        sweep::sweep(&self.inner.db).await
    }
}

#[async_trait]
impl Bus for PostgresBus {
    fn name(&self) -> &'static str {
        "postgres"
    }

    async fn ensure_topics(&self, specs: &[TopicSpec]) -> Result<(), BusError> {
        topics::ensure(&self.inner.db, specs, self.inner.config.partitions).await
    }

    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Ok(Box::new(PostgresProducer { bus: self.inner.clone() }))
    }

    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        Ok(Box::new(consumer::PostgresConsumer::join(self.inner.clone(), subscription).await?))
    }

    async fn publisher(&self, transactional_id: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Ok(Box::new(publisher::PostgresPublisher::take(self.inner.clone(), transactional_id).await?))
    }

    async fn reader(&self, topic: &str, from: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        Ok(Box::new(reader::PostgresReader::open(self.inner.clone(), topic, from).await?))
    }

    async fn end_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let topic = self.inner.topics.get(&self.inner.db, topic).await?;
        topics::ends(&self.inner.db, topic).await
    }

    async fn describe(&self, topic: &str) -> Result<TopicFacts, BusError> {
        topics::describe(&self.inner.db, topic).await
    }

    async fn committed(&self, group: &str, topic: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        let topic = self.inner.topics.get(&self.inner.db, topic).await?;
        let rows: Vec<(i32, i64)> = sqlx::query_as(
            "SELECT partition, next FROM bus_offset WHERE group_name = $1 AND topic = $2 AND next IS NOT NULL",
        )
        .bind(group)
        .bind(topic.id)
        .fetch_all(&self.inner.db)
        .answered()
        .await
        .map_err(fault::bus)?;
        Ok(rows.into_iter().collect())
    }
}

struct PostgresProducer {
    bus: Arc<Inner>,
}

#[async_trait]
impl Producer for PostgresProducer {
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError> {
        let columns = append::Columns::prepare(&self.bus.db, &self.bus.topics, records).await?;
        let names = columns.names();
        let positions = self.bus.appender.append(columns).await?;
        for topic in names {
            self.bus.wake.tell(wake::topic_key(&topic));
        }
        Ok(positions)
    }
}
