//! A fenced publisher: one transaction a publication, refused where a newer one holds the id.

use crate::answered::Answered;
use std::sync::Arc;

use async_trait::async_trait;

use super::append::Columns;
use super::{Inner, fault, wake};
use crate::error::PublishError;
use crate::record::Record;
use crate::traits::Publisher;

pub(super) struct PostgresPublisher {
    bus: Arc<Inner>,
    id: String,
    epoch: i64,
}

impl PostgresPublisher {
    /// Takes the id. Waits for a publication that is under way, so that after it nothing of an older publisher comes.
    pub async fn take(bus: Arc<Inner>, id: &str) -> Result<Self, PublishError> {
        let epoch: i64 = sqlx::query_scalar(
            "INSERT INTO bus_producer AS p (id, epoch) VALUES ($1, 1) \
             ON CONFLICT (id) DO UPDATE SET epoch = p.epoch + 1 RETURNING epoch",
        )
        .bind(id)
        .fetch_one(&bus.db)
        .answered()
        .await
        .map_err(fault::bus)?;
        Ok(Self { bus, id: id.to_owned(), epoch })
    }
}

#[async_trait]
impl Publisher for PostgresPublisher {
    async fn publish(&mut self, records: Vec<Record>) -> Result<(), PublishError> {
        let columns = Columns::prepare(&self.bus.db, &self.bus.topics, records).await?;
        let offsets: Option<Vec<i64>> =
            sqlx::query_scalar("SELECT bus_publish($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(&self.id)
                .bind(self.epoch)
                .bind(&columns.topics)
                .bind(&columns.partitions)
                .bind(columns.keys())
                .bind(columns.payloads())
                .bind(&columns.headers)
                .bind(&columns.times)
                .fetch_one(&self.bus.db)
                .answered_late()
                .await
                .map_err(fault::publish)?;
        if offsets.is_none() && columns.len() > 0 {
            return Err(PublishError::Fenced(self.id.clone()));
        }
        for topic in columns.names() {
            self.bus.wake.tell(wake::topic_key(&topic));
        }
        Ok(())
    }
}
