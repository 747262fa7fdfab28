//! The live hub: one reader of the items topic for all live clients, and the place in the topic that each has reached.
//!
//! A live client's place is a *vector of offsets*, one a partition. It is the SSE event id, so `Last-Event-ID` brings a
//! client back to exactly where it was: what it missed is read from the topic itself, up to where the hub was when the
//! client joined, and from there the hub's own events follow.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use wiredesk_bus::{BusError, Received};
use wiredesk_contract::message::Kind;
use wiredesk_contract::{Item, decode};
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, StageError};

use crate::config::Config;
use crate::error::ApiError;

/// A place in a topic: the next offset of each partition.
pub type Place = BTreeMap<i32, i64>;

/// Writes a place as an event id, `0.17-3.4`: partition, dot, next offset.
pub fn write_place(place: &Place) -> String {
    place.iter().map(|(p, o)| format!("{p}.{o}")).collect::<Vec<_>>().join("-")
}

/// Reads an event id; `None` where it is not one of ours.
pub fn read_place(id: &str) -> Option<Place> {
    if id.is_empty() {
        return Some(Place::new());
    }
    id.split('-')
        .map(|part| {
            let (partition, offset) = part.split_once('.')?;
            Some((partition.parse().ok()?, offset.parse().ok().filter(|o| *o >= 0)?))
        })
        .collect()
}

/// A record of the topic, read once for all live clients: to read it again for each of hundreds took a whole processor.
pub struct Arrived {
    /// Its partition.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// What it tells; None where it is not an item, which was logged.
    pub version: Option<Version>,
}

/// A published version.
pub struct Version {
    /// The event's name.
    pub name: &'static str,
    /// What live clients ask of it: all but its texts.
    pub facts: Item,
    /// As it stands in the topic.
    pub json: Utf8Bytes,
}

impl Arrived {
    /// Reads a record.
    pub fn read(received: Received) -> Self {
        let (partition, offset) = (received.partition, received.offset);
        let version =
            match (decode::<Item>(&received.record.payload), Utf8Bytes::try_from(received.record.payload)) {
                (Ok(item), Ok(json)) => Some(Version {
                    name: item.event_type(),
                    facts: Item { bodies: Vec::new(), descriptions: Vec::new(), quotes: Vec::new(), ..item },
                    json,
                }),
                (Err(error), _) => {
                    tracing::warn!(%error, partition, offset, "not an item: {error}");
                    None
                }
                // JSON that was read is UTF-8.
                (_, Err(_)) => None,
            };
        Self { partition, offset, version }
    }
}

/// Shared by the reader task and all clients.
#[derive(Clone)]
pub struct Hub {
    place: Arc<Mutex<Place>>,
    events: broadcast::Sender<Arc<Arrived>>,
    seats: Arc<Semaphore>,
    of_reader: Arc<Mutex<HashMap<String, usize>>>,
    most: usize,
    most_of_one: usize,
}

/// One of the live streams of a reader; given back when it ends.
pub struct OfReader {
    all: Arc<Mutex<HashMap<String, usize>>>,
    key: String,
}

impl Drop for OfReader {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

/// A client's seat: where the hub was when it joined, and everything from there on.
pub struct Seat {
    /// Where the hub was.
    pub joined_at: Place,
    /// What came since.
    pub events: broadcast::Receiver<Arc<Arrived>>,
    /// Given back when the client goes.
    pub permit: (OwnedSemaphorePermit, OfReader),
}

impl Hub {
    /// A hub with room for `config.max_streams` clients.
    pub fn new(config: &Config) -> Self {
        Self {
            place: Arc::default(),
            events: broadcast::Sender::new(config.stream_buffer.max(16)),
            seats: Arc::new(Semaphore::new(config.max_streams)),
            of_reader: Arc::default(),
            most: config.max_streams,
            most_of_one: config.streams_per_reader,
        }
    }

    /// Takes a seat for a reader, where one is free.
    ///
    /// # Errors
    /// [`ApiError::TooManyOfOne`] where the reader has its share already, [`ApiError::TooManyStreams`] where all are taken.
    pub fn join(&self, reader: &str) -> Result<Seat, ApiError> {
        let permit = (self.seat()?, self.seat_of(reader)?);
        // Place and subscription under one lock: nothing falls between the two.
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Seat { joined_at: place.clone(), events: self.events.subscribe(), permit })
    }

    fn seat(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.seats.clone().try_acquire_owned().map_err(|_| ApiError::TooManyStreams(self.most))
    }

    fn seat_of(&self, reader: &str) -> Result<OfReader, ApiError> {
        let mut all = self.of_reader.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(reader.to_owned()).or_default();
        if *count >= self.most_of_one {
            return Err(ApiError::TooManyOfOne(self.most_of_one));
        }
        *count += 1;
        Ok(OfReader { all: self.of_reader.clone(), key: reader.to_owned() })
    }

    fn publish(&self, received: Received) {
        let arrived = Arc::new(Arrived::read(received));
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        place.insert(arrived.partition, arrived.offset + 1);
        // No receivers is no error: the hub reads on, so that its place is true.
        let _ = self.events.send(arrived);
    }

    /// Reads the items topic from its present end until shutdown, coming back after every error.
    ///
    /// # Errors
    /// Only where the bus is configured wrongly.
    pub async fn run(self, deps: Deps) -> Result<(), StageError> {
        let topic = deps.topics.name(Kind::Item).to_owned();
        let mut first = true;
        while !deps.shutdown.is_cancelled() {
            let result = tokio::select! {
                () = deps.shutdown.cancelled() => return Ok(()),
                result = self.follow(&deps, &topic, first) => result,
            };
            first = false;
            let Err(error) = result else { return Ok(()) };
            if !error.is_transient() && !matches!(error, BusError::NoTopic(_)) {
                return Err(error.into());
            }
            deps.health.set("api.live", State::Retrying(error.to_string()));
            tracing::warn!(%error, "the live stream lost its topic and comes back: {error}");
            tokio::select! {
                () = deps.shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
        Ok(())
    }

    async fn follow(&self, deps: &Deps, topic: &str, first: bool) -> Result<(), BusError> {
        if first || self.place.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            let ends = deps.bus.end_offsets(topic).await?;
            *self.place.lock().unwrap_or_else(PoisonError::into_inner) = ends;
        }
        let from = self.place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut reader = deps.bus.reader(topic, from).await?;
        deps.health.set("api.live", State::Ready);
        loop {
            for received in reader.next(Duration::from_secs(5)).await? {
                self.publish(received);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_as_they_were_written() {
        let place: Place = [(0, 17), (3, 4), (47, 9_000_000_000)].into();
        assert_eq!(write_place(&place), "0.17-3.4-47.9000000000");
        assert_eq!(read_place(&write_place(&place)), Some(place));
        assert_eq!(read_place(""), Some(Place::new()));
    }

    #[test]
    fn foreign_ids_are_refused() {
        for id in ["x", "1", "1.", ".1", "1.-2", "1.2-", "1.2--3.4", "99999999999.1"] {
            assert_eq!(read_place(id), None, "{id}");
        }
    }
}
