//! `wiredesk tool dedupe`: the core of the dedupe stage on JSON objects, in time order.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use wiredesk_contract::copy::Fingerprint;
use wiredesk_contract::message::Message;
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::{CopyItem, ItemId, SourceId, Timestamp};

use crate::dedupe::{Index, PreviousVersion, decide};
use crate::strip::fingerprint::fingerprint;

/// One index a language, fed by [`Deduper::push`].
pub struct Deduper {
    window: Duration,
    indexes: BTreeMap<String, Index>,
    ids: BTreeMap<ItemId, String>,
}

impl Deduper {
    /// A deduper that looks back as far as `window`.
    pub fn new(window: Duration) -> Self {
        Self { window, indexes: BTreeMap::new(), ids: BTreeMap::new() }
    }

    /// The answer on one item: `{"id","duplicate_of","relation","similarity","cluster"}`, and the evidence where there is
    /// one. Takes `{"id","title","text","published"}`; `language`, `source` and `agency` are hints. What is missing counts
    /// as empty, an item without a time as published with the one before it.
    pub fn push(&mut self, line: &Value) -> Value {
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = line
            .get("id")
            .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
            .unwrap_or_default();
        let language =
            [text("language"), text("lang"), "und"].into_iter().find(|l| !l.is_empty()).unwrap_or("und");
        let window = self.window;
        let index = self.indexes.entry(language.to_owned()).or_insert_with(|| Index::new(window));
        let published =
            [text("published"), text("ts")].iter().find_map(|t| DateTime::parse_from_rfc3339(t).ok());
        let at = published.map_or_else(|| index.newest().unwrap_or_default(), |t| t.with_timezone(&Utc));
        let copy = copy(&id, language, at, line);
        let previous = index.get(&copy.item_id).map(PreviousVersion::of);
        let (verdict, change) = decide(&copy, index, previous.as_ref());
        index.apply(change);
        self.ids.insert(copy.item_id.clone(), id.clone());
        let name = |item: &ItemId| self.ids.get(item).cloned().unwrap_or_else(|| item.to_string());
        let mut evidence = json!(verdict.evidence);
        if let Some(compared) = verdict.evidence.as_ref().and_then(|e| e.compared_with.as_ref()) {
            evidence["compared_with"] = json!(name(compared));
        }
        json!({
            "id": id,
            "duplicate_of": verdict.duplicate_of.as_ref().map(name),
            "relation": verdict.relation,
            "similarity": f64::from((verdict.similarity * 10_000.0).round()) / 10_000.0,
            "cluster": name(&verdict.cluster),
            "change": verdict.change,
            "syndicated_from": verdict.syndicated_from.as_ref().map(name),
            "evidence": evidence,
        })
    }
}

fn copy(id: &str, language: &str, at: Timestamp, line: &Value) -> CopyItem {
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let some = |key: &str| Some(text(key)).filter(|value| !value.is_empty());
    let source = SourceId::new(some("source").unwrap_or_else(|| "tool".to_owned()));
    let body = text("text");
    let fingerprint: Fingerprint = fingerprint(&body);
    let mut copy = CopyItem {
        schema_version: CopyItem::VERSION,
        item_id: ItemId::derive(&SourceId::new("tool"), id),
        revision: 1,
        content_hash: wiredesk_contract::ContentHash::of(&[]),
        source: SourceRef {
            id: source,
            name: text("source"),
            url: None,
            language: None,
            country: None,
            time_zone: None,
            agency: None,
            rights: Rights::default(),
        },
        url: None,
        canonical_url: None,
        guid: None,
        headline: text("title"),
        deck: None,
        lead: None,
        text: body,
        html: None,
        dateline: None,
        agency: some("agency"),
        byline: None,
        authors: Vec::new(),
        slugline: None,
        kind: Default::default(),
        markers: Vec::new(),
        signal: None,
        developing: false,
        urgency: 5,
        pub_status: Default::default(),
        embargoed_until: None,
        ed_note: None,
        language: language.to_owned(),
        language_confidence: 1.0,
        published: Some(at),
        updated: None,
        fetched_at: at,
        categories: Vec::new(),
        media: Vec::new(),
        copyright_notice: None,
        usage_terms: None,
        removed: Vec::new(),
        memory_version: None,
        fingerprint,
        repairs: Vec::new(),
        partial: false,
    };
    copy.content_hash = copy.hash();
    copy
}
