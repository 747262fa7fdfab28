//! What the parser made of an item, as the raw message has it.

use chrono_tz::Tz;
use feed_rs::model;
use wiredesk_contract::media::Media;
use wiredesk_contract::raw::FeedEntry;

use super::dates;

/// What the feed says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedMeta {
    /// Title.
    pub title: Option<String>,
    /// Language, as given.
    pub language: Option<String>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in minutes.
    pub update_minutes: Option<u32>,
    /// `skipHours`: hours of the day, GMT, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// `skipDays`: days of the week, GMT, 0 is Monday.
    pub skip_days: Vec<u8>,
    /// The form in words, such as `RSS 2.0` or `NewsML-G2`.
    pub form: &'static str,
    /// WebSub hubs that the document names (`rel="hub"`).
    pub hubs: Vec<String>,
    /// The document's own address (`rel="self"`).
    pub self_link: Option<String>,
}

impl FeedMeta {
    pub(crate) fn of(feed: &model::Feed) -> Self {
        Self {
            title: feed.title.as_ref().and_then(|t| trimmed(&t.content)),
            language: feed.language.as_deref().and_then(trimmed),
            copyright: feed.rights.as_ref().and_then(|t| trimmed(&t.content)),
            ttl_minutes: feed.ttl,
            ..Self::default()
        }
    }
}

/// Without white space, no-break spaces and `&nbsp;` at both ends; None where nothing is left.
pub fn trimmed(text: &str) -> Option<String> {
    let mut text = text.trim();
    loop {
        let before = text.len();
        text = text.trim().trim_matches(['\u{a0}', '\u{feff}', '\u{200b}']);
        text = text.strip_prefix("&nbsp;").unwrap_or(text);
        text = text.strip_suffix("&nbsp;").unwrap_or(text);
        if text.len() == before {
            break;
        }
    }
    (!text.is_empty()).then(|| text.to_owned())
}

/// An address without the line breaks and spaces that some wires pad it with, inside too.
pub fn address(text: &str) -> Option<String> {
    trimmed(text).map(|t| t.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')).collect())
}

fn is_web(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

pub(crate) fn entry(from: model::Entry, feed: &FeedMeta, zone: Option<Tz>) -> FeedEntry {
    let guid = trimmed(&from.id);
    let link = link(&from).or_else(|| guid.clone().filter(|g| is_web(g)));
    let mut media = media(&from);
    for link in &from.links {
        if link.rel.as_deref() == Some("enclosure") && media.iter().all(|m| m.url != link.href) {
            media.push(Media {
                url: link.href.clone(),
                content_type: link.media_type.clone(),
                caption: None,
                credit: None,
            });
        }
    }
    let published = from.published;
    let updated = from.updated.filter(|u| Some(*u) != published);
    // Some wires date an item only in its link.
    let of_link = || link.as_deref().and_then(|l| dates::of_link(l, zone));
    FeedEntry {
        published: published.or_else(|| if updated.is_none() { of_link() } else { None }),
        updated,
        title: from.title.as_ref().and_then(|t| trimmed(&t.content)).unwrap_or_default(),
        summary_html: from.summary.as_ref().and_then(|t| trimmed(&t.content)),
        content_html: from.content.and_then(|c| c.body).as_deref().and_then(trimmed),
        authors: from.authors.iter().filter_map(person).collect(),
        categories: from.categories.iter().filter_map(category).collect(),
        language: from.language.as_deref().and_then(trimmed).or_else(|| feed.language.clone()),
        copyright: from.rights.as_ref().and_then(|t| trimmed(&t.content)).or_else(|| feed.copyright.clone()),
        guid,
        link,
        media,
        ..FeedEntry::default()
    }
}

fn link(from: &model::Entry) -> Option<String> {
    let own =
        |l: &&model::Link| l.target.is_none() && matches!(l.rel.as_deref(), None | Some("alternate" | ""));
    let html = |l: &&model::Link| l.media_type.as_deref().is_none_or(|t| t.contains("html"));
    let all: Vec<&model::Link> = from.links.iter().filter(own).collect();
    all.iter().find(|l| html(l)).or_else(|| all.first()).and_then(|l| address(&l.href))
}

fn media(from: &model::Entry) -> Vec<Media> {
    let mut found: Vec<Media> = Vec::new();
    for object in &from.media {
        for content in &object.content {
            let Some(url) = &content.url else { continue };
            if found.iter().any(|m| m.url == url.as_str()) {
                continue;
            }
            found.push(Media {
                url: url.to_string(),
                // The declared length is not kept: some wires give the same false one to every picture.
                content_type: content.content_type.as_ref().map(ToString::to_string),
                caption: object.description.as_ref().and_then(|t| trimmed(&t.content)),
                credit: object.credits.first().and_then(|c| trimmed(&c.entity)),
            });
        }
    }
    found
}

fn person(person: &model::Person) -> Option<String> {
    let name = person.name.as_deref().and_then(trimmed);
    name.or_else(|| person.email.as_deref().and_then(trimmed))
}

fn category(category: &model::Category) -> Option<String> {
    let label = category.label.as_deref().and_then(trimmed);
    label.or_else(|| trimmed(&category.term))
}
