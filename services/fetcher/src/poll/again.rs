//! Pages that were missed before, or that are to be looked at again.

use std::collections::BTreeSet;

use futures::StreamExt;
use wiredesk_contract::{RawItem, SourceId};
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, Found, SeenEntry};

use super::publish::count_page;
use super::{Poller, Wire};
use crate::pages;

/// Most pages of one source that are tried again in one poll.
const PAGES_A_POLL: i64 = 50;

impl Poller {
    /// Pages that were missed before, or that are to be looked at again.
    pub(super) async fn pages_again(&self, wire: &Wire, found: &mut Found) -> Result<(), StageError> {
        if !wire.config.pages {
            return Ok(());
        }
        let now = (self.clock)();
        let handled: BTreeSet<_> = found.seen.iter().map(|s| s.item_id.clone()).collect();
        let due =
            table::pages_due(&self.db, &SourceId::new(&wire.config.id), now, PAGES_A_POLL).answered().await?;
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
            found.seen.push(next);
        }
        Ok(())
    }
}
