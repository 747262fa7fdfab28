//! Items as the page shows them.

use wiredesk_contract::Item;
use wiredesk_contract::status::{CopyKind, PubStatus};

use super::folded::Folded;
use super::words::Words;
use crate::formats;

/// A small label beside an item.
pub struct Badge {
    /// The words.
    pub text: String,
    /// The class that colours it: `alarm`, `note`, `wait` or none.
    pub class: &'static str,
}

/// One row of the wire.
pub struct Row {
    /// Item id.
    pub id: String,
    /// Version.
    pub version: u32,
    /// `usable`, `withheld`, `canceled`.
    pub status: &'static str,
    /// 1 to 9.
    pub urgency: u8,
    /// When, for people.
    pub time: String,
    /// When, for machines.
    pub time_iso: String,
    /// Language.
    pub language: String,
    /// The wire's name.
    pub source: String,
    /// Place of the dateline.
    pub place: Option<String>,
    /// Headline.
    pub headline: String,
    /// First paragraph.
    pub lead: Option<String>,
    /// The original, where this is a repeat.
    pub duplicate_of: Option<String>,
    /// Labels.
    pub badges: Vec<Badge>,
    /// How many items repeat it.
    pub repeated: i64,
    /// Those, where they are listed under it.
    pub repeats: Vec<Folded>,
}

impl Row {
    /// The row of an item.
    pub(crate) fn of(item: &Item, t: &Words) -> Self {
        let when = item.content_created.unwrap_or(item.first_created);
        let place = item.dateline_place.as_ref().map(|p| p.name.clone()).or_else(|| item.located.clone());
        Self {
            id: item.item_id.to_string(),
            version: item.version,
            status: item.pub_status.as_str(),
            urgency: item.urgency,
            time: t.time(when),
            time_iso: when.to_rfc3339(),
            language: item.language.clone(),
            source: item.source.name.clone(),
            place: place.filter(|p| !p.is_empty()),
            headline: if item.headline().is_empty() {
                t.wire.no_headline.to_owned()
            } else {
                item.headline().to_owned()
            },
            lead: formats::lead(item).map(str::to_owned),
            duplicate_of: item.verdict.duplicate_of.as_ref().map(ToString::to_string),
            badges: badges(item, t),
            repeated: 0,
            repeats: Vec::new(),
        }
    }
}

fn badges(item: &Item, t: &Words) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |text: String, class| badges.push(Badge { text, class });
    match item.pub_status {
        PubStatus::Canceled => add(t.wire.killed.to_owned(), "alarm"),
        PubStatus::Withheld => {
            let until = item.embargoed_until.map(|until| t.time(until));
            add((t.wire.embargo)(until.as_deref()), "wait");
        }
        PubStatus::Usable => {}
    }
    if item.urgency <= 3 && item.pub_status == PubStatus::Usable {
        add(t.wire.urgent.to_owned(), "alarm");
    }
    if item.version > 1 && item.pub_status != PubStatus::Canceled {
        add((t.wire.version)(item.version, (t.change)(item.change)), "note");
    }
    if item.verdict.duplicate_of.is_some() {
        add(item.verdict.relation.map_or(t.wire.repeat, t.relation).to_owned(), "");
    }
    if item.kind != CopyKind::News {
        add((t.kind)(item.kind).to_owned(), "");
    }
    if item.developing {
        add(t.wire.more_to_come.to_owned(), "wait");
    }
    badges
}
