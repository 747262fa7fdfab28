//! `wiredesk tool dedupe`: the core of the dedupe stage on JSON objects, in time order.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use wiredesk_contract::message::Message;
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::{Change, CopyItem, ItemId, SourceId, Timestamp};

use crate::dedupe::{Before, Index, StoredText, decide, edits, explain};
use crate::strip::fingerprint::fingerprint;

/// Texts from before the window that are remembered at least, for the link to an equal one.
const REMEMBERED: usize = 500_000;

/// One index a language, fed by [`Deduper::push`].
pub struct Deduper {
    window: Duration,
    indexes: BTreeMap<String, Index>,
    older: Older,
    /// Texts of the window, where passages are to be shown.
    texts: Option<HashMap<ItemId, StoredText>>,
}

impl Deduper {
    /// A deduper that looks back as far as `window`. About 1.5 KB an item of the window.
    pub fn new(window: Duration) -> Self {
        Self { window, indexes: BTreeMap::new(), older: Older::default(), texts: None }
    }

    /// The same, but it keeps the texts of the window and shows passages as evidence.
    pub fn explaining(window: Duration) -> Self {
        Self { texts: Some(HashMap::new()), ..Self::new(window) }
    }

    /// The answer on one item: `{"id","duplicate_of","relation","similarity","cluster"}`, `change`, `syndicated_from`,
    /// `repeats`, and the evidence where there is one. Takes `{"id","title","text","published"}`; `language`, `source`,
    /// `agency` (whom the text credits) and `revision` are hints. What is missing counts as empty, an item without a time as
    /// published with the one before it.
    pub fn push(&mut self, line: &Value) -> Value {
        let copy = self.copy(line);
        let (window, language) = (self.window, copy.language.clone());
        let index = self.indexes.entry(language).or_insert_with(|| Index::new(window));
        let older = self.older.get(&copy, copy.event_time() - window);
        let (mut verdict, change) =
            decide(&copy, index, Before { version: index.get(&copy.item_id), older: older.as_ref() });
        index.apply(change);
        self.older.put(&copy);
        if let Some(texts) = &mut self.texts {
            let text = StoredText::of(&copy);
            if let Some(evidence) = &mut verdict.evidence
                && let Some(other) = evidence.compared_with.as_ref().and_then(|item| texts.get(item))
            {
                explain(evidence, &text, other);
            }
            if let Some(before) = texts.get(&copy.item_id).filter(|_| verdict.change != Change::New) {
                verdict.evidence.get_or_insert_default().edits = edits(before, &text);
            }
            texts.insert(copy.item_id.clone(), text);
            if texts.len() > 1_000 + 2 * self.indexes.values().map(Index::len).sum::<usize>() {
                texts.retain(|item, _| self.indexes.values().any(|index| index.get(item).is_some()));
            }
        }
        json!({
            "id": copy.item_id,
            "duplicate_of": verdict.duplicate_of,
            "relation": verdict.relation,
            "similarity": f64::from((verdict.similarity * 10_000.0).round()) / 10_000.0,
            "cluster": verdict.cluster,
            "change": verdict.change,
            "syndicated_from": verdict.syndicated_from,
            "repeats": verdict.repeats,
            "evidence": verdict.evidence,
        })
    }

    fn copy(&self, line: &Value) -> CopyItem {
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let some = |key: &str| Some(text(key)).filter(|value| !value.is_empty());
        let id = line.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let language = some("language").or_else(|| some("lang")).unwrap_or_else(|| "und".to_owned());
        let newest = self.indexes.get(&language).and_then(Index::newest);
        let at = ["published", "ts"]
            .iter()
            .find_map(|key| DateTime::parse_from_rfc3339(&text(key)).ok())
            .map_or_else(|| newest.unwrap_or_default(), |t| t.with_timezone(&Utc));
        let revision = line.get("revision").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let source = some("source").unwrap_or_else(|| "tool".to_owned());
        let agency = some("agency");
        // A wire that is named as the agency that its copy credits is that agency's own.
        let own = agency.clone().filter(|agency| agency.eq_ignore_ascii_case(&source));
        copy(
            ItemId::new(id.unwrap_or_default()),
            revision.unwrap_or(1),
            (language, at),
            SourceRef {
                id: SourceId::new(source.clone()),
                name: source,
                url: None,
                language: None,
                country: None,
                time_zone: None,
                agency: own,
                rights: Rights::default(),
            },
            (text("title"), text("text"), agency),
        )
    }
}

/// Texts by their hash, in two generations: the older one is dropped when the younger is full.
#[derive(Default)]
struct Older {
    young: HashMap<u128, (ItemId, Timestamp)>,
    old: HashMap<u128, (ItemId, Timestamp)>,
}

impl Older {
    fn key(copy: &CopyItem) -> Option<u128> {
        u128::from_str_radix(&copy.fingerprint.exact, 16).ok()
    }

    fn get(&self, copy: &CopyItem, before: Timestamp) -> Option<ItemId> {
        let key = Self::key(copy)?;
        let (item, at) = self.young.get(&key).or_else(|| self.old.get(&key))?;
        (*at < before).then(|| item.clone())
    }

    fn put(&mut self, copy: &CopyItem) {
        let Some(key) = Self::key(copy) else { return };
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, (copy.item_id.clone(), copy.event_time()));
    }
}

fn copy(
    item_id: ItemId,
    revision: u32,
    (language, at): (String, Timestamp),
    source: SourceRef,
    (headline, text, agency): (String, String, Option<String>),
) -> CopyItem {
    let mut copy = CopyItem {
        schema_version: CopyItem::VERSION,
        item_id,
        revision,
        content_hash: wiredesk_contract::ContentHash::of(&[]),
        source,
        url: None,
        canonical_url: None,
        guid: None,
        headline,
        deck: None,
        deck_of_feed: false,
        lead: None,
        fingerprint: fingerprint(&text),
        text,
        html: None,
        dateline: None,
        agency,
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
        language,
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
        repairs: Vec::new(),
        partial: false,
    };
    copy.content_hash = copy.hash();
    copy
}
