//! Sending: the outbox rows that this publisher has not sent yet, in the order of their transactions.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use wiredesk_bus::{BusError, PublishError, Publisher, Record};
use wiredesk_contract::Timestamp;
use wiredesk_runtime::Answered;
use wiredesk_runtime::retry::Backoff;
use wiredesk_store::outbox::{self, Cursor, OutboxRow};

use crate::life::Flight;
use crate::read_back;
use crate::relay::Relay;
use crate::trouble::Trouble;
use crate::wake::Wake;
use crate::window::EventId;

pub(crate) struct Sender<'a> {
    pub relay: &'a Relay,
    pub publisher: &'a mut dyn Publisher,
    pub flight: &'a Flight,
    pub backoff: &'a mut Backoff,
}

impl Sender<'_> {
    pub async fn run(mut self) -> Result<Infallible, Trouble> {
        let (config, deps) = (&self.relay.config, &self.relay.deps);
        let mut wake = Wake::new(&deps.db, Duration::from_millis(config.poll_ms.max(5))).await;
        // Everything that this publisher has sent lies before the cursor; what the read-back before it left is absent.
        let mut cursor = Cursor::default();
        loop {
            if deps.shutdown.is_cancelled() {
                return Err(Trouble::Stopped);
            }
            if self.flight.window().len() >= config.in_flight_rows.max(1) {
                landed(self.relay, self.flight).await?;
                continue;
            }
            settle(self.relay, self.flight).await?;
            let rows = outbox::next(&deps.db, cursor, config.batch_rows.max(1), config.batch_bytes.max(1))
                .answered()
                .await?;
            let Some(last) = rows.last() else {
                tokio::select! {
                    biased;
                    () = deps.shutdown.cancelled() => return Err(Trouble::Stopped),
                    () = wake.wait() => {}
                }
                continue;
            };
            wake.busy();
            let end = last.place;
            if self.publish(rows).await? {
                cursor = end;
            }
        }
    }

    /// Publishes all or nothing; false where nothing was sent because rows had to be set aside.
    async fn publish(&mut self, rows: Vec<OutboxRow>) -> Result<bool, Trouble> {
        self.relay.step("relay.before_publish")?;
        let ids: Vec<EventId> = rows.iter().map(|row| (row.kind, row.event_id.clone())).collect();
        let count = rows.len() as u64;
        let made: Vec<Timestamp> = rows.iter().map(|row| row.created).collect();
        let records: Vec<Record> = rows.into_iter().map(|row| record(self.relay, row)).collect();
        let sizes: Vec<usize> = records.iter().map(Record::size).collect();
        let began = Instant::now();
        self.flight.window().sending(ids.iter().cloned(), self.flight.began.elapsed());
        match self.publisher.publish(records).await {
            Ok(()) => {
                self.relay.step("relay.after_publish")?;
                self.backoff.reset();
                metrics::counter!("wiredesk_relay_published_total").increment(count);
                metrics::histogram!("wiredesk_relay_publish_seconds").record(began.elapsed().as_secs_f64());
                let now = (self.relay.deps.clock)();
                for made in made {
                    let waited = (now - made).to_std().unwrap_or_default();
                    metrics::histogram!("wiredesk_relay_latency_seconds").record(waited.as_secs_f64());
                }
                Ok(true)
            }
            Err(PublishError::Bus(BusError::TooLarge { topic, size, max })) => {
                self.flight.window().withdrawn(&ids);
                park(self.relay, &ids, &sizes, &topic, size, max).await?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Takes rows out of the outbox whose records a topic has: where the database went back to an older state, the ledger makes them again.
async fn settle(relay: &Relay, flight: &Flight) -> Result<(), Trouble> {
    if !flight.ahead.load(Ordering::Relaxed) {
        return Ok(());
    }
    let settled = outbox::settle(&relay.deps.db).answered_late().await?;
    metrics::counter!("wiredesk_relay_settled_total").increment(settled.withdrawn);
    read_back::differing(settled.differing);
    Ok(())
}

async fn landed(relay: &Relay, flight: &Flight) -> Result<(), Trouble> {
    tokio::select! {
        biased;
        () = relay.deps.shutdown.cancelled() => Err(Trouble::Stopped),
        () = flight.landed.notified() => Ok(()),
    }
}

fn record(relay: &Relay, row: OutboxRow) -> Record {
    Record {
        topic: relay.deps.topics.name(row.kind).to_owned(),
        key: row.key,
        payload: row.payload.into(),
        headers: row.headers,
        timestamp: row.created,
    }
}

/// Sets the rows aside that the topic will never take, so that the others go on.
async fn park(
    relay: &Relay,
    ids: &[EventId],
    sizes: &[usize],
    topic: &str,
    size: usize,
    max: usize,
) -> Result<(), Trouble> {
    let deps = &relay.deps;
    let too_large: Vec<&EventId> = ids
        .iter()
        .zip(sizes)
        .filter(|((kind, _), bytes)| deps.topics.name(*kind) == topic && **bytes >= size.min(max + 1))
        .map(|(id, _)| id)
        .collect();
    if too_large.is_empty() {
        return Err(Trouble::Fatal(format!(
            "topic {topic} refuses a record of {size} bytes (at most {max}) that the relay does not find in its batch"
        )));
    }
    for (kind, id) in too_large {
        let why = format!("larger than the {max} bytes that topic {topic} takes");
        tracing::error!(
            event_id = id,
            "record {id} is {why}; it is set aside. Raise max_bytes and clear outbox.parked"
        );
        metrics::counter!("wiredesk_relay_parked_total").increment(1);
        outbox::park(&deps.db, *kind, id, &why).answered().await?;
    }
    Ok(())
}
