//! The parts of a JSON Feed.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};
use wiredesk_contract::media::Media;
use wiredesk_contract::raw::FeedEntry;

use super::loose::{FromJson, Loose, Text};
use crate::read::entry::{address, is_web, trimmed};
use crate::read::xml::references;
use crate::read::{BrokenEntry, Hints, dates};

/// A text as itself, for tags.
#[derive(Debug)]
struct Tag(String);

impl FromJson for Tag {
    fn of_text(text: String) -> Option<Self> {
        trimmed(&text).map(Self)
    }

    fn of_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        Ok(Self(member(map, "name")?.unwrap_or_default()))
    }
}

/// Who wrote it.
#[derive(Debug)]
pub(super) struct Author(Option<String>);

impl Author {
    pub(super) fn name(self) -> Option<String> {
        self.0.as_deref().and_then(trimmed)
    }
}

impl FromJson for Author {
    fn of_text(text: String) -> Option<Self> {
        Some(Self(Some(text)))
    }

    fn of_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        member(map, "name").map(Self)
    }
}

/// A WebSub hub.
#[derive(Debug)]
pub(super) struct Hub(Option<String>);

impl Hub {
    pub(super) fn url(self) -> Option<String> {
        self.0.as_deref().and_then(address)
    }
}

impl FromJson for Hub {
    fn of_text(text: String) -> Option<Self> {
        Some(Self(Some(text)))
    }

    fn of_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        member(map, "url").map(Self)
    }
}

#[derive(Debug, Default)]
struct Attachment {
    url: Option<String>,
    mime_type: Option<String>,
    title: Option<String>,
}

impl FromJson for Attachment {
    fn of_text(text: String) -> Option<Self> {
        Some(Self { url: Some(text), ..Self::default() })
    }

    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut this = Self::default();
        while let Some(key) = map.next_key::<Text>()? {
            match key.0.as_deref().unwrap_or_default() {
                "url" => this.url = map.next_value::<Text>()?.0,
                "mime_type" => this.mime_type = map.next_value::<Text>()?.0,
                "title" => this.title = map.next_value::<Text>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(this)
    }
}

/// The member of this name, of an object of which nothing else counts.
fn member<'de, A: MapAccess<'de>>(mut map: A, name: &str) -> Result<Option<String>, A::Error> {
    let mut found = None;
    while let Some(key) = map.next_key::<Text>()? {
        if key.0.as_deref() == Some(name) {
            found = map.next_value::<Text>()?.0;
        } else {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(found)
}

/// An item.
#[derive(Debug, Default)]
pub(super) struct Item {
    id: Option<String>,
    url: Option<String>,
    external_url: Option<String>,
    title: Option<String>,
    content_html: Option<String>,
    content_text: Option<String>,
    summary: Option<String>,
    image: Option<String>,
    banner_image: Option<String>,
    published: Option<String>,
    modified: Option<String>,
    language: Option<String>,
    authors: Vec<Author>,
    tags: Vec<Tag>,
    attachments: Vec<Attachment>,
}

/// In a list of items, something that is none reads as an empty one.
impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Loose::<Self>::deserialize(deserializer)?.0.into_iter().next().unwrap_or_default())
    }
}

impl FromJson for Item {
    fn of_text(_: String) -> Option<Self> {
        None
    }

    fn of_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut this = Self::default();
        while let Some(key) = map.next_key::<Text>()? {
            let field = match key.0.as_deref().unwrap_or_default() {
                "id" => &mut this.id,
                "url" => &mut this.url,
                "external_url" => &mut this.external_url,
                "title" => &mut this.title,
                "content_html" => &mut this.content_html,
                "content_text" => &mut this.content_text,
                "summary" => &mut this.summary,
                "image" => &mut this.image,
                "banner_image" => &mut this.banner_image,
                "date_published" => &mut this.published,
                "date_modified" => &mut this.modified,
                "language" => &mut this.language,
                "author" | "authors" => {
                    this.authors.extend(map.next_value::<Loose<Author>>()?.0);
                    continue;
                }
                "tags" => {
                    this.tags = map.next_value::<Loose<Tag>>()?.0;
                    continue;
                }
                "attachments" => {
                    this.attachments = map.next_value::<Loose<Attachment>>()?.0;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = map.next_value::<Text>()?.0;
        }
        Ok(this)
    }
}

impl Item {
    /// As an entry; an item that says nothing is broken.
    pub(super) fn entry(self, hints: &Hints) -> Result<FeedEntry, BrokenEntry> {
        let date = |t: &Option<String>| t.as_deref().and_then(|t| dates::parse(t, hints.zone));
        let base = hints.url.as_deref().and_then(|u| url::Url::parse(u).ok());
        let absolute = |t: &Option<String>| {
            let given = t.as_deref().and_then(address)?;
            match &base {
                Some(base) if !is_web(&given) => Some(base.join(&given).map_or(given, Into::into)),
                _ => Some(given),
            }
        };
        let shown = |t: String| trimmed(&references::shown(&t));
        let guid = self.id.as_deref().and_then(address);
        let link = absolute(&self.url).or_else(|| absolute(&self.external_url));
        let published = date(&self.published);
        let mut media: Vec<Media> = Vec::new();
        let images = [&self.image, &self.banner_image].map(absolute).into_iter().flatten();
        for url in images {
            media.push(Media { url, content_type: None, caption: None, credit: None });
        }
        for attachment in &self.attachments {
            if let Some(url) = absolute(&attachment.url) {
                let content_type = attachment.mime_type.as_deref().and_then(trimmed);
                media.push(Media {
                    url,
                    content_type,
                    caption: attachment.title.as_deref().and_then(trimmed),
                    credit: None,
                });
            }
        }
        let entry = FeedEntry {
            link: link.or_else(|| guid.clone().filter(|g| is_web(g))),
            guid,
            title: self.title.and_then(shown).unwrap_or_default(),
            summary_html: self.summary.and_then(shown),
            content_html: self
                .content_html
                .as_deref()
                .and_then(trimmed)
                .or_else(|| self.content_text.and_then(shown)),
            published,
            updated: date(&self.modified).filter(|u| Some(*u) != published),
            authors: self.authors.into_iter().filter_map(Author::name).collect(),
            categories: self.tags.into_iter().map(|t| t.0).filter(|t| !t.is_empty()).collect(),
            language: self.language.as_deref().and_then(trimmed),
            media,
            ..FeedEntry::default()
        };
        let says = entry.guid.is_some()
            || entry.link.is_some()
            || !entry.title.is_empty()
            || entry.summary_html.is_some()
            || entry.content_html.is_some();
        if says {
            return Ok(entry);
        }
        let why = "it has no title, no text, no link and no id".to_owned();
        Err(BrokenEntry { text: "{}".to_owned(), why })
    }
}
