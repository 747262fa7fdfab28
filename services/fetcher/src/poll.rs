//! One poll of one source: ask, read, compare, publish with acknowledgement, and only then save.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt;
use wiredesk_contract::{RawItem, SourceId, Timestamp};
use wiredesk_net::{Client, Request, Response};
use wiredesk_runtime::{Emitter, StageError};
use wiredesk_store::source::{self as table, Leased, Polled, Refused, SeenEntry, Validators};

use crate::answer::{self, Answer};
use crate::changes;
use crate::config::Config;
use crate::identity;
use crate::pages::{self, Crawl};
use crate::read::{self, Hints};
use crate::refuse::{self, Refusal};
use crate::schedule::{Pace, next_poll};
use crate::source::SourceConfig;

/// What feeds are asked for in.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";
/// Most pages of one source that are tried again in one poll.
const PAGES_A_POLL: i64 = 50;

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
                self.refuse(source, &[refusal], &mut polled).await?;
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
        self.pages_again(wire, &mut polled).await?;
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
        let source = &wire.config;
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
            zone: source.zone(),
        };
        let body = response.body.clone();
        // Up to a second of a core for a body at the cap: not on the threads that serve the network.
        let reading = tokio::task::spawn_blocking(move || read::read(&body, &hints)).await;
        let document = match reading {
            Ok(Ok(document)) => document,
            unread => {
                let (reason, error) = match unread {
                    Ok(Err(error)) => (error.reason(), error.to_string()),
                    _ => (
                        "panic",
                        "reading the document failed; please report it with the dead letter".to_owned(),
                    ),
                };
                let refusal = Refusal {
                    bytes: response.body.to_vec(),
                    reason,
                    explanation: format!("the feed of {} cannot be read: {error}", source.shown()),
                };
                self.refuse(source, &[refusal], polled).await?;
                polled.error = Some(error);
                return Ok("unreadable");
            }
        };
        *ttl_minutes = document.meta.ttl_minutes;
        for repair in document.repairs.repairs() {
            metrics::counter!("wiredesk_fetch_parse_repairs_total", "kind" => repair.kind)
                .increment(repair.count.into());
        }
        let (ids, seen) = identity::known(&self.db, &leased.id, &document.entries).await?;
        let found = changes::changes(source, &document, &ids, &seen, polled.at);
        metrics::counter!("wiredesk_fetch_entries_total", "source" => source.id.clone())
            .increment(found.raws.len() as u64);
        let broken: Vec<Refusal> = document
            .broken
            .iter()
            .map(|b| Refusal {
                bytes: b.text.clone().into_bytes(),
                reason: "broken_entry",
                explanation: format!(
                    "an entry of {} cannot be read ({}); its neighbours were",
                    source.shown(),
                    b.why
                ),
            })
            .collect();
        polled.newest_item = found.newest;
        polled.touched = found.touched;
        polled.partial = Some(document.partial);
        self.publish(wire, found.raws, polled).await?;
        self.refuse(source, &broken, polled).await?;
        // Of a document that ended early, the rest may come under the same validators: ask for it in full again.
        polled.validators = Some(if document.partial {
            Validators { body_hash: Some(body_hash), ..Validators::default() }
        } else {
            validators
        });
        Ok(if document.partial { "partial" } else { "read" })
    }

    /// Publishes new and changed entries: those without pages at once, the others as their pages come.
    async fn publish(
        &self,
        wire: &Wire,
        raws: Vec<(RawItem, String)>,
        polled: &mut Polled,
    ) -> Result<(), StageError> {
        let wants_page = |raw: &RawItem| wire.config.pages && raw.entry.link.is_some();
        let (with, without): (Vec<_>, Vec<_>) = raws.into_iter().partition(|(raw, _)| wants_page(raw));
        let plain: Vec<RawItem> = without.iter().map(|(raw, _)| raw.clone()).collect();
        self.emitter.send_new(&plain, polled.at).await?;
        polled.seen.extend(without.iter().map(|(raw, hash)| state(raw, hash)));
        let settings = &self.config.pages;
        let patience = self.crawl.patience();
        // In order, so that what happened first is judged first; the pages themselves come side by side.
        let mut fetched = futures::stream::iter(with.into_iter().map(|(raw, hash)| async move {
            let link = raw.entry.link.clone().unwrap_or_default();
            let page = self.crawl.fetch(&wire.page_client, &wire.config, &link, patience).await;
            (raw, hash, page)
        }))
        .buffered(settings.concurrency)
        .ready_chunks(16);
        while let Some(chunk) = fetched.next().await {
            let mut ready = Vec::with_capacity(chunk.len());
            for (raw, hash, page) in chunk {
                let raw = match page {
                    Ok(page) => {
                        count_page("read");
                        let raw = RawItem { page: Some(page), ..raw };
                        polled.seen.push(pages::had(&raw, &hash, 0, settings, polled.at));
                        raw
                    }
                    Err(missed) => {
                        count_page(missed.outcome);
                        tracing::info!(
                            source = wire.config.id,
                            item = raw.item_id.as_str(),
                            "item {} goes without its page: {}",
                            raw.item_id,
                            missed.why
                        );
                        polled.seen.push(pages::missed(&raw, &hash, 0, &missed, settings, polled.at));
                        raw
                    }
                };
                ready.push(raw);
            }
            self.emitter.send_new(&ready, polled.at).await?;
        }
        Ok(())
    }

    /// Pages that were missed before, or that are to be looked at again.
    async fn pages_again(&self, wire: &Wire, polled: &mut Polled) -> Result<(), StageError> {
        if !wire.config.pages {
            return Ok(());
        }
        let now = (self.clock)();
        let handled: BTreeSet<_> = polled.seen.iter().map(|s| s.item_id.clone()).collect();
        let due = table::pages_due(&self.db, &polled.id, now, PAGES_A_POLL).await?;
        let settings = &self.config.pages;
        let patience = self.crawl.patience();
        let due = due.into_iter().filter(|d| !handled.contains(&d.item_id)).filter_map(|d| {
            let raw: RawItem = serde_json::from_value(d.pending.clone()?).ok()?;
            Some((d, raw))
        });
        let mut fetched = futures::stream::iter(due.map(|(before, raw)| async move {
            let link = raw.entry.link.clone().unwrap_or_default();
            let page = self.crawl.fetch(&wire.page_client, &wire.config, &link, patience).await;
            (before, raw, page)
        }))
        .buffered(settings.concurrency);
        while let Some((before, raw, page)) = fetched.next().await {
            // A page that was had before is looked at again; one that never was is tried again.
            let tries = before.page_tries.saturating_add(1);
            let next = match page {
                Ok(page) => {
                    let changed = before.page_hash.as_ref() != Some(&pages::hash(&page));
                    let revision = if changed { before.revision.saturating_add(1) } else { before.revision };
                    let raw = RawItem { page: Some(page), revision, fetched_at: (self.clock)(), ..raw };
                    if changed {
                        self.emitter.send_new(std::slice::from_ref(&raw), raw.fetched_at).await?;
                    }
                    let rechecks = if before.page_hash.is_some() { tries } else { 0 };
                    count_page(if changed { "read" } else { "same" });
                    pages::had(&raw, &before.entry_hash, rechecks, settings, now)
                }
                Err(missed) => {
                    count_page(missed.outcome);
                    let kept =
                        pages::missed(&raw, &before.entry_hash, before.page_tries, &missed, settings, now);
                    SeenEntry { page_hash: before.page_hash, revision: before.revision, ..kept }
                }
            };
            polled.seen.push(next);
        }
        Ok(())
    }

    /// Dead letters for what was not refused before.
    async fn refuse(
        &self,
        source: &SourceConfig,
        refusals: &[Refusal],
        polled: &mut Polled,
    ) -> Result<(), StageError> {
        if refusals.is_empty() {
            return Ok(());
        }
        let hashes: Vec<String> = refusals.iter().map(Refusal::hash).collect();
        let mut known = table::refused_before(&self.db, &SourceId::new(&source.id), &hashes).await?;
        for (refusal, hash) in refusals.iter().zip(hashes) {
            if !known.insert(hash.clone()) {
                continue;
            }
            let letter = refuse::letter(refusal, source, &self.emitter, polled.at);
            tracing::warn!(
                source = source.id,
                reason = refusal.reason,
                "dead letter: {}",
                refusal.explanation
            );
            metrics::counter!("wiredesk_stage_dead_total", "stage" => "fetcher", "reason" => refusal.reason)
                .increment(1);
            self.emitter.send_new(&[letter], polled.at).await?;
            polled.refused.push(Refused { content_hash: hash, reason: refusal.reason.to_owned() });
        }
        Ok(())
    }
}

fn count_page(outcome: &'static str) {
    metrics::counter!("wiredesk_fetch_pages_total", "outcome" => outcome).increment(1);
}

fn state(raw: &RawItem, entry_hash: &str) -> SeenEntry {
    SeenEntry {
        item_id: raw.item_id.clone(),
        entry_hash: entry_hash.to_owned(),
        page_hash: None,
        revision: raw.revision,
        page_due: None,
        page_tries: 0,
        pending: None,
        alt: identity::second_key(&raw.entry),
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
        newest_item: None,
        partial: None,
        seen: Vec::new(),
        touched: Vec::new(),
        refused: Vec::new(),
    }
}
