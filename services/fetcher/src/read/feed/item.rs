//! An item while it is read, and the entry that it becomes.

use chrono_tz::Tz;
use wiredesk_contract::Timestamp;
use wiredesk_contract::media::Media;
use wiredesk_contract::raw::FeedEntry;

use crate::read::FeedMeta;
use crate::read::dates;
use crate::read::entry::{address, is_web, trim_in_place};

/// Authors, categories or media of one item; more are left out and counted.
const MOST: usize = 500;

/// A field and how deep in its item it stands: of two the shallower counts, of equals the first.
#[derive(Debug)]
pub(super) struct Field<T>(Option<(usize, T)>);

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Field<T> {
    pub(super) fn set(&mut self, depth: usize, value: T) {
        if self.0.as_ref().is_none_or(|(d, _)| depth < *d) {
            self.0 = Some((depth, value));
        }
    }

    /// The same, but of equals the last.
    pub(super) fn set_anew(&mut self, depth: usize, value: T) {
        if self.0.as_ref().is_none_or(|(d, _)| depth <= *d) {
            self.0 = Some((depth, value));
        }
    }

    /// Was it set at this depth or above?
    pub(super) fn is_set_at(&self, depth: usize) -> bool {
        self.0.as_ref().is_some_and(|(d, _)| *d <= depth)
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// An item while it is read.
#[derive(Debug, Default)]
pub(super) struct Item {
    /// Its first byte in the document.
    pub start: usize,
    pub id: Field<String>,
    /// Its id is its address, unless it has another.
    pub permalink: bool,
    pub title: Field<String>,
    pub media_title: Option<String>,
    pub link: Field<String>,
    /// Addresses of other forms of it.
    pub other_link: Option<String>,
    pub summary: Field<String>,
    pub content: Field<String>,
    pub published: Field<Timestamp>,
    pub updated: Field<Timestamp>,
    pub created: Field<Timestamp>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    pub language: Option<String>,
    pub copyright: Option<String>,
    pub media: Vec<Media>,
    pub thumbnail: Option<String>,
    /// The first of `media` that the open `media:group` or `media:content` holds.
    pub group: usize,
    pub caption: Option<String>,
    pub credit: Option<String>,
    /// Some field did not fit.
    pub overfull: bool,
    /// It has elements that were whole.
    pub children: usize,
    /// Repairs that had been made when it began.
    pub repairs_before: u64,
}

impl Item {
    pub(super) fn author(&mut self, name: String) {
        push(&mut self.authors, name, &mut self.overfull);
    }

    pub(super) fn category(&mut self, mut name: String) {
        trim_in_place(&mut name);
        push(&mut self.categories, name, &mut self.overfull);
    }

    pub(super) fn medium(&mut self, url: String, content_type: Option<String>) {
        if self.media.len() >= MOST {
            self.overfull = true;
        } else if !url.is_empty() && self.media.iter().all(|m| m.url != url) {
            // The declared length is not kept: some wires give the same false one to every picture.
            self.media.push(Media { url, content_type, caption: None, credit: None });
        }
    }

    /// A `media:group` or `media:content` ends: its caption and credit are those of what it held.
    pub(super) fn end_group(&mut self) {
        for medium in self.media.iter_mut().skip(self.group) {
            medium.caption = medium.caption.take().or_else(|| self.caption.clone());
            medium.credit = medium.credit.take().or_else(|| self.credit.clone());
        }
        self.caption = None;
        self.credit = None;
        self.group = self.media.len();
    }

    /// Nothing that a reader could use is in it.
    pub(super) fn says_nothing(&self) -> bool {
        let text = |f: &Field<String>| f.0.as_ref().is_some_and(|(_, t)| !crate::text::plain(t).is_empty());
        let id = |f: &Field<String>| f.0.as_ref().is_some_and(|(_, t)| !t.is_empty() && !t.contains('<'));
        !(text(&self.title) || text(&self.summary) || text(&self.content) || id(&self.link) || id(&self.id))
    }

    pub(super) fn entry(mut self, feed: &FeedMeta, zone: Option<Tz>) -> FeedEntry {
        self.group = 0;
        self.end_group();
        if self.media.is_empty()
            && let Some(url) = self.thumbnail.take()
        {
            self.medium(url, None);
        }
        let guid = self.id.take();
        let of_guid = guid.clone().filter(|g| is_web(g) || (self.permalink && g.starts_with('/')));
        let link = self.link.take().or(of_guid).or(self.other_link).and_then(|l| address(&l));
        let published =
            self.published.take().or(if self.updated.is_set() { None } else { self.created.take() });
        let updated = self.updated.take();
        // Outside Atom the one date that an item has (`dc:date`) is that of its publication.
        let published = published.or(updated.filter(|_| !feed.form.starts_with("Atom")));
        let updated = updated.filter(|u| Some(*u) != published);
        // Some wires date an item only in its link.
        let of_link = || link.as_deref().and_then(|l| dates::of_link(l, zone));
        let whole = |mut t: String| {
            trim_in_place(&mut t);
            (!t.is_empty()).then_some(t)
        };
        FeedEntry {
            published: published.or_else(|| if updated.is_none() { of_link() } else { None }),
            updated,
            title: self.title.take().and_then(whole).or(self.media_title).unwrap_or_default(),
            summary_html: self.summary.take().and_then(whole),
            content_html: self.content.take().and_then(whole),
            authors: self.authors,
            categories: self.categories,
            language: self.language.or_else(|| feed.language.clone()),
            copyright: self.copyright.or_else(|| feed.copyright.clone()),
            guid,
            link,
            media: self.media,
            ..FeedEntry::default()
        }
    }
}

fn push(list: &mut Vec<String>, value: String, overfull: &mut bool) {
    if value.is_empty() || list.last() == Some(&value) {
        return;
    }
    if list.len() >= MOST {
        *overfull = true;
    } else if list.len() > 32 || !list.contains(&value) {
        list.push(value);
    }
}
