//! One poll of one source: ask, read, compare, publish with acknowledgement, and only then save.

mod again;
mod children;
mod ingest;
mod publish;
mod refused;
mod state;

use std::sync::Arc;

use wiredesk_contract::Timestamp;
use wiredesk_net::{Client, Response};
use wiredesk_runtime::{Emitter, StageError};
use wiredesk_store::source::{ChildState, Found, Leased, Polled, Validators};

use crate::answer::{self, Answer};
use crate::ask::request_of;
use crate::config::Config;
use crate::pages::Crawl;
use crate::queue::Turns;
use crate::read::{FeedMeta, Hints};
use crate::refuse::Refusal;
use crate::schedule::{self, Asks, Ended, Observation, Terms, Told, floor};
use crate::source::SourceConfig;

pub use ingest::{Ingested, Via};

/// A source with what is needed to poll it.
pub struct Wire {
    /// As configured.
    pub config: SourceConfig,
    /// For its feed.
    pub client: Client,
    /// For its pages.
    pub page_client: Client,
}

/// Polls sources.
#[derive(Clone)]
pub struct Poller {
    /// Postgres.
    pub db: sqlx::PgPool,
    /// The bus.
    pub emitter: Emitter,
    /// Limits.
    pub config: Arc<Config>,
    /// Fetches article pages.
    pub crawl: Arc<Crawl>,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// What a poll came to.
#[derive(Debug)]
pub struct Poll {
    /// To be saved.
    pub polled: Polled,
    /// The server refused (429), perhaps with `Retry-After` in seconds: its whole domain is to rest.
    pub refused: Option<Option<u64>>,
    /// What the document says about itself, where one was read.
    pub meta: Option<FeedMeta>,
    /// `Link` headers of the answer.
    pub links: Vec<String>,
}

/// What the answer's document came to.
struct Read {
    ended: Ended,
    outcome: &'static str,
}

impl Poller {
    /// Polls a leased source and publishes what is new. What it answers is to be saved: only then do the validators
    /// count, so a crash before sends the same revisions again. Further requests that it makes, for the documents of an
    /// index, wait for their turn in the queue of the source's domain.
    ///
    /// # Errors
    /// [`StageError`] of the bus or Postgres: nothing is to be saved, and the source is polled again.
    pub async fn poll(&self, wire: &Wire, leased: &Leased, turns: &Turns) -> Result<Poll, StageError> {
        let source = &wire.config;
        let before = state::of(leased);
        let spread = state::spread(&source.id);
        let full = schedule::wants_full(&before, (self.clock)(), &self.config.pace, spread);
        let url = before.moved.url.as_deref().unwrap_or(&source.url);
        let request = request_of(source, url, (!full).then_some(&leased.validators));
        let answered = wire.client.get(&request).await;
        let at = (self.clock)();
        let mut poll = Poll { polled: begun(leased, at), refused: None, meta: None, links: Vec::new() };
        let mut seen =
            Observation { at, ended: Ended::Unchanged, full: false, cached_seconds: 0, moved_to: None };
        if let Ok(response) = &answered {
            poll.links = response.links.clone();
            poll.polled.status = Some(response.status);
            seen.full = response.status == 200;
            seen.moved_to = response.moved_to.clone();
            seen.cached_seconds = floor::cached_seconds(
                response.cache_control.as_deref(),
                response.expires.as_deref(),
                response.date.as_deref(),
                at,
            );
        }
        let read = match answer::read(answered, at) {
            Answer::Unchanged => self.unchanged(wire, leased, turns, &mut poll, "unchanged").await?,
            Answer::Document(response) => self.document(wire, leased, turns, *response, &mut poll).await?,
            Answer::Gone => Read { ended: Ended::Gone, outcome: "gone" },
            Answer::TooLarge(error, head) => {
                let refusal = Refusal {
                    bytes: head,
                    reason: "too_large",
                    explanation: format!("the feed of {} cannot be read: {error}", source.shown()),
                };
                self.refuse(source, &[refusal], at, &mut poll.polled.found).await?;
                poll.polled.error = Some(error);
                Read { ended: Ended::Failed { retry_after: None }, outcome: "too_large" }
            }
            Answer::Failed { status, error, retry_after } => {
                if status == Some(429) {
                    poll.refused = Some(retry_after);
                }
                poll.polled.error = Some(error);
                let outcome = if status.is_some() { "refused" } else { "unreachable" };
                Read { ended: Ended::Failed { retry_after }, outcome }
            }
        };
        if leased.page_due.is_some_and(|due| due <= (self.clock)()) {
            self.pages_again(wire, &mut poll.polled.found).await?;
        }
        seen.ended = read.ended;
        let (after, due) = schedule::next(&before, &source.url, &seen, &self.terms(source), rand::random());
        let due = self.safety_net(source, at, due).await?;
        if after.stopped.is_some() {
            poll.polled.error = after.stopped.clone();
        }
        poll.polled.progress = state::progress(&before, &after, due);
        metrics::counter!("wiredesk_fetch_polls_total", "outcome" => read.outcome).increment(1);
        tell(source, &before, &after, &poll.polled);
        Ok(poll)
    }

    fn terms(&self, source: &SourceConfig) -> Terms {
        Terms {
            named: source.interval_seconds,
            first: self.config.interval_seconds,
            pace: self.config.pace.clone(),
            max_backoff_seconds: self.config.max_backoff_seconds,
            max_retry_after_seconds: self.config.max_retry_after_seconds,
        }
    }

    /// The same document as before: of an index, its documents may still have changed.
    async fn unchanged(
        &self,
        wire: &Wire,
        leased: &Leased,
        turns: &Turns,
        poll: &mut Poll,
        outcome: &'static str,
    ) -> Result<Read, StageError> {
        let told =
            if leased.index { self.children(wire, leased, turns, None, poll).await?.told } else { None };
        Ok(Read { ended: told.map_or(Ended::Unchanged, Ended::Document), outcome })
    }

    async fn document(
        &self,
        wire: &Wire,
        leased: &Leased,
        turns: &Turns,
        response: Response,
        poll: &mut Poll,
    ) -> Result<Read, StageError> {
        let body_hash = state::body_hash(&response.body);
        let validators = Validators {
            etag: response.etag.clone(),
            last_modified: response.last_modified.clone(),
            body_hash: Some(body_hash.clone()),
        };
        if leased.validators.body_hash.as_deref() == Some(&body_hash) {
            poll.polled.validators = Some(validators);
            // The same bytes may come with other headers: a hub that is named there moves without the document.
            self.heed_hubs(&wire.config, &poll.links, &FeedMeta::default(), &response.url, None).await?;
            return self.unchanged(wire, leased, turns, poll, "same_body").await;
        }
        let hints = Hints {
            content_type: response.content_type.clone(),
            url: Some(response.url.clone()),
            zone: wire.config.zone(),
        };
        let taken = self.take(wire, response.body, hints, poll.polled.at, Via::Poll).await?;
        self.heed_hubs(&wire.config, &poll.links, &taken.meta, &response.url, taken.late).await?;
        poll.polled.found = taken.found;
        if let Some(error) = taken.unreadable {
            poll.polled.error = Some(error);
            return Ok(Read { ended: Ended::Failed { retry_after: None }, outcome: "unreadable" });
        }
        let mut told = Told {
            new: count(taken.new),
            items: count(taken.window),
            oldest: taken.oldest,
            newest: poll.polled.found.newest_item,
            asks: Asks::of(&taken.meta),
        };
        poll.meta = Some(taken.meta);
        let mut left = poll.polled.found.partial == Some(true);
        let partial = left;
        if !taken.children.is_empty() {
            let more = self.children(wire, leased, turns, Some(taken.children.as_slice()), poll).await?;
            left |= more.left;
            let more = more.told.unwrap_or_default();
            told.new = told.new.saturating_add(more.new);
            told.items = told.items.saturating_add(more.items);
            told.oldest = told.oldest.into_iter().chain(more.oldest).min();
            told.newest = told.newest.max(more.newest);
        }
        // Of a document that ended early, the rest may come under the same validators; of an index, documents are left to
        // be asked for: ask for it in full again.
        poll.polled.validators = Some(if left {
            Validators { body_hash: Some(body_hash).filter(|_| partial), ..Validators::default() }
        } else {
            validators
        });
        Ok(Read { ended: Ended::Document(told), outcome: if partial { "partial" } else { "read" } })
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn begun(leased: &Leased, at: Timestamp) -> Polled {
    Polled {
        id: leased.id.clone(),
        domain: leased.domain.clone(),
        lease: leased.lease,
        url: leased.url.clone(),
        at,
        status: None,
        error: None,
        progress: leased.progress.clone(),
        validators: None,
        found: Found::default(),
        children: Vec::<ChildState>::new(),
    }
}

/// What an operator should know.
fn tell(source: &SourceConfig, before: &schedule::State, after: &schedule::State, polled: &Polled) {
    let id = &source.id;
    if let Some(error) = &polled.error {
        tracing::warn!(source = id, failures = after.failures, "source {id}: {error}");
    }
    if let Some(reason) = after.paused_reason.as_ref().filter(|_| before.paused_reason.is_none()) {
        tracing::warn!(source = id, "source {id}: {reason}");
    }
    if after.silent_since.is_some() && before.silent_since.is_none() {
        tracing::warn!(source = id, "source {id} answers, but nothing new came for five of its usual gaps");
        metrics::counter!("wiredesk_fetch_silences_total").increment(1);
    }
    if let Some(url) = after.moved.url.as_ref().filter(|url| before.moved.url.as_ref() != Some(url)) {
        tracing::info!(source = id, "source {id} has moved for good: {url} is polled; edit its url");
    }
}
