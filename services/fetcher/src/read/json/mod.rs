//! JSON Feed 1.0 and 1.1, as they come: values of the wrong type are passed over, and of a document that ends early or
//! breaks off the whole items are kept.
//!
//! Nothing is built of what is not kept, so that a document of ten million empty objects costs no memory.

mod item;
mod loose;
mod mend;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::entry::{address, trimmed};
use super::feed::{MOST_ITEMS, MOST_TEXT};
use super::{Document, Hints, Tally, Unreadable};
use item::{Author, Item};
use loose::{Loose, Text};

/// Reads a document.
///
/// # Errors
/// [`Unreadable::Json`] where it is no JSON Feed.
pub(super) fn read(text: &str, hints: &Hints, repairs: Tally) -> Result<Document, Unreadable> {
    let (mut feed, mut outcome) = whole(text, hints, repairs.clone());
    if outcome.as_ref().is_err_and(|e| !e.is_eof()) {
        let mut repairs = repairs;
        let mended = mend::mend(text, &mut repairs);
        (feed, outcome) = whole(&mended, hints, repairs);
    }
    let Feed { mut document, version, items, beyond, authors, .. } = feed;
    if !items && !version.contains("jsonfeed") {
        let why = outcome.err().map_or_else(|| "it has no items".to_owned(), |e| e.to_string());
        return Err(Unreadable::Json(why));
    }
    document.meta.form =
        if version.contains("/1.1") || version.is_empty() { "JSON Feed 1.1" } else { "JSON Feed 1" };
    match outcome {
        Ok(true) => {}
        Ok(false) => document.repairs.add("junk_after"),
        Err(error) => {
            document.repairs.add(if error.is_eof() { "truncated" } else { "broken_json" });
            document.partial = true;
        }
    }
    if beyond > 0 {
        document.repairs.add_n("item_limit", beyond);
        document.partial = true;
    }
    for entry in &mut document.entries {
        if entry.authors.is_empty() {
            entry.authors.clone_from(&authors);
        }
        entry.language = entry.language.take().or_else(|| document.meta.language.clone());
    }
    Ok(document)
}

/// Reads a document as it is; true where nothing follows it.
fn whole<'h>(text: &str, hints: &'h Hints, repairs: Tally) -> (Feed<'h>, serde_json::Result<bool>) {
    let mut feed = Feed::new(hints, repairs);
    let mut json = serde_json::Deserializer::from_str(text);
    let outcome = Whole(&mut feed).deserialize(&mut json).map(|()| json.end().is_ok());
    (feed, outcome)
}

/// A feed while it is read.
struct Feed<'h> {
    hints: &'h Hints,
    document: Document,
    version: String,
    /// It has a list of items.
    items: bool,
    authors: Vec<String>,
    kept: usize,
    beyond: u32,
}

impl<'h> Feed<'h> {
    fn new(hints: &'h Hints, repairs: Tally) -> Self {
        Self {
            hints,
            document: Document { repairs, ..Document::default() },
            version: String::new(),
            items: false,
            authors: Vec::new(),
            kept: 0,
            beyond: 0,
        }
    }
}

struct Whole<'f, 'h>(&'f mut Feed<'h>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let feed = self.0;
        while let Some(key) = map.next_key::<Text>()? {
            match key.0.as_deref().unwrap_or_default() {
                "version" => feed.version = map.next_value::<Text>()?.0.unwrap_or_default(),
                "title" => {
                    feed.document.meta.title = map.next_value::<Text>()?.0.as_deref().and_then(trimmed)
                }
                "language" => {
                    feed.document.meta.language = map.next_value::<Text>()?.0.as_deref().and_then(trimmed);
                }
                "feed_url" => {
                    feed.document.meta.self_link = map.next_value::<Text>()?.0.as_deref().and_then(address);
                }
                "hubs" => {
                    let hubs = map.next_value::<Loose<item::Hub>>()?.0;
                    feed.document.meta.hubs = hubs.into_iter().take(8).filter_map(item::Hub::url).collect();
                }
                "author" | "authors" => {
                    let authors = map.next_value::<Loose<Author>>()?.0;
                    feed.authors = authors.into_iter().filter_map(Author::name).collect();
                }
                "items" => map.next_value_seed(Items(feed))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct Items<'f, 'h>(&'f mut Feed<'h>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let feed = self.0;
        feed.items = true;
        loop {
            if feed.document.entries.len() + feed.document.broken.len() >= MOST_ITEMS || feed.kept > MOST_TEXT
            {
                while list.next_element::<IgnoredAny>()?.is_some() {
                    feed.beyond = feed.beyond.saturating_add(1);
                }
                return Ok(());
            }
            let Some(item) = list.next_element::<Item>()? else { return Ok(()) };
            match item.entry(feed.hints) {
                Ok(entry) => {
                    feed.kept += super::feed::size(&entry);
                    feed.document.entries.push(entry);
                }
                Err(broken) => feed.document.broken.push(broken),
            }
        }
    }
}
