//! The producer: idempotent; only delivery reports count.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, Producer as _};

use super::record::outgoing;
use super::{Inner, fault};
use crate::error::BusError;
use crate::record::{Position, Record};
use crate::traits::Producer;

/// How long to wait where the queue is full.
const QUEUE_FULL: Duration = Duration::from_millis(5);

pub(super) struct KafkaProducer {
    pub bus: Arc<Inner>,
    pub client: FutureProducer<super::client::Logging>,
}

impl Inner {
    /// Refuses records that are too large, and topics that are not there: for those librdkafka would wait half a minute.
    pub async fn check(&self, records: &[Record]) -> Result<(), BusError> {
        self.limits.check(records)?;
        for topic in records.iter().map(|r| r.topic.as_str()).collect::<BTreeSet<_>>() {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(topic);
            if !seen {
                self.partitions(topic).await?;
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned());
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Producer for KafkaProducer {
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError> {
        self.bus.check(&records).await?;
        let mut reports = Vec::with_capacity(records.len());
        for record in &records {
            reports.push(loop {
                match self.client.send_result(outgoing(record)) {
                    Ok(report) => break report,
                    Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                        tokio::time::sleep(QUEUE_FULL).await;
                    }
                    Err((error, _)) => return Err(self.refused(error, record)),
                }
            });
        }
        let mut positions = Vec::with_capacity(records.len());
        for (report, record) in reports.into_iter().zip(&records) {
            let delivery =
                report.await.map_err(|_| BusError::Unavailable("the producer was closed".to_owned()))?;
            let delivery = delivery.map_err(|(error, _)| self.refused(error, record))?;
            positions.push(Position {
                topic: record.topic.clone(),
                partition: delivery.partition,
                offset: delivery.offset,
            });
        }
        Ok(positions)
    }
}

impl KafkaProducer {
    fn refused(&self, error: KafkaError, record: &Record) -> BusError {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::MessageSizeTooLarge) => {
                let size = record.size();
                BusError::TooLarge { topic: record.topic.clone(), size, max: size.saturating_sub(1) }
            }
            // Thrown away because of something that no send gets over: a producer that may write nowhere gets no id.
            Some(RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::Fatal) => {
                let cause =
                    self.client.client().fatal_error().map(|(code, _)| KafkaError::MessageProduction(code));
                fault::bus(cause.unwrap_or(error), &record.topic)
            }
            _ => fault::bus(error, &record.topic),
        }
    }
}
