//! A document read item by item.

use wiredesk_contract::raw::FeedEntry;

use super::frame::{Framed, Root};
use super::{BrokenEntry, Document, FeedMeta, Hints, Tally, entry, parser, rescue};

/// Reads each item in a document of its own; where even that fails, from its fields.
pub(super) fn read(framed: &Framed, mut tally: Tally, hints: &Hints) -> Document {
    let (open, close, name) = match framed.root {
        Root::Atom => (framed.open.clone(), "</feed>", "entry"),
        Root::Rss => (format!("{}<channel>", framed.open), "</channel></rss>", "item"),
        // An RDF item in an RSS document: the names within are the same.
        Root::Rdf => (format!("{}<channel>", as_rss(&framed.open)), "</channel></rss>", "item"),
    };
    let wrap = |inner: &str| format!("{open}{inner}{close}");
    let meta = parser::parse(&wrap(&head(framed)), hints).map(|f| FeedMeta::of(&f)).unwrap_or_default();
    let one = |item: &str| -> Result<FeedEntry, String> {
        let feed = parser::parse(&wrap(item), hints)?;
        let found = feed.entries.into_iter().next().ok_or("no entry is seen in it")?;
        let found = entry::entry(found, &meta, hints.zone);
        if says_something(&found) {
            Ok(found)
        } else {
            Err("it has no title, no text, no link and no id".to_owned())
        }
    };
    let mut document = Document { meta: meta.clone(), ..Document::default() };
    for segment in &framed.items {
        let text = &framed.text[segment.start..segment.end];
        let closed = if segment.closed { text.to_owned() } else { format!("{text}</{name}>") };
        match one(&closed) {
            Ok(found) => document.entries.push(found),
            Err(why) => {
                let again = [true, false]
                    .into_iter()
                    .find_map(|authors| one(&rescue::rebuild(text, name, authors)).ok());
                match again {
                    Some(found) => {
                        tally.add("broken_markup");
                        document.entries.push(found);
                    }
                    None => document.broken.push(BrokenEntry { text: text.to_owned(), why }),
                }
            }
        }
    }
    document.repairs = tally;
    document
}

/// What stands before the first item.
fn head(framed: &Framed) -> String {
    let end = framed.items.first().map_or(framed.text.len(), |s| s.start);
    let head = framed.text.get(framed.open.len()..end).unwrap_or_default().trim();
    let head = head.strip_prefix("<channel>").unwrap_or(head);
    head.split("</channel>").next().unwrap_or_default().to_owned()
}

fn as_rss(open: &str) -> String {
    let mut out = "<rss version=\"2.0\"".to_owned();
    for (name, value) in super::frame::attributes(open) {
        if name.starts_with("xmlns:") {
            out.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    out.push('>');
    out
}

/// Is there anything in it that a reader could use?
pub(super) fn says_something(entry: &FeedEntry) -> bool {
    let text = |html: &str| !crate::text::plain(html).is_empty();
    text(&entry.title)
        || entry.summary_html.as_deref().is_some_and(text)
        || entry.content_html.as_deref().is_some_and(text)
        || entry.link.as_deref().is_some_and(no_markup)
        || entry.guid.as_deref().is_some_and(no_markup)
}

/// Markup that slipped into a link was percent-encoded when the link was made absolute.
fn no_markup(id: &str) -> bool {
    !id.contains('<') && !id.contains("%3C")
}
