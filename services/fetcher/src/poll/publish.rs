//! New and changed entries go out, each with its page where that is wanted.

use futures::StreamExt;
use wiredesk_contract::{RawItem, Timestamp};
use wiredesk_runtime::StageError;
use wiredesk_store::source::{Found, SeenEntry};

use super::{Poller, Wire};
use crate::identity;
use crate::pages;

impl Poller {
    /// Publishes new and changed entries: those without pages at once, the others as their pages come.
    pub(super) async fn publish(
        &self,
        wire: &Wire,
        raws: Vec<(RawItem, String)>,
        at: Timestamp,
        found: &mut Found,
    ) -> Result<(), StageError> {
        if raws.is_empty() {
            return Ok(());
        }
        wiredesk_failpoint::hit("fetcher.fetched");
        let wants_page = |raw: &RawItem| wire.config.pages && raw.entry.link.is_some();
        let (with, without): (Vec<_>, Vec<_>) = raws.into_iter().partition(|(raw, _)| wants_page(raw));
        let plain: Vec<RawItem> = without.iter().map(|(raw, _)| raw.clone()).collect();
        self.emitter.send_new(&plain, at).await?;
        found.seen.extend(without.iter().map(|(raw, hash)| state(raw, hash)));
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
                        found.seen.push(pages::had(&raw, &hash, 0, settings, at));
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
                        found.seen.push(pages::missed(&raw, &hash, 0, &missed, settings, at));
                        raw
                    }
                };
                ready.push(raw);
            }
            self.emitter.send_new(&ready, at).await?;
        }
        wiredesk_failpoint::hit("fetcher.published");
        Ok(())
    }
}

pub(super) fn count_page(outcome: &'static str) {
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
