//! What is kept of an entry whose page is wanted.

use chrono::Duration;
use wiredesk_contract::raw::Page;
use wiredesk_contract::{ContentHash, RawItem, Timestamp};
use wiredesk_store::source::SeenEntry;

use super::Missed;
use crate::config::PagesConfig;
use crate::{identity, text};

/// Hash of a page's text.
pub fn hash(page: &Page) -> String {
    ContentHash::of(&[&text::of_page(&page.html)]).to_string()
}

/// The state to keep of an entry whose page was had.
pub fn had(
    raw: &RawItem,
    entry_hash: &str,
    rechecks: i32,
    config: &PagesConfig,
    now: Timestamp,
) -> SeenEntry {
    let again = config.recheck_seconds > 0 && rechecks < i32::try_from(config.rechecks).unwrap_or(i32::MAX);
    SeenEntry {
        item_id: raw.item_id.clone(),
        entry_hash: entry_hash.to_owned(),
        page_hash: raw.page.as_ref().map(hash),
        revision: raw.revision,
        page_due: again.then(|| now + Duration::seconds(config.recheck_seconds.into())),
        page_tries: rechecks,
        pending: again.then(|| without_page(raw)).flatten(),
        alt: identity::second_key(&raw.entry),
    }
}

/// The state to keep of an entry whose page could not be had, after `tries` tries before this one.
pub fn missed(
    raw: &RawItem,
    entry_hash: &str,
    tries: i32,
    missed: &Missed,
    config: &PagesConfig,
    now: Timestamp,
) -> SeenEntry {
    let tries = tries.saturating_add(i32::from(missed.asked));
    let again = missed.again && tries <= i32::try_from(config.retries).unwrap_or(i32::MAX);
    let pause = Duration::seconds(i64::from(config.retry_seconds) << (tries - 1).clamp(0, 10));
    let due = if missed.asked { now + pause } else { now };
    SeenEntry {
        item_id: raw.item_id.clone(),
        entry_hash: entry_hash.to_owned(),
        page_hash: None,
        revision: raw.revision,
        page_due: again.then(|| missed.not_before.map_or(due, |t| t.max(due))),
        page_tries: tries,
        pending: again.then(|| without_page(raw)).flatten(),
        alt: identity::second_key(&raw.entry),
    }
}

fn without_page(raw: &RawItem) -> Option<serde_json::Value> {
    serde_json::to_value(RawItem { page: None, ..raw.clone() }).ok()
}
