//! Article pages: fetched beside the feed, never in its way.

use chrono::Duration;
use wiredesk_contract::raw::Page;
use wiredesk_contract::{ContentHash, RawItem, Timestamp};
use wiredesk_net::{Client, NetError, Request};
use wiredesk_store::source::SeenEntry;

use crate::config::PagesConfig;
use crate::read::decode;
use crate::source::SourceConfig;
use crate::text;

/// Fetches the page of an entry.
///
/// # Errors
/// Whether to try again, and why not had, in words.
pub async fn fetch(client: &Client, source: &SourceConfig, link: &str) -> Result<Page, (bool, String)> {
    let request = Request {
        url: link.to_owned(),
        accept: Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
        // A source's credentials are for its own host.
        headers: if same_host(&source.url, link) { source.revealed_headers() } else { Default::default() },
        ..Request::default()
    };
    let answer = client.get(&request).await;
    let response = answer.map_err(|e: NetError| (e.is_transient(), e.to_string()))?;
    if response.status != 200 {
        return Err((
            !matches!(response.status, 401 | 410 | 451),
            format!("the server answers {}", response.status),
        ));
    }
    let kind = response
        .content_type
        .as_deref()
        .map(|t| t.split(';').next().unwrap_or(t).trim().to_ascii_lowercase());
    if kind.as_deref().is_some_and(|k| !(k.contains("html") || k.contains("xml") || k == "text/plain")) {
        return Err((false, format!("it is {}, not a page", kind.unwrap_or_default())));
    }
    let html = decode::decode(&response.body, response.content_type.as_deref()).text;
    Ok(Page { url: response.url, content_type: kind, html })
}

fn same_host(a: &str, b: &str) -> bool {
    let origin = |u: &str| url::Url::parse(u).map(|u| u.origin()).ok();
    origin(a).is_some() && origin(a) == origin(b)
}

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
    }
}

/// The state to keep of an entry whose page could not be had.
pub fn missed(
    raw: &RawItem,
    entry_hash: &str,
    tries: i32,
    again: bool,
    config: &PagesConfig,
    now: Timestamp,
) -> SeenEntry {
    let again = again && tries <= i32::try_from(config.retries).unwrap_or(i32::MAX);
    let pause = i64::from(config.retry_seconds) << (tries - 1).clamp(0, 10);
    SeenEntry {
        item_id: raw.item_id.clone(),
        entry_hash: entry_hash.to_owned(),
        page_hash: None,
        revision: raw.revision,
        page_due: again.then(|| now + Duration::seconds(pause)),
        page_tries: tries,
        pending: again.then(|| without_page(raw)).flatten(),
    }
}

fn without_page(raw: &RawItem) -> Option<serde_json::Value> {
    serde_json::to_value(RawItem { page: None, ..raw.clone() }).ok()
}
