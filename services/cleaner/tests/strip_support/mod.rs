//! Entries to strip.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use wiredesk_cleaner::strip::memory::InForce;
use wiredesk_cleaner::strip::{Rules, strip};
use wiredesk_contract::message::Message;
use wiredesk_contract::raw::{FeedEntry, Page};
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::{CopyItem, ItemId, Outcome, RawItem, SourceId, Timestamp};

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

pub fn at(text: &str) -> Timestamp {
    let time = DateTime::parse_from_rfc3339(text);
    time.map_or_else(|e| panic!("{text}: {e}"), |t| t.with_timezone(&Utc))
}

/// An entry without a page, of 24 November 2026.
pub fn item(title: &str, language: &str) -> RawItem {
    let source = SourceId::new("test");
    RawItem {
        schema_version: RawItem::VERSION,
        item_id: ItemId::derive(&source, title),
        revision: 1,
        source: SourceRef {
            id: source,
            name: "Test".into(),
            url: None,
            language: Some(language.into()),
            country: None,
            time_zone: None,
            agency: None,
            rights: Rights::FullText,
        },
        entry: FeedEntry {
            title: title.into(),
            published: Some(at("2026-11-24T10:00:00Z")),
            ..FeedEntry::default()
        },
        page: None,
        fetched_at: at("2026-11-24T10:01:00Z"),
        repairs: Vec::new(),
        partial: false,
    }
}

pub fn page_item(title: &str, teaser: Option<&str>, html: &str, language: &str, published: &str) -> RawItem {
    let mut raw = item(title, language);
    raw.entry.summary_html = teaser.map(str::to_owned);
    raw.entry.published = Some(at(published));
    raw.page = Some(Page {
        url: "https://example.test/a".into(),
        content_type: Some("text/html".into()),
        html: html.into(),
    });
    raw
}

pub fn run(raw: &RawItem) -> CopyItem {
    run_with(raw, &InForce::default())
}

/// The same with what is known of the source.
pub fn run_with(raw: &RawItem, memory: &InForce) -> CopyItem {
    match strip(raw, &RULES, memory, raw.fetched_at) {
        Outcome::Emit(mut copies) if copies.len() == 1 => copies.remove(0).copy,
        other => panic!("one copy was expected, not {other:?}"),
    }
}
