//! The door: one document of a source at a time, each finished once begun.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::StageError;
use wiredesk_store::push as table;

use super::config::PushConfig;
use super::problem::Problem;
use super::rate::Rates;
use crate::poll::{Ingested, Poller, Via, Wire};

/// Longest wait for the documents of the same source that came before.
const TURN: Duration = Duration::from_secs(8);
/// Bytes of bodies in hand are counted in units of so many.
const UNIT: usize = 1024;
/// Bodies of the largest size that may be in hand at a time.
const LARGEST_AT_A_TIME: usize = 8;

/// Makes the wires of sources that are in no local list: those that people added while fetchers run.
pub trait Others: Send + Sync {
    /// The wire of a row of the table of sources.
    ///
    /// # Errors
    /// In words, where its configuration or secrets cannot be read here.
    fn wire(&self, id: &str, url: &str, row: &Value) -> Result<Wire, String>;
}

/// What the listener and the folders share. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    inner: Arc<Inner>,
    others: Option<Arc<dyn Others>>,
}

struct Inner {
    poller: Poller,
    wires: BTreeMap<String, Arc<Wire>>,
    config: PushConfig,
    shutdown: CancellationToken,
    places: Arc<Semaphore>,
    room: Arc<Semaphore>,
    rates: Mutex<Rates>,
    lines: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Intake {
    /// For these sources, with the poller's limits and clock.
    pub fn new(poller: Poller, wires: BTreeMap<String, Arc<Wire>>, shutdown: CancellationToken) -> Self {
        let config = poller.config.push.clone();
        let room = config.max_body_bytes.div_ceil(UNIT).saturating_mul(LARGEST_AT_A_TIME);
        let inner = Inner {
            places: Arc::new(Semaphore::new(config.concurrency)),
            room: Arc::new(Semaphore::new(room.clamp(1, Semaphore::MAX_PERMITS))),
            rates: Mutex::new(Rates::new(config.per_second, config.burst)),
            lines: Mutex::default(),
            poller,
            wires,
            config,
            shutdown,
        };
        Self { inner: Arc::new(inner), others: None }
    }

    /// The same, and for the sources of the table that these are made of.
    pub fn with_others(self, others: Arc<dyn Others>) -> Self {
        Self { others: Some(others), ..self }
    }

    /// Limits.
    pub fn config(&self) -> &PushConfig {
        &self.inner.config
    }

    /// Postgres.
    pub fn db(&self) -> &sqlx::PgPool {
        &self.inner.poller.db
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.inner.poller.clock)()
    }

    /// A source of the list, or of the table.
    ///
    /// # Errors
    /// [`Problem::Stage`] where Postgres does not answer.
    pub async fn wire(&self, id: &str) -> Result<Option<Arc<Wire>>, Problem> {
        if let Some(wire) = self.inner.wires.get(id) {
            return Ok(Some(wire.clone()));
        }
        let Some(others) = &self.others else { return Ok(None) };
        let row = table::configured(self.db(), &SourceId::new(id)).await.map_err(StageError::from)?;
        Ok(row.and_then(|(url, row)| match others.wire(id, &url, &row) {
            Ok(wire) => Some(Arc::new(wire)),
            Err(why) => {
                tracing::warn!(source = id, "source {id} takes no pushes: {why}");
                None
            }
        }))
    }

    /// All sources of the list.
    pub fn wires(&self) -> impl Iterator<Item = &Arc<Wire>> {
        self.inner.wires.values()
    }

    /// The poller.
    pub fn poller(&self) -> &Poller {
        &self.inner.poller
    }

    /// Cancelled when the process stops.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// A place for a request, for as long as it is held.
    ///
    /// # Errors
    /// [`Problem::Stopping`], [`Problem::Busy`].
    pub fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if self.inner.shutdown.is_cancelled() {
            return Err(Problem::Stopping);
        }
        self.inner.places.clone().try_acquire_owned().map_err(|_| Problem::Busy)
    }

    /// Room in memory for a body, for as long as it is held.
    ///
    /// # Errors
    /// [`Problem::Busy`].
    pub fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        self.inner.room.clone().try_acquire_many_owned(units).map_err(|_| Problem::Busy)
    }

    /// May this source send another document now?
    ///
    /// # Errors
    /// [`Problem::TooMany`].
    pub fn rate(&self, source: &str) -> Result<(), Problem> {
        let mut rates = self.inner.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.take(source, self.now()).map_err(Problem::TooMany)
    }

    /// Takes a document: reads it, publishes what is new, and answers when the bus has acknowledged and the states are
    /// saved. Documents of one source are taken one after the other, so that the later of two states of an item stays the
    /// later. What has begun is finished though the sender may hang up: its next attempt then finds nothing new.
    ///
    /// # Errors
    /// [`Problem::Busy`] after a wait for the source's turn, [`Problem::Paused`], [`Problem::Stage`]: nothing is lost, the
    /// document is to be given again.
    pub async fn take(
        &self,
        wire: &Arc<Wire>,
        body: Bytes,
        content_type: Option<String>,
        via: Via,
    ) -> Result<Ingested, Problem> {
        let line = {
            let mut lines = self.inner.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.entry(wire.config.id.clone()).or_default().clone()
        };
        let turn = tokio::time::timeout(TURN, line.lock_owned()).await.map_err(|_| Problem::Busy)?;
        let (poller, wire) = (self.inner.poller.clone(), wire.clone());
        let done = tokio::spawn(async move {
            let _turn = turn;
            if table::is_paused(&poller.db, &SourceId::new(&wire.config.id))
                .await
                .map_err(StageError::from)?
            {
                return Err(Problem::Paused);
            }
            Ok(poller.ingest(&wire, body, content_type.as_deref(), via).await?)
        });
        let taken = done.await.map_err(|e| Problem::Stage(StageError::Transient(e.to_string())))?;
        let outcome = match &taken {
            Ok(Ingested { unreadable: Some(_), .. }) => "unreadable",
            Ok(Ingested { new: 0, changed: 0, .. }) => "unchanged",
            Ok(_) => "taken",
            Err(_) => "failed",
        };
        metrics::counter!("wiredesk_push_documents_total", "via" => via.as_str(), "outcome" => outcome)
            .increment(1);
        taken
    }
}
