//! One poll of one source: ask, read, compare, publish with acknowledgement, and only then save.

mod again;
mod ingest;
mod publish;
mod refused;

use std::sync::Arc;

use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_net::{Client, Request, Response};
use wiredesk_runtime::{Emitter, StageError};
use wiredesk_store::source::{Found, Leased, Polled, Validators};

use crate::answer::{self, Answer};
use crate::config::Config;
use crate::read::Hints;
use crate::refuse::Refusal;
use crate::schedule::{Pace, next_poll};
use crate::source::SourceConfig;

pub use ingest::{Ingested, Via};

/// What feeds are asked for in.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

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
    /// The clock.
    pub clock: fn() -> Timestamp,
}

impl Poller {
    /// Polls a leased source and publishes what is new. What it answers is to be saved: only then do the validators
    /// count, so a crash before sends the same revisions again.
    ///
    /// # Errors
    /// [`StageError`] of the bus or Postgres: nothing is to be saved, and the source is polled again.
    pub async fn poll(&self, wire: &Wire, leased: &Leased) -> Result<Polled, StageError> {
        let source = &wire.config;
        let request = Request {
            url: source.url.clone(),
            etag: leased.etag.clone(),
            last_modified: leased.last_modified.clone(),
            accept: Some(ACCEPT),
            headers: source.revealed_headers(),
            ..Request::default()
        };
        let answered = wire.client.get(&request).await;
        let at = (self.clock)();
        let mut polled = empty(&leased.id, at);
        let mut ttl_minutes = None;
        let mut retry_after = None;
        let outcome = match answer::read(answered, at) {
            Answer::Unchanged => {
                polled.status = Some(304);
                "unchanged"
            }
            Answer::Document(response) => {
                polled.status = Some(response.status);
                self.document(wire, leased, response, &mut polled, &mut ttl_minutes).await?
            }
            Answer::Gone => {
                polled.status = Some(410);
                polled.stopped = Some(
                    "the server says that the feed is gone for good (410); edit its url or remove it"
                        .to_owned(),
                );
                polled.error = polled.stopped.clone();
                "gone"
            }
            Answer::TooLarge(error, head) => {
                let refusal = Refusal {
                    bytes: head,
                    reason: "too_large",
                    explanation: format!("the feed of {} cannot be read: {error}", source.shown()),
                };
                let at = polled.at;
                self.refuse(source, &[refusal], at, &mut polled.found).await?;
                polled.error = Some(error);
                "too_large"
            }
            Answer::Failed { status, error, retry_after: wait } => {
                polled.status = status;
                polled.error = Some(error);
                retry_after = wait;
                if status.is_some() { "refused" } else { "unreachable" }
            }
        };
        self.pages_again(wire, &mut polled.found).await?;
        polled.failures = if polled.error.is_some() { leased.failures.saturating_add(1) } else { 0 };
        let pace = Pace {
            interval_seconds: source.interval_seconds.unwrap_or(self.config.interval_seconds),
            named: source.interval_seconds.is_some(),
            ttl_minutes,
            failures: u32::try_from(polled.failures).unwrap_or(0),
            retry_after,
            max_backoff_seconds: self.config.max_backoff_seconds,
        };
        polled.next_poll = next_poll((self.clock)(), &pace, rand::random());
        polled.next_poll = self.safety_net(source, polled.at, polled.next_poll).await?;
        metrics::counter!("wiredesk_fetch_polls_total", "source" => source.id.clone(), "outcome" => outcome)
            .increment(1);
        if let Some(error) = &polled.error {
            tracing::warn!(source = source.id, failures = polled.failures, "source {}: {error}", source.id);
        }
        Ok(polled)
    }

    async fn document(
        &self,
        wire: &Wire,
        leased: &Leased,
        response: Response,
        polled: &mut Polled,
        ttl_minutes: &mut Option<u32>,
    ) -> Result<&'static str, StageError> {
        let body_hash = body_hash(&response.body);
        let validators = Validators {
            etag: response.etag.clone(),
            last_modified: response.last_modified.clone(),
            body_hash: Some(body_hash.clone()),
        };
        if leased.body_hash.as_deref() == Some(&body_hash) {
            polled.validators = Some(validators);
            return Ok("same_body");
        }
        let hints = Hints {
            content_type: response.content_type.clone(),
            url: Some(response.url.clone()),
            zone: wire.config.zone(),
        };
        let taken = self.take(wire, response.body.clone(), hints, polled.at, Via::Poll).await?;
        self.heed_hubs(&wire.config, &response, &taken.meta, taken.late).await?;
        polled.found = taken.found;
        if let Some(error) = taken.unreadable {
            polled.error = Some(error);
            return Ok("unreadable");
        }
        *ttl_minutes = taken.meta.ttl_minutes;
        let partial = polled.found.partial == Some(true);
        // Of a document that ended early, the rest may come under the same validators: ask for it in full again.
        polled.validators = Some(if partial {
            Validators { body_hash: Some(body_hash), ..Validators::default() }
        } else {
            validators
        });
        Ok(if partial { "partial" } else { "read" })
    }
}

fn body_hash(body: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(body).iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn empty(id: &SourceId, at: Timestamp) -> Polled {
    Polled {
        id: id.clone(),
        at,
        status: None,
        error: None,
        failures: 0,
        next_poll: at,
        stopped: None,
        validators: None,
        found: Found::default(),
    }
}
