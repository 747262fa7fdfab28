//! Reading a topic back: what is seen there leaves the outbox.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use wiredesk_bus::{Reader, Received};
use wiredesk_contract::Kind;
use wiredesk_contract::envelope::header;
use wiredesk_runtime::Answered;
use wiredesk_runtime::health::State;
use wiredesk_store::outbox::{self, Seen};

use crate::life::Flight;
use crate::relay::{NAME, Relay};
use crate::trouble::Trouble;
use crate::window::EventId;

/// How long one read waits for a record.
const WAIT: Duration = Duration::from_millis(500);
/// A pause after each deletion, so that many small publications become one statement.
const GATHER: Duration = Duration::from_millis(50);
/// How often a long read-back says how far it is.
const SAY_SO: Duration = Duration::from_secs(10);

/// Who sent the records that are read.
#[derive(Clone, Copy)]
enum Sender {
    /// This life of the relay, from the rows of the outbox as they are.
    Own,
    /// Whoever came before: since then the database may have gone back to an older state.
    Earlier,
}

pub(crate) struct ReadBack<'a> {
    relay: &'a Relay,
    kind: Kind,
    topic: String,
    reader: Box<dyn Reader>,
    stored: BTreeMap<i32, i64>,
    ends: BTreeMap<i32, i64>,
}

impl<'a> ReadBack<'a> {
    /// A reader from the stored position on, and the ends that are to be reached. To be made after the fence.
    pub async fn open(relay: &'a Relay, kind: Kind, topic: &str) -> Result<Self, Trouble> {
        let (bus, db) = (&relay.deps.bus, &relay.deps.db);
        let ends = bus.end_offsets(topic).await?;
        let mut stored = outbox::positions(db, bus.name(), topic).answered().await?;
        let beyond: Vec<i32> = stored
            .iter()
            .filter(|(p, next)| ends.get(*p).is_none_or(|end| *next > end))
            .map(|(p, _)| *p)
            .collect();
        if !beyond.is_empty() {
            tracing::warn!(topic, ?beyond, "topic {topic} was made anew; it is read back from its start");
            outbox::forget_positions(db, bus.name(), topic, &beyond).answered().await?;
            stored.retain(|p, _| !beyond.contains(p));
        }
        let reader = bus.reader(topic, stored.clone()).await?;
        Ok(Self { relay, kind, topic: topic.to_owned(), reader, stored, ends })
    }

    fn behind(&self) -> i64 {
        let positions = self.reader.positions();
        self.ends.iter().map(|(p, end)| (end - positions.get(p).copied().unwrap_or_default()).max(0)).sum()
    }

    /// Reads to the ends.
    pub async fn catch_up(&mut self, flight: &Flight) -> Result<(), Trouble> {
        let mut said = Instant::now();
        while self.behind() > 0 {
            let records = tokio::select! {
                biased;
                () = self.relay.deps.shutdown.cancelled() => return Err(Trouble::Stopped),
                records = self.reader.next(WAIT) => records?,
            };
            self.saw(&records, flight, Sender::Earlier).await?;
            if said.elapsed() > SAY_SO {
                said = Instant::now();
                let behind = self.behind();
                let so = format!("reading {} back: {behind} offsets to go", self.topic);
                tracing::info!(topic = self.topic, behind, "{so}");
                self.relay.deps.health.set(NAME, State::Retrying(so));
            }
        }
        Ok(())
    }

    /// Goes on reading for as long as the publisher lives.
    pub async fn follow(&mut self, flight: &Flight) -> Result<Infallible, Trouble> {
        loop {
            let records = self.reader.next(WAIT).await?;
            self.saw(&records, flight, Sender::Own).await?;
            if !records.is_empty() {
                sleep(GATHER).await;
            }
        }
    }

    async fn saw(&mut self, records: &[Received], flight: &Flight, sender: Sender) -> Result<(), Trouble> {
        let positions = self.reader.positions();
        if records.is_empty() && positions == self.stored {
            return Ok(());
        }
        let seen: Vec<Seen<'_>> = records
            .iter()
            .filter_map(|r| Some(Seen { event_id: r.record.header(header::ID)?, payload: &r.record.payload }))
            .collect();
        if !records.is_empty() {
            self.relay.step("relay.before_confirm")?;
        }
        let (db, bus) = (&self.relay.deps.db, self.relay.deps.bus.name());
        let (topic, kind) = (&self.topic, self.kind);
        let confirmed = match sender {
            Sender::Own => outbox::confirm(db, bus, topic, kind, &seen, &positions).answered().await?,
            Sender::Earlier => {
                outbox::reclaim(db, bus, topic, kind, &seen, &positions).answered_late().await?
            }
        };
        metrics::counter!("wiredesk_relay_confirmed_total", "kind" => self.kind.as_str())
            .increment(confirmed.gone);
        differing(confirmed.differing);
        if confirmed.ahead > 0 {
            flight.ahead.store(true, Ordering::Relaxed);
            tracing::warn!(
                topic = self.topic,
                records = confirmed.ahead,
                "{} has {} records that the ledger does not know: the database went back to an older state. \
                 They are not published again when the ledger comes to them",
                self.topic,
                confirmed.ahead
            );
        }
        self.stored = positions;
        let seen: Vec<EventId> = seen.iter().map(|record| (self.kind, record.event_id.to_owned())).collect();
        flight.window().confirmed(&seen);
        flight.landed.notify_one();
        if !records.is_empty() {
            self.relay.step("relay.after_confirm")?;
        }
        Ok(())
    }
}

/// Says that versions stay in the outbox though the topic has their ids.
pub(crate) fn differing(rows: u64) {
    if rows > 0 {
        tracing::warn!(
            rows,
            "{rows} versions have other words than the records that bear their ids; they are published too"
        );
    }
}
