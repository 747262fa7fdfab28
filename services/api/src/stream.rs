//! `GET /v1/stream`: published versions as server-sent events, resumable by `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use wiredesk_bus::{BusError, Received};
use wiredesk_contract::message::Kind;
use wiredesk_contract::{Item, decode};

use crate::error::ApiError;
use crate::live::{Place, Seat, read_place, write_place};
use crate::state::AppState;

/// What a live client wants; everything where nothing is named.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Source ids, comma-separated.
    pub source: Option<String>,
    /// BCP 47 languages, comma-separated.
    pub language: Option<String>,
    /// `false` leaves repeats out.
    pub duplicates: Option<bool>,
    /// For clients that cannot send headers: the same as `Last-Event-ID`.
    pub last_event_id: Option<String>,
}

impl Wanted {
    /// Is the item among what is wanted?
    pub fn takes(&self, item: &Item) -> bool {
        let among = |list: &Option<String>, value: &str| {
            list.as_ref().is_none_or(|l| l.split(',').any(|one| one.trim() == value))
        };
        among(&self.source, item.source.id.as_str())
            && among(&self.language, &item.language)
            && (self.duplicates != Some(false) || item.verdict.duplicate_of.is_none())
    }
}

/// Serves one live client.
pub async fn stream(
    State(state): State<AppState>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let resume = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned)
        .or_else(|| wanted.last_event_id.clone());
    let from = resume
        .map(|id| {
            read_place(&id).ok_or_else(|| {
                ApiError::BadRequest(format!(
                    "{id:?} is no event id of this stream; leave Last-Event-ID out to start now"
                ))
            })
        })
        .transpose()?;
    let seat = state.hub.join().ok_or(ApiError::TooManyStreams(state.config.max_streams))?;
    let client = Client::new(state, seat, wanted, from);
    let events = futures::stream::unfold(client, |mut client| async move {
        let event = client.next().await?;
        Some((Ok(event), client))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// One live client: what it missed first, then what the hub sends.
struct Client {
    state: AppState,
    seat: Seat,
    wanted: Wanted,
    place: Place,
    missed: VecDeque<Received>,
    caught_up: bool,
    greeted: bool,
}

impl Client {
    fn new(state: AppState, seat: Seat, wanted: Wanted, from: Option<Place>) -> Self {
        let caught_up = from.is_none();
        let place = from.unwrap_or_else(|| seat.joined_at.clone());
        Self { state, seat, wanted, place, missed: VecDeque::new(), caught_up, greeted: false }
    }

    /// The next event; `None` ends the stream (the client reconnects with its last id).
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            // An id at once, so that a client that is cut off before its first event resumes too.
            return Some(Event::default().id(write_place(&self.place)).comment("connected"));
        }
        loop {
            let received = self.next_record().await?;
            if received.offset < self.place.get(&received.partition).copied().unwrap_or(0) {
                continue;
            }
            self.place.insert(received.partition, received.offset + 1);
            if let Some(event) = self.event(&received) {
                return Some(event);
            }
        }
    }

    async fn next_record(&mut self) -> Option<Arc<Received>> {
        if !self.caught_up {
            match self.read_missed().await {
                Ok(records) => self.missed = records,
                Err(error) => {
                    tracing::warn!(%error, "a live client could not catch up and is sent away: {error}");
                    return None;
                }
            }
            self.caught_up = true;
        }
        if let Some(received) = self.missed.pop_front() {
            return Some(Arc::new(received));
        }
        let received = tokio::select! {
            () = self.state.shutdown.cancelled() => return None,
            received = self.seat.events.recv() => received,
        };
        // Too slow for the buffer: ending the stream makes the client come back with its place, and catch up.
        received.ok()
    }

    /// Everything between the client's place and where the hub was when it joined.
    async fn read_missed(&self) -> Result<VecDeque<Received>, BusError> {
        let goal = &self.seat.joined_at;
        let mut missed = VecDeque::new();
        let reached = |place: &Place| goal.iter().all(|(p, end)| place.get(p).copied().unwrap_or(0) >= *end);
        if reached(&self.place) {
            return Ok(missed);
        }
        let topic = self.state.topics.name(Kind::Item);
        let mut reader = self.state.bus.reader(topic, self.place.clone()).await?;
        let mut idle = 0;
        while !reached(&reader.positions()) && idle < 20 {
            let records = reader.next(Duration::from_millis(500)).await?;
            idle = if records.is_empty() { idle + 1 } else { 0 };
            missed.extend(
                records.into_iter().filter(|r| r.offset < goal.get(&r.partition).copied().unwrap_or(0)),
            );
        }
        Ok(missed)
    }

    fn event(&self, received: &Received) -> Option<Event> {
        let item: Item = match decode(&received.record.payload) {
            Ok(item) => item,
            Err(error) => {
                tracing::warn!(%error, partition = received.partition, offset = received.offset, "not an item: {error}");
                return None;
            }
        };
        if !self.wanted.takes(&item) {
            return None;
        }
        let data = std::str::from_utf8(&received.record.payload).ok()?;
        Some(Event::default().id(write_place(&self.place)).event(item.event_type()).data(data))
    }
}
