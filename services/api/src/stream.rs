//! `GET /v1/stream`: published versions as server-sent events, resumable by `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::Utf8Bytes;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use tokio::sync::broadcast::error::RecvError;
use wiredesk_bus::{BusError, Reader};
use wiredesk_contract::message::Kind;

use crate::auth::Reader as Asker;
use crate::auth::keeper::Pass;
use crate::error::ApiError;
use crate::extract::Query;
use crate::live::{Arrived, Place, Seat, read_place, write_place};
use crate::state::AppState;
use crate::wanted::{StreamQuery, Wanted};

/// Serves one live client.
///
/// # Errors
/// [`ApiError`] where a parameter is wrong, or all places are taken.
pub async fn stream(
    State(state): State<AppState>,
    asker: Asker,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let events = live(state, &asker, query, &headers)?.map(|told| Ok(event(told)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Something that a live client is told.
pub(crate) struct Told {
    /// Where it is then.
    pub id: String,
    /// What.
    pub news: News,
}

/// What a live client is told.
pub(crate) enum News {
    /// It is connected.
    Connected,
    /// A version: the event's name, and the item as JSON.
    Version(&'static str, Utf8Bytes),
    /// It could not keep up, and this is the end.
    Behind,
}

/// What somebody is told who could not keep up.
pub(crate) const BEHIND: &str =
    "this reader is too far behind; come back with the last event id, and what was missed is sent";

fn event(told: Told) -> Event {
    let event = Event::default().id(told.id);
    match told.news {
        // An id at once, so that a client that is cut off before its first event resumes too.
        News::Connected => event.comment("connected"),
        News::Version(name, item) => event.event(name).data(item.as_str()),
        News::Behind => event.event("wiredesk.behind").data(BEHIND),
    }
}

/// What one live client is told, by whatever it listens: where its stream ends it comes back with its last id.
///
/// # Errors
/// [`ApiError`] where a parameter is wrong, or all places are taken.
pub(crate) fn live(
    state: AppState,
    asker: &Asker,
    mut query: StreamQuery,
    headers: &HeaderMap,
) -> Result<impl Stream<Item = Told> + use<>, ApiError> {
    let resume = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned)
        .or_else(|| query.last_event_id.take());
    let from = resume
        .map(|id| {
            read_place(&id).ok_or_else(|| {
                ApiError::BadRequest(format!(
                    "{id:?} is no event id of this stream; leave Last-Event-ID out to start now"
                ))
            })
        })
        .transpose()?;
    let wanted = Wanted::read(query)?;
    let seat = state.hub.join(&asker.key)?;
    if let Some(place) = &from
        && let Some(foreign) =
            place.keys().find(|p| !seat.joined_at.is_empty() && !seat.joined_at.contains_key(p))
    {
        return Err(ApiError::BadRequest(format!(
            "the stream has no partition {foreign}; leave Last-Event-ID out to start now"
        )));
    }
    let client = Client::new(state, seat, wanted, from, asker.pass.clone());
    Ok(futures::stream::unfold(Some(client), |client| async move {
        let mut client = client?;
        let told = client.next().await?;
        // What the hub still has lies after a gap: the client's id must not move over that.
        let goes_on = !matches!(told.news, News::Behind);
        Some((told, goes_on.then_some(client)))
    }))
}

/// How often it is looked whether the token of a live client is still good.
const LOOK: Duration = Duration::from_secs(3);

/// One live client: what it missed first, then what the hub sends.
struct Client {
    state: AppState,
    seat: Seat,
    wanted: Wanted,
    pass: Option<Arc<Pass>>,
    looked: tokio::time::Instant,
    place: Place,
    missed: VecDeque<Arc<Arrived>>,
    missing: Missing,
    greeted: bool,
    /// It could not keep up: told so once, then sent away.
    behind: bool,
}

/// What a client that comes back has not had: read a piece at a time, so that one who asks for the whole topic holds no more of
/// it in memory than another.
enum Missing {
    /// Not asked for yet.
    Unread,
    /// Being read; how often in a row nothing came.
    Reading(Box<dyn Reader>, u32),
    /// All was read.
    Nothing,
}

impl Client {
    fn new(
        state: AppState,
        seat: Seat,
        wanted: Wanted,
        from: Option<Place>,
        pass: Option<Arc<Pass>>,
    ) -> Self {
        let missing = if from.is_some() { Missing::Unread } else { Missing::Nothing };
        let place = from.unwrap_or_else(|| seat.joined_at.clone());
        let looked = tokio::time::Instant::now();
        Self {
            state,
            seat,
            wanted,
            pass,
            looked,
            place,
            missed: VecDeque::new(),
            missing,
            greeted: false,
            behind: false,
        }
    }

    fn told(&self, news: News) -> Told {
        Told { id: write_place(&self.place), news }
    }

    /// What it is told next; `None` ends the stream (the client reconnects with its last id).
    async fn next(&mut self) -> Option<Told> {
        if !self.greeted {
            self.greeted = true;
            return Some(self.told(News::Connected));
        }
        loop {
            let Some(arrived) = self.next_record().await else {
                let behind = std::mem::take(&mut self.behind);
                return behind.then(|| self.told(News::Behind));
            };
            if arrived.offset < self.place.get(&arrived.partition).copied().unwrap_or(0) {
                continue;
            }
            self.place.insert(arrived.partition, arrived.offset + 1);
            if let Some(news) = self.news(&arrived) {
                return Some(self.told(news));
            }
        }
    }

    async fn next_record(&mut self) -> Option<Arc<Arrived>> {
        loop {
            if self.looked.elapsed() >= LOOK {
                self.look().await?;
            }
            if let Some(arrived) = self.missed.pop_front() {
                return Some(arrived);
            }
            if !matches!(self.missing, Missing::Nothing) {
                if let Err(error) = self.read_missed().await {
                    tracing::warn!(%error, "a live client could not catch up and is sent away: {error}");
                    return None;
                }
                continue;
            }
            tokio::select! {
                () = self.state.deps.shutdown.cancelled() => return None,
                arrived = self.seat.events.recv() => {
                    // Too slow for the buffer: ending the stream makes the client come back with its place, and catch up.
                    self.behind = matches!(arrived, Err(RecvError::Lagged(_)));
                    return arrived.ok();
                }
                () = tokio::time::sleep_until(self.looked + LOOK) => {}
            }
        }
    }

    /// None where the token that the client came with is not good any more. While Postgres does not answer, nobody is sent away.
    async fn look(&mut self) -> Option<()> {
        self.looked = tokio::time::Instant::now();
        let Some(pass) = &self.pass else { return Some(()) };
        match self.state.keeper.check_again(pass).await {
            Err(ApiError::Token(refused)) => {
                tracing::info!(token = pass.id, "a live stream ends: {refused}");
                None
            }
            _ => Some(()),
        }
    }

    /// Reads on between the client's place and where the hub was when it joined.
    async fn read_missed(&mut self) -> Result<(), BusError> {
        let goal = &self.seat.joined_at;
        let reached = |place: &Place| goal.iter().all(|(p, end)| place.get(p).copied().unwrap_or(0) >= *end);
        let (mut reader, idle) = match std::mem::replace(&mut self.missing, Missing::Nothing) {
            Missing::Nothing => return Ok(()),
            Missing::Reading(reader, idle) => (reader, idle),
            Missing::Unread if reached(&self.place) => return Ok(()),
            Missing::Unread => {
                let topic = self.state.deps.topics.name(Kind::Item);
                (self.state.deps.bus.reader(topic, self.place.clone()).await?, 0)
            }
        };
        if reached(&reader.positions()) || idle >= 20 || self.state.deps.shutdown.is_cancelled() {
            return Ok(());
        }
        let records = reader.next(Duration::from_millis(500)).await?;
        let idle = if records.is_empty() { idle + 1 } else { 0 };
        let before_goal = records
            .into_iter()
            .filter(|record| record.offset < goal.get(&record.partition).copied().unwrap_or(0));
        self.missed.extend(before_goal.map(|record| Arc::new(Arrived::read(record))));
        self.missing = Missing::Reading(reader, idle);
        Ok(())
    }

    fn news(&self, arrived: &Arrived) -> Option<News> {
        let version = arrived.version.as_ref().filter(|version| self.wanted.takes(&version.facts))?;
        Some(News::Version(version.name, version.json.clone()))
    }
}
