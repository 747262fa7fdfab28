//! Items as the page shows them.

use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::verdict::{Change, Relation};
use wiredesk_contract::{Item, Timestamp};

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
}

impl Row {
    /// The row of an item.
    pub fn of(item: &Item) -> Self {
        let when = item.content_created.unwrap_or(item.first_created);
        let place = item.dateline_place.as_ref().map(|p| p.name.clone()).or_else(|| item.located.clone());
        Self {
            id: item.item_id.to_string(),
            version: item.version,
            status: item.pub_status.as_str(),
            urgency: item.urgency,
            time: short_time(when),
            time_iso: when.to_rfc3339(),
            language: item.language.clone(),
            source: item.source.name.clone(),
            place: place.filter(|p| !p.is_empty()),
            headline: if item.headline().is_empty() {
                "(no headline)".to_owned()
            } else {
                item.headline().to_owned()
            },
            lead: formats::lead(item).map(str::to_owned),
            duplicate_of: item.verdict.duplicate_of.as_ref().map(ToString::to_string),
            badges: badges(item),
        }
    }
}

fn badges(item: &Item) -> Vec<Badge> {
    let mut badges = Vec::new();
    let mut add = |text: String, class| badges.push(Badge { text, class });
    match item.pub_status {
        PubStatus::Canceled => add("killed".to_owned(), "alarm"),
        PubStatus::Withheld => {
            let until = item.embargoed_until.map(|t| format!(" until {}", short_time(t))).unwrap_or_default();
            add(format!("embargo{until}"), "wait");
        }
        PubStatus::Usable => {}
    }
    if item.urgency <= 3 && item.pub_status == PubStatus::Usable {
        add("urgent".to_owned(), "alarm");
    }
    if item.version > 1 && item.pub_status != PubStatus::Canceled {
        add(format!("version {}: {}", item.version, change_words(item.change)), "note");
    }
    if item.verdict.duplicate_of.is_some() {
        add(item.verdict.relation.map_or("repeat", relation_words).to_owned(), "");
    }
    match item.kind {
        CopyKind::Planning => add("planning".to_owned(), ""),
        CopyKind::Roundup => add("roundup".to_owned(), ""),
        CopyKind::NotArticle => add("no article page".to_owned(), ""),
        CopyKind::News => {}
    }
    if item.developing {
        add("more to come".to_owned(), "wait");
    }
    badges
}

/// A change in words.
pub fn change_words(change: Change) -> &'static str {
    match change {
        Change::New => "new",
        Change::TitleOnly => "headline changed",
        Change::Minor => "small edit",
        Change::Expanded => "expanded",
        Change::Corrected => "corrected",
        Change::Cut => "cut",
        Change::Rewritten => "rewritten",
        Change::Withdrawn => "withdrawn",
        Change::Status => "released",
        Change::Reenriched => "enriched anew",
    }
}

/// A relation in words.
pub fn relation_words(relation: Relation) -> &'static str {
    match relation {
        Relation::Resend => "resend",
        Relation::Cut => "cut copy",
        Relation::Expanded => "expanded copy",
        Relation::Corrected => "corrected copy",
        Relation::Rewritten => "rewritten copy",
        Relation::TemplateSibling => "same template",
    }
}

/// `24 Nov 18:05`, UTC.
pub fn short_time(at: Timestamp) -> String {
    at.format("%-d %b %H:%M UTC").to_string()
}
