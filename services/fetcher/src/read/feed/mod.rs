//! RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, and CDF, as wires write them: names in any case, prefix and namespace, fields
//! that are not closed, markup where text should be, an end that is missing.
//!
//! One pass over the tokens of [`super::xml`]. What is open is a short stack, so that depth costs no memory; an item is
//! known by its name wherever it stands, so that damage around it costs no item.

mod base;
mod channel;
mod fields;
mod form;
mod item;
pub(crate) mod names;
mod people;
#[cfg(test)]
mod tests;
mod value;
mod visible;

use super::entry::FeedMeta;
use super::xml::{Scanner, Tag, Token, references};
use super::{BrokenEntry, Document, Hints, Tally, Unreadable};
use base::Bases;
use item::{Field, Item};
use names::{Element, Namespaces, Ns, element};

/// Items of one document; more are counted and not kept. Feeds have tens, archives thousands.
pub const MOST_ITEMS: usize = 20_000;
/// Bytes of text of one document that are kept, in all its entries.
pub const MOST_TEXT: usize = 28 << 20;
/// Open elements that are remembered; the fields of a feed stand no deeper.
const DEEPEST: usize = 64;
/// Bytes of a broken item that go into its dead letter.
const LONGEST_BROKEN: usize = 64 << 10;

/// An open element.
#[derive(Clone, Copy, Debug)]
struct Frame<'a> {
    element: Element,
    name: &'a str,
    bound: usize,
    based: bool,
}

/// A feed while it is read.
pub(super) struct Reader<'a, 'h> {
    scan: Scanner<'a>,
    tally: Tally,
    hints: &'h Hints,
    spaces: Namespaces<'a>,
    bases: Bases,
    frames: Vec<Frame<'a>>,
    /// Elements open beyond those remembered.
    beyond: usize,
    /// The text may hold forbidden characters.
    dirty: bool,
    atom: bool,
    root: Option<Frame<'a>>,
    root_closed: bool,
    channel_closed: bool,
    html: bool,
    junk_before: bool,
    junk_after: bool,
    upper_case: bool,
    long: bool,
    meta: FeedMeta,
    title: Field<String>,
    sy: channel::Pace,
    item: Option<Item>,
    /// The name of items, as this document writes it.
    item_name: Option<&'a str>,
    person: people::Person,
    /// Text may be the address that an empty `<link/>` lost.
    empty_link: bool,
    entries: Vec<wiredesk_contract::raw::FeedEntry>,
    broken: Vec<BrokenEntry>,
    kept: usize,
    most: usize,
    beyond_limit: u32,
}

/// Reads a document; of its entries so many bytes of text are kept.
///
/// # Errors
/// [`Unreadable`] where nothing in it is a feed.
pub(super) fn read(text: &str, hints: &Hints, tally: Tally, most: usize) -> Result<Document, Unreadable> {
    let mut reader = Reader {
        scan: Scanner::new(text),
        tally,
        hints,
        spaces: Namespaces::default(),
        bases: Bases::new(hints.url.as_deref()),
        frames: Vec::with_capacity(DEEPEST),
        beyond: 0,
        dirty: references::has_forbidden(text),
        atom: false,
        root: None,
        root_closed: false,
        channel_closed: false,
        html: false,
        junk_before: false,
        junk_after: false,
        upper_case: false,
        long: false,
        meta: FeedMeta::default(),
        title: Field::default(),
        sy: channel::Pace::default(),
        item: None,
        item_name: None,
        person: people::Person::default(),
        empty_link: false,
        entries: Vec::new(),
        broken: Vec::new(),
        kept: 0,
        most,
        beyond_limit: 0,
    };
    while let Some(token) = reader.scan.next(None, &mut reader.tally) {
        match token {
            Token::Open(tag) => reader.open(tag),
            Token::Close(name) => reader.close(name),
            Token::Text(text) | Token::Cdata(text) => reader.loose(text),
            Token::Stray => reader.loose("<"),
        }
    }
    reader.finish(text)
}

impl<'a> Reader<'a, '_> {
    /// Text that no field holds.
    fn loose(&mut self, text: &'a str) {
        if self.frames.is_empty() {
            if !text.trim().is_empty() {
                let junk = if self.root.is_some() { &mut self.junk_after } else { &mut self.junk_before };
                *junk = true;
            }
        } else if self.inside() == Element::Author {
            let name = references::resolved(text, &mut self.scan.entities, &mut self.tally);
            self.person.text(&name);
        } else if self.empty_link {
            self.lost_link(text);
        }
    }

    /// The innermost open element.
    fn inside(&self) -> Element {
        self.frames.last().map_or(Element::Unknown, |f| f.element)
    }

    fn open(&mut self, tag: Tag<'a>) {
        if self.root.is_none() && !self.is_root(tag) {
            return;
        }
        let bound = self.spaces.bind(tag.attributes);
        let (prefix, local) = tag.name.split_once(':').unwrap_or(("", tag.name));
        let ns = self.spaces.of(prefix);
        let found = element(ns, local);
        if found == Element::Item {
            return self.open_item(tag, bound);
        }
        if self.root_closed && self.frames.is_empty() {
            self.junk_after = true;
        }
        if !self.upper_case && found != Element::Unknown && ns != Ns::Rdf && found != Element::Rdf {
            self.upper_case = local.starts_with(|c: char| c.is_ascii_uppercase());
        }
        let based = self.bases.enter(tag);
        let stays = self.beyond == 0 && self.fields_count(found) && self.field(tag, found, ns);
        if stays || tag.empty {
            // Read to its end already.
            self.bases.leave(based);
            self.spaces.unbind(bound);
            return;
        }
        self.push(Frame { element: found, name: tag.name, bound, based });
    }

    fn push(&mut self, frame: Frame<'a>) {
        if self.frames.len() < DEEPEST {
            self.frames.push(frame);
        } else {
            self.bases.leave(frame.based);
            self.spaces.unbind(frame.bound);
            self.beyond += 1;
        }
    }

    /// Do fields at this place belong to what is read? Not those of a source, an image, a contributor.
    fn fields_count(&self, found: Element) -> bool {
        let aside = |f: &&Frame| matches!(f.element, Element::Aside | Element::Source);
        found == Element::Channel || !self.frames.iter().rev().any(|f| aside(&f))
    }

    /// The root, or the first item where there is none.
    fn is_root(&mut self, tag: Tag<'a>) -> bool {
        let local = tag.name.rsplit(':').next().unwrap_or_default();
        let known = match element(Ns::Rss, local) {
            found @ (Element::Rss | Element::Feed | Element::Rdf | Element::Channel) => Some(found),
            Element::Item if !self.html => {
                self.tally.add("no_root");
                Some(Element::Unknown)
            }
            _ => None,
        };
        let Some(found) = known else {
            self.html |= local.eq_ignore_ascii_case("html");
            self.junk_before = true;
            return false;
        };
        self.root = Some(Frame { element: found, name: tag.name, bound: 0, based: false });
        self.describe_root(tag, found);
        true
    }

    fn open_item(&mut self, tag: Tag<'a>, bound: usize) {
        let start = self.scan.start();
        if self.item.is_some() {
            self.tally.add("unclosed_item");
            self.end_item(start);
        }
        let container =
            |f: &Frame| matches!(f.element, Element::Rss | Element::Rdf | Element::Feed | Element::Channel);
        // What is open around it and holds no items was not closed.
        while self.frames.last().is_some_and(|f| !container(f) && f.element != Element::Unknown) {
            self.pop();
        }
        while self.frames.len() > DEEPEST / 2 {
            self.pop();
        }
        self.beyond = 0;
        if tag.name.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.upper_case = true;
        }
        self.item_name = Some(tag.name);
        let based = self.bases.enter(tag);
        let item = self.new_item(tag, start);
        self.item = Some(item);
        self.push(Frame { element: Element::Item, name: tag.name, bound, based });
        if tag.empty {
            self.end_item(self.scan.end());
        }
    }

    fn close(&mut self, name: &'a str) {
        let crosses = |f: &Frame| {
            matches!(
                f.element,
                Element::Item | Element::Rss | Element::Rdf | Element::Feed | Element::Channel
            )
        };
        let is = |f: &Frame| f.name.eq_ignore_ascii_case(name);
        let own = match self.frames.iter().rposition(|f| is(f) || crosses(f)) {
            Some(n) if is(&self.frames[n]) => Some(n),
            // Not within the item: only what holds items ends it.
            Some(n) => self.frames[..n].iter().rposition(|f| is(f) && crosses(f)),
            None => None,
        };
        let Some(own) = own else {
            match self.beyond {
                0 if !self.frames.is_empty() => self.tally.add("stray_end_tag"),
                0 if self.root.is_none() => self.junk_before = true,
                0 => {}
                _ => self.beyond -= 1,
            }
            return;
        };
        if self.beyond > 0 {
            if !crosses(&self.frames[own]) {
                self.beyond -= 1;
                return;
            }
            self.beyond = 0;
        }
        if own + 1 < self.frames.len() {
            self.tally.add("unclosed_tag");
        }
        while self.frames.len() > own + 1 {
            if self.inside() == Element::Item {
                self.tally.add("unclosed_item");
                self.end_item(self.scan.start());
            } else {
                self.pop();
            }
        }
        if self.inside() == Element::Item {
            self.end_item(self.scan.end());
        } else {
            self.pop();
        }
    }

    /// Ends the innermost element.
    fn pop(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.bases.leave(frame.based);
        self.spaces.unbind(frame.bound);
        match frame.element {
            Element::Author => self.end_person(),
            Element::MediaGroup | Element::MediaContent => {
                // The content of a group shares the group's.
                let group = self.frames.iter().any(|f| f.element == Element::MediaGroup);
                if let Some(item) = self.item.as_mut().filter(|_| !group) {
                    item.end_group();
                }
            }
            Element::Channel => self.channel_closed = true,
            _ => {}
        }
        if self.frames.is_empty() {
            self.root_closed = true;
        }
        if let Some(item) = &mut self.item {
            item.children += 1;
        }
    }

    /// Ends the item that is read, at this byte of the document.
    fn end_item(&mut self, end: usize) {
        while self.frames.last().is_some_and(|f| f.element != Element::Item) {
            self.pop();
        }
        let Some(item) = self.item.take() else { return };
        self.pop();
        if item.overfull {
            self.tally.add("field_limit");
        }
        if self.entries.len() + self.broken.len() >= MOST_ITEMS || self.kept > self.most {
            self.beyond_limit = self.beyond_limit.saturating_add(1);
            return;
        }
        let damaged = self.tally.total() > item.repairs_before;
        if item.says_nothing() && (damaged || item.children == 0) {
            let text = &self.scan.text()[item.start..end];
            let cut = (0..=text.len().min(LONGEST_BROKEN)).rev().find(|n| text.is_char_boundary(*n));
            let text = text[..cut.unwrap_or(0)].to_owned();
            self.kept += text.len() + 160;
            let why = "it has no title, no text, no link and no id".to_owned();
            return self.broken.push(BrokenEntry { text, why });
        }
        let entry = item.entry(&self.meta, self.hints.zone);
        self.kept += size(&entry);
        self.entries.push(entry);
    }

    fn finish(mut self, text: &str) -> Result<Document, Unreadable> {
        let Some(root) = self.root else { return Err(super::no_feed(text)) };
        if self.html && self.entries.is_empty() && self.broken.is_empty() {
            return Err(Unreadable::WebPage);
        }
        let mut partial = self.item.take().is_some();
        if !self.frames.is_empty() || self.scan.cut || partial {
            if self.channel_closed && !partial && root.element == Element::Rss {
                self.tally.add("unclosed_root");
            } else {
                self.tally.add("truncated");
                partial = true;
            }
        }
        if self.entries.is_empty() && self.broken.is_empty() && !partial {
            // An empty feed in which items can be seen is not said to be empty.
            let unread = visible::items(text);
            self.tally.add_n("unread_items", unread);
            partial = unread > 0;
        }
        for (kind, seen) in [
            ("junk_before", self.junk_before),
            ("junk_after", self.junk_after),
            ("upper_case_tags", self.upper_case),
            ("long_text", self.long),
        ] {
            if seen {
                self.tally.add(kind);
            }
        }
        self.tally.add_n("unbound_prefix", u32::try_from(self.spaces.unbound.len()).unwrap_or(u32::MAX));
        self.tally.add_n("item_limit", self.beyond_limit);
        self.meta.title = self.title.take();
        self.meta.update_minutes = self.sy.minutes();
        Ok(Document {
            meta: self.meta,
            entries: self.entries,
            broken: self.broken,
            repairs: self.tally,
            partial: partial || self.beyond_limit > 0,
            children: Vec::new(),
        })
    }
}

/// Bytes that an entry holds, about.
pub(super) fn size(entry: &wiredesk_contract::raw::FeedEntry) -> usize {
    let own = |t: &Option<String>| t.as_ref().map_or(0, String::len);
    let lists = entry.authors.iter().chain(&entry.categories).map(|t| t.len() + 40).sum::<usize>();
    let media =
        entry.media.iter().map(|m| m.url.len() + own(&m.caption) + own(&m.credit) + 140).sum::<usize>();
    let texts = own(&entry.summary_html) + own(&entry.content_html) + own(&entry.guid) + own(&entry.link);
    600 + entry.title.len() + texts + own(&entry.copyright) + own(&entry.language) + lists + media
}
