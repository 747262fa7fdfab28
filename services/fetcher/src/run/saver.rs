//! Saves what polls came to, many in one transaction, and only then lets their sources stand in the queue again.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::mpsc;
use wiredesk_contract::Timestamp;
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, Manners, Polled};

use crate::queue::{Domain, Ticket, Turns};

/// Most polls in one transaction.
const BATCH: usize = 256;
/// How long the first of a batch waits for others.
const LINGER: Duration = Duration::from_millis(100);
/// Most polls that wait to be saved: polls that end while so many wait hold their places, so that no more begin.
pub(super) const WAITING: usize = 4 * BATCH;
/// How long a source waits that could not be saved.
const AGAIN: chrono::Duration = chrono::Duration::seconds(5);

/// Something to save.
pub(super) enum Job {
    /// What a poll came to.
    Polled(Box<Polled>, Ticket),
    /// What is owed to a domain.
    Owed(Arc<str>, Domain),
}

/// What is owed to a domain, as the table has it.
pub(super) fn manners(domain: &Domain) -> Manners {
    Manners {
        next_request: domain.next_request,
        rest_until: domain.rest_until,
        refusals: i32::try_from(domain.refusals).unwrap_or(i32::MAX),
        slowness: domain.slowness,
    }
}

/// Saves until nobody sends any more.
pub(super) struct Saver {
    pub db: PgPool,
    pub owner: String,
    pub turns: Arc<Turns>,
    pub clock: fn() -> Timestamp,
}

impl Saver {
    /// Saves until all senders are gone and everything is saved.
    ///
    /// # Errors
    /// [`StageError::Fatal`] where Postgres refuses for good what does not come from a wire.
    pub async fn run(self, mut jobs: mpsc::Receiver<Job>) -> Result<(), StageError> {
        let mut batch = Vec::with_capacity(BATCH);
        while jobs.recv_many(&mut batch, BATCH).await > 0 {
            if batch.len() < BATCH {
                tokio::time::sleep(LINGER).await;
                while batch.len() < BATCH
                    && let Ok(job) = jobs.try_recv()
                {
                    batch.push(job);
                }
            }
            let mut polls = Vec::with_capacity(batch.len());
            let mut tickets = Vec::with_capacity(batch.len());
            let mut owed: std::collections::BTreeMap<Arc<str>, Domain> = Default::default();
            for job in batch.drain(..) {
                match job {
                    Job::Polled(polled, ticket) => {
                        polls.push(*polled);
                        tickets.push(ticket);
                    }
                    Job::Owed(domain, state) => {
                        owed.insert(domain, state);
                    }
                }
            }
            self.owe(owed).await?;
            self.save(polls, &tickets).await?;
        }
        Ok(())
    }

    async fn owe(&self, owed: std::collections::BTreeMap<Arc<str>, Domain>) -> Result<(), StageError> {
        if owed.is_empty() {
            return Ok(());
        }
        let rows: Vec<(String, Manners)> =
            owed.iter().map(|(name, domain)| (name.to_string(), manners(domain))).collect();
        self.patiently(|| table::save_manners(&self.db, &self.owner, &rows)).await?;
        Ok(())
    }

    async fn save(&self, polls: Vec<Polled>, tickets: &[Ticket]) -> Result<(), StageError> {
        if polls.is_empty() {
            return Ok(());
        }
        let saved = match self.patiently(|| table::save(&self.db, &self.owner, &polls)).await {
            Ok(saved) => saved,
            Err(_) if polls.len() > 1 => {
                // One of them cannot be saved: it must not hold up its neighbours.
                for (polled, ticket) in polls.iter().zip(tickets) {
                    let one = std::slice::from_ref(polled);
                    let saved = self.patiently(|| table::save(&self.db, &self.owner, one)).await;
                    self.back(polled, ticket, saved.as_ref().map(|s| s.first() == Some(&true)));
                }
                return Ok(());
            }
            Err(error) => {
                for (polled, ticket) in polls.iter().zip(tickets) {
                    self.back(polled, ticket, Err(&error));
                }
                return Ok(());
            }
        };
        for ((polled, ticket), saved) in polls.iter().zip(tickets).zip(saved) {
            self.back(polled, ticket, Ok(saved));
        }
        Ok(())
    }

    fn back(&self, polled: &Polled, ticket: &Ticket, saved: Result<bool, &StageError>) {
        let id = &polled.id;
        let due = match saved {
            Ok(true) if polled.progress.stopped.is_some() => None,
            Ok(true) => Some(polled.progress.next_poll),
            Ok(false) => {
                tracing::warn!(
                    source = id.as_str(),
                    "another fetcher took source {id} over, or its address was edited; what it gave is sent again"
                );
                Some((self.clock)() + AGAIN)
            }
            Err(error) => {
                metrics::counter!("wiredesk_fetch_unsaved_total").increment(1);
                tracing::error!(
                    source = id.as_str(),
                    "what source {id} gave cannot be saved ({error}); it is sent again in an hour: please report it"
                );
                Some((self.clock)() + chrono::Duration::hours(1))
            }
        };
        self.turns.lock().back(&ticket.domain, &ticket.source, due);
    }

    /// Tries until Postgres takes it or refuses it for good.
    async fn patiently<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, StageError>
    where
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let mut pause = Duration::from_millis(200);
        loop {
            match attempt().answered_late().await {
                Ok(value) => return Ok(value),
                Err(error) if wiredesk_store::is_transient(&error) => {
                    tracing::warn!("polls are not saved yet: Postgres does not answer ({error})");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
