//! The transactional producer. Its interface waits, so it lives on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, Producer};
use tokio::sync::{mpsc, oneshot};

use super::client::{Logging, finish, producing};
use super::record::outgoing;
use super::{Inner, fault};
use crate::error::{BusError, PublishError};
use crate::record::Record;
use crate::traits::Publisher;

type Job = (Vec<Record>, oneshot::Sender<Result<(), PublishError>>);

pub(super) struct KafkaPublisher {
    bus: Arc<Inner>,
    jobs: mpsc::Sender<Job>,
}

impl KafkaPublisher {
    /// Takes the id: `init_transactions` aborts what an older producer left open and fences it.
    pub async fn take(bus: Arc<Inner>, id: &str) -> Result<Self, PublishError> {
        // Asked first: `init_transactions` would only run out of time where the brokers refuse this client.
        let wait = super::client::patience(&bus.config);
        bus.asker.ask(move |client| super::ask::reachable(client, wait)).await?;
        let mut client = producing(&bus.config)?;
        client
            .set("transactional.id", id)
            .set("transaction.timeout.ms", bus.config.transaction_timeout_ms.to_string())
            // A send must not outlive its transaction.
            .set(
                "delivery.timeout.ms",
                u64::from(bus.config.transaction_timeout_ms).min(bus.config.send_timeout_ms).to_string(),
            );
        let client = finish(client, &bus.config);
        let producer: FutureProducer<Logging> =
            client.create_with_context(Logging::default()).map_err(fault::config)?;
        let (jobs, work) = mpsc::channel(1);
        let (ready, is_ready) = oneshot::channel();
        let line = Line { producer, id: id.to_owned(), wait: super::client::patience(&bus.config) };
        std::thread::Builder::new()
            .name("kafka-publisher".to_owned())
            .spawn(move || line.run(ready, work))
            .map_err(|e| BusError::Unavailable(e.to_string()))?;
        is_ready.await.map_err(|_| BusError::Unavailable("the publisher's thread ended".to_owned()))??;
        Ok(Self { bus, jobs })
    }
}

#[async_trait]
impl Publisher for KafkaPublisher {
    async fn publish(&mut self, records: Vec<Record>) -> Result<(), PublishError> {
        if records.is_empty() {
            return Ok(());
        }
        self.bus.check(&records).await?;
        let (reply, answer) = oneshot::channel();
        let ended = || PublishError::Doubt("the publisher's thread ended".to_owned());
        self.jobs.send((records, reply)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

/// What the thread has.
struct Line {
    producer: FutureProducer<Logging>,
    id: String,
    wait: Duration,
}

impl Line {
    fn run(self, ready: oneshot::Sender<Result<(), PublishError>>, mut work: mpsc::Receiver<Job>) {
        let taken = self.producer.init_transactions(self.wait).map_err(|e| self.unsent(e));
        let failed = taken.is_err();
        if ready.send(taken).is_err() || failed {
            return;
        }
        while let Some((records, reply)) = work.blocking_recv() {
            let result = self.publish(&records);
            let spent = result.is_err();
            let _ = reply.send(result);
            if spent {
                return;
            }
        }
    }

    fn publish(&self, records: &[Record]) -> Result<(), PublishError> {
        self.producer.begin_transaction().map_err(|e| self.unsent(e))?;
        for record in records {
            if let Err(error) = self.enqueue(record) {
                // Before the commit was asked for, an abort cannot come too late.
                return match self.producer.abort_transaction(self.wait) {
                    Ok(()) => Err(self.unsent(error)),
                    Err(abort) => Err(self.doubt(abort)),
                };
            }
        }
        match self.producer.commit_transaction(self.wait) {
            Ok(()) => Ok(()),
            Err(error) => {
                let abortable = matches!(&error, KafkaError::Transaction(e) if e.txn_requires_abort());
                if abortable && let Err(abort) = self.producer.abort_transaction(self.wait) {
                    tracing::debug!(%abort, "the transaction could not be aborted; the next publisher's fence does it");
                }
                Err(self.doubt(error))
            }
        }
    }

    fn enqueue(&self, record: &Record) -> Result<(), KafkaError> {
        loop {
            match self.producer.send_result(outgoing(record)) {
                // The commit waits for the delivery and fails without it.
                Ok(_report) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    fn is_fenced(&self, error: &KafkaError) -> bool {
        let fatal = || self.producer.client().fatal_error().is_some_and(|(code, _)| fault::is_fence(code));
        fault::lost_fence(error) || fatal()
    }

    /// Of an error after which surely nothing was committed.
    fn unsent(&self, error: KafkaError) -> PublishError {
        if self.is_fenced(&error) {
            PublishError::Fenced(self.id.clone())
        } else {
            fault::publishing(error, &self.id).into()
        }
    }

    /// Of an error that says nothing about the commit.
    fn doubt(&self, error: KafkaError) -> PublishError {
        if self.is_fenced(&error) {
            PublishError::Fenced(self.id.clone())
        } else {
            PublishError::Doubt(error.to_string())
        }
    }
}
