//! The fields of an item.

use super::item::Item;
use super::names::{Element, Ns};
use super::people::name_of;
use super::{Frame, Reader};
use crate::read::dates;
use crate::read::entry::{address, is_web, trim_in_place, trimmed};
use crate::read::xml::attributes::get;
use crate::read::xml::{Tag, references};

impl<'a> Reader<'a, '_> {
    /// Takes the field that this tag opens. True where it was read to its end; false where its children are to be read.
    pub(super) fn field(&mut self, tag: Tag<'a>, found: Element, ns: Ns) -> bool {
        if self.item.is_none() {
            return self.channel_field(tag, found, ns);
        }
        if !tag.attributes.is_empty() || tag.empty {
            // `<link/>`, `<category term="…"/>`: something of it was seen.
            self.with_item(|_| {});
        }
        let depth = self.depth();
        let in_media =
            self.frames.iter().any(|f| matches!(f.element, Element::MediaContent | Element::MediaGroup));
        match found {
            Element::Title => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| i.title.set(depth, text));
            }
            Element::MediaTitle => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| i.media_title = i.media_title.take().or_else(|| trimmed(&text)));
            }
            Element::Description if ns == Ns::Atom || self.atom && ns == Ns::Rss => {
                // Atom 0.3's tagline is the feed's; an entry has none.
                return false;
            }
            Element::Description | Element::Summary => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| {
                    if i.summary.is_set_at(depth) && !i.content.is_set() {
                        i.content.set(depth + 1, text)
                    } else {
                        i.summary.set(depth, text)
                    }
                });
            }
            Element::Content if ns == Ns::Xhtml && self.inside() != Element::Item => return false,
            Element::Content => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| {
                    if !text.is_empty() {
                        i.content.set(depth, text)
                    }
                });
            }
            Element::Link => return self.item_link(tag, depth),
            Element::Id => {
                let guid = tag.name.eq_ignore_ascii_case("guid");
                let permalink = guid
                    && !self
                        .attribute(tag, "isPermaLink")
                        .is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
                let text = self.plain(tag, found);
                if let Some(id) = address(&text) {
                    let id = if guid && !permalink { id } else { self.bases.resolve(id) };
                    self.with_item(|i| {
                        if !i.id.is_set() {
                            i.permalink = permalink;
                        }
                        i.id.set(depth, id);
                    });
                }
            }
            Element::Published | Element::Updated | Element::Created => {
                let text = self.plain(tag, found);
                if let Some(date) = dates::parse(&text, self.hints.zone) {
                    self.with_item(|i| match found {
                        Element::Published => i.published.set_anew(depth, date),
                        Element::Updated => i.updated.set_anew(depth, date),
                        _ => i.created.set(depth, date),
                    });
                }
            }
            Element::Author => {
                self.person.clear();
                return false;
            }
            Element::Name => {
                let text = self.plain(tag, found);
                self.person.name(&text);
            }
            Element::Email => {
                let text = self.plain(tag, found);
                self.person.email(&text);
            }
            Element::Category => return self.category(tag),
            Element::Language => {
                let text = self.plain(tag, found);
                self.with_item(|i| i.language = trimmed(&text).or(i.language.take()));
            }
            Element::Copyright => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| i.copyright = i.copyright.take().or_else(|| trimmed(&text)));
            }
            Element::Enclosure | Element::MediaContent => {
                let url = self.attribute(tag, "url").or_else(|| self.attribute(tag, "href"));
                let kind = self.attribute(tag, "type").as_deref().and_then(trimmed);
                if let Some(url) = url.as_deref().and_then(address).map(|u| self.bases.resolve(u)) {
                    if found == Element::MediaContent && !in_media {
                        self.with_item(|i| i.end_group());
                    }
                    self.with_item(|i| i.medium(url, kind));
                }
                return false;
            }
            Element::MediaGroup => {
                self.with_item(|i| i.end_group());
                return false;
            }
            Element::MediaThumbnail => {
                let url =
                    self.attribute(tag, "url").as_deref().and_then(address).map(|u| self.bases.resolve(u));
                self.with_item(|i| i.thumbnail = i.thumbnail.take().or(url));
                return false;
            }
            Element::MediaDescription => {
                let text = self.html(tag, found, ns);
                self.with_item(|i| {
                    i.caption = i.caption.take().or_else(|| trimmed(&text));
                    i.summary.set(usize::MAX, text);
                });
            }
            Element::MediaCredit => {
                let text = self.plain(tag, found);
                self.with_item(|i| i.credit = i.credit.take().or_else(|| trimmed(&text)));
            }
            _ => return false,
        }
        true
    }

    fn with_item(&mut self, change: impl FnOnce(&mut Item)) {
        if let Some(item) = &mut self.item {
            item.children += 1;
            change(item);
        }
    }

    /// How deep in its item, or in the feed, the place is.
    pub(super) fn depth(&self) -> usize {
        let container = |f: &Frame| {
            matches!(
                f.element,
                Element::Item | Element::Rss | Element::Rdf | Element::Feed | Element::Channel
            )
        };
        self.frames.iter().rev().take_while(|f| !container(f)).count()
    }

    /// An attribute by its local name, its references resolved.
    pub(super) fn attribute(&mut self, tag: Tag<'a>, local: &str) -> Option<String> {
        let value = get(tag.attributes, local)?;
        Some(references::resolved(value, &mut self.scan.entities, &mut self.tally))
    }

    /// A new item, with what its tag says.
    pub(super) fn new_item(&mut self, tag: Tag<'a>, start: usize) -> Item {
        let mut item = Item { start, repairs_before: self.tally.total(), ..Item::default() };
        if tag.attributes.is_empty() {
            return item;
        }
        if let Some(about) = self.attribute(tag, "about").as_deref().and_then(address) {
            item.id.set(usize::MAX, self.bases.resolve(about));
        }
        // CDF.
        if let Some(href) = self.attribute(tag, "href").as_deref().and_then(address) {
            item.link.set(usize::MAX, self.bases.resolve(href));
        }
        if let Some(date) = self.attribute(tag, "lastmod").and_then(|d| dates::parse(&d, self.hints.zone)) {
            item.updated.set(usize::MAX, date);
        }
        item.language = super::channel::xml_lang(tag);
        item
    }

    fn item_link(&mut self, tag: Tag<'a>, depth: usize) -> bool {
        let Some(href) = self.attribute(tag, "href") else {
            if tag.empty {
                self.empty_link = true;
                return true;
            }
            let text = self.plain(tag, Element::Link);
            if let Some(link) = address(&text) {
                let link = self.bases.resolve(link);
                self.with_item(|i| i.link.set(depth, link));
            }
            return true;
        };
        let Some(href) = address(&href).map(|h| self.bases.resolve(h)) else { return false };
        let rel = self.attribute(tag, "rel").unwrap_or_default().trim().to_ascii_lowercase();
        let kind = self.attribute(tag, "type").as_deref().and_then(trimmed);
        match rel.as_str() {
            "" | "alternate" => {
                let html = kind.as_deref().is_none_or(|k| k.contains("html"));
                self.with_item(|i| {
                    if html {
                        i.link.set(depth, href)
                    } else {
                        i.other_link = i.other_link.take().or(Some(href))
                    }
                });
            }
            "enclosure" => self.with_item(|i| i.medium(href, kind)),
            _ => {}
        }
        false
    }

    /// The address after an empty `<link/>`, as some tools for HTML leave it.
    pub(super) fn lost_link(&mut self, text: &str) {
        self.empty_link = false;
        let depth = self.depth();
        if is_web(text.trim()) && !text.trim().contains(char::is_whitespace) {
            self.tally.add("broken_markup");
            let link = references::resolved(text.trim(), &mut self.scan.entities, &mut self.tally);
            self.with_item(|i| i.link.set(depth, link));
        }
    }

    fn category(&mut self, tag: Tag<'a>) -> bool {
        let mut named = ["label", "text", "term"].into_iter().filter_map(|n| get(tag.attributes, n));
        if let Some(name) = named.find(|n| !n.trim().is_empty()) {
            let name = references::resolved(name, &mut self.scan.entities, &mut self.tally);
            self.with_item(|i| i.category(name));
            return false;
        }
        let text = self.plain(tag, Element::Category);
        self.with_item(|i| i.category(text));
        true
    }

    /// An author's element ended.
    pub(super) fn end_person(&mut self) {
        let name = self.person.take();
        if let Some(mut name) = name.map(|n| name_of(&n)) {
            trim_in_place(&mut name);
            self.with_item(|i| i.author(name));
        }
    }
}
