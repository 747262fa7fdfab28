//! The items of an XML document, cut out of it without parsing the whole, so that each is mended and parsed alone: a broken
//! one costs no neighbour, and memory holds one tree at a time.

use super::super::repair::mend;
use super::super::segment::opaque_end;
use super::super::{BrokenEntry, Document, Tally};
use super::draft::Draft;
use super::tree::{El, Tree, local};

/// Most entries of one document: what a sitemap may hold. More than that are counted, not read.
pub(super) const MAX_ITEMS: usize = 50_000;
/// Most broken items that are kept; more are counted.
const MAX_BROKEN: usize = 1_000;
/// How much of a broken item is kept, in bytes.
const MAX_BROKEN_TEXT: usize = 256 << 10;
/// Largest item, in bytes after mending.
const MAX_ITEM: usize = 8 << 20;
/// How much of a document's head is read for what it says of all items, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// What to cut out of a document.
#[derive(Clone, Debug)]
pub(super) struct Shape<'a> {
    /// Full name of the document's root.
    pub(super) root: &'a str,
    /// Prefix of the items, with its colon.
    pub(super) prefix: &'a str,
    /// Local names of the items.
    pub(super) items: &'static [&'static str],
}

/// An item by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// From its start tag to its end tag.
    pub(super) text: &'a str,
    /// It has its end tag.
    pub(super) closed: bool,
    /// Where it starts.
    pub(super) start: usize,
}

/// The items, in order. One without end tag ends where the next starts, the last one at the end of the document.
pub(super) struct Segments<'a> {
    text: &'a str,
    shape: Shape<'a>,
    at: usize,
    open: Option<usize>,
}

impl<'a> Segments<'a> {
    pub(super) fn new(text: &'a str, shape: Shape<'a>) -> Self {
        Self { text, shape, at: 0, open: None }
    }

    /// Does the name of an item start here?
    fn is_item(&self, rest: &str) -> bool {
        let Some(rest) = rest.strip_prefix(self.shape.prefix) else { return false };
        self.shape.items.iter().any(|name| {
            let bytes = rest.as_bytes();
            bytes.len() >= name.len()
                && bytes[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && bytes
                    .get(name.len())
                    .is_none_or(|b| matches!(b, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
        })
    }

    fn segment(&self, start: usize, end: usize, closed: bool) -> Segment<'a> {
        Segment { text: &self.text[start..end], closed, start }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        while let Some(step) = self.text[self.at..].find('<') {
            let start = self.at + step;
            let rest = &self.text[start..];
            if let Some(end) = opaque_end(rest) {
                self.at = start + end;
                continue;
            }
            self.at = start + 1;
            if let Some(name) = rest[1..].strip_prefix('/') {
                if self.is_item(name)
                    && let Some(open) = self.open.take()
                {
                    let end = rest[1..].find(['<', '>']).map_or(rest.len(), |n| n + 1);
                    self.at = start + end + usize::from(rest[end..].starts_with('>'));
                    return Some(self.segment(open, self.at, true));
                }
            } else if self.is_item(&rest[1..]) {
                let before = self.open.replace(start);
                if let Some(end) = empty_end(rest) {
                    self.at = start + end;
                    self.open = None;
                    if before.is_none() {
                        return Some(self.segment(start, self.at, true));
                    }
                }
                if let Some(before) = before {
                    return Some(self.segment(before, start, false));
                }
            }
        }
        self.at = self.text.len();
        self.open.take().map(|open| self.segment(open, self.text.len(), false))
    }
}

/// The end of a tag that is an element of its own, `<url/>`.
fn empty_end(rest: &str) -> Option<usize> {
    let end = rest[1..].find(['<', '>'])? + 1;
    rest[..=end].ends_with("/>").then_some(end + 1)
}

/// Reads every item of a document. `head` sees what stands before the first one, `item` each of them; an item that is an
/// error, or says nothing, is kept as broken.
pub(super) fn read(
    text: &str,
    shape: &Shape<'_>,
    repairs: &mut Tally,
    mut head: impl FnMut(El<'_>, &mut Document),
    mut item: impl FnMut(El<'_>, &mut Document) -> Result<Option<Draft>, String>,
) -> Document {
    let mut document = Document::default();
    let mut versions: Vec<u64> = Vec::new();
    let (mut first, mut count, mut cut) = (true, 0_usize, None);
    let root_is_item = shape.items.iter().any(|name| local(shape.root).eq_ignore_ascii_case(name));
    let ended = !root_is_item && ends(text, shape.root);
    let mut look_at_head = |end: usize, document: &mut Document| {
        let mended = mend(&text[..text.floor_char_boundary(end.min(MAX_HEAD))], &mut Tally::default());
        head(Tree::parse(&mended).root(), document);
    };
    for segment in Segments::new(text, shape.clone()) {
        if std::mem::take(&mut first) {
            look_at_head(segment.start, &mut document);
        }
        if !segment.closed && !ended && segment.start + segment.text.len() == text.len() {
            cut = Some(segment);
            break;
        }
        count += 1;
        if count > MAX_ITEMS {
            repairs.add("over_the_cap");
            continue;
        }
        let found = one(segment.text, repairs, |el| item(el, &mut document));
        match found {
            Ok(Some(draft)) => match draft.finish() {
                Some((entry, version)) => {
                    document.entries.push(entry);
                    versions.push(version);
                }
                None => broken(
                    &mut document,
                    segment.text,
                    "it has no title, no text, no link and no id",
                    repairs,
                ),
            },
            Ok(None) => {}
            Err(why) => broken(&mut document, segment.text, &why, repairs),
        }
    }
    if first && cut.is_none() {
        look_at_head(text.len(), &mut document);
    }
    if cut.is_some() || !ended && !root_is_item {
        repairs.add("truncated");
        document.partial = true;
    }
    // A cut item among whole ones comes again whole; a document that is one item has nothing else to show.
    if let Some(segment) = cut
        && document.entries.is_empty()
    {
        broken(
            &mut document,
            segment.text,
            "the document ends in the middle of it; it has to be sent again",
            repairs,
        );
    }
    super::versions::newest(&mut document.entries, &versions, repairs);
    document
}

/// Parses one item and reads it.
fn one<T>(
    text: &str,
    repairs: &mut Tally,
    read: impl FnOnce(El<'_>) -> Result<T, String>,
) -> Result<T, String> {
    if is_too_large(text) {
        return Err(TOO_LARGE.to_owned());
    }
    let mended = mend(text, repairs);
    let tree = Tree::parse(&mended);
    if tree.odd_tags > 0 {
        repairs.add("broken_markup");
    }
    if tree.cut {
        repairs.add("over_the_cap");
    }
    read(tree.root().children().next().unwrap_or(tree.root()))
}

/// What is said of an item that is.
pub(super) const TOO_LARGE: &str = "it is larger than the 8 MiB that an item may have";

/// Would the item be too large when it is mended, where a `&` may become five bytes and a `<` four?
pub(super) fn is_too_large(text: &str) -> bool {
    let growth = text.bytes().filter(|b| matches!(b, b'&' | b'<')).count() * 4;
    text.len() + growth > MAX_ITEM
}

/// Keeps a broken item, of a very long one the beginning.
pub(super) fn broken(document: &mut Document, text: &str, why: &str, repairs: &mut Tally) {
    if document.broken.len() < MAX_BROKEN {
        let end = text.floor_char_boundary(MAX_BROKEN_TEXT);
        document.broken.push(BrokenEntry { text: text[..end].to_owned(), why: why.to_owned() });
    } else {
        repairs.add("broken_item");
    }
}

/// Does the document have its root's end tag?
fn ends(text: &str, root: &str) -> bool {
    let close = format!("</{root}");
    text.rfind(&close).is_some_and(|at| {
        let after = &text[at + close.len()..];
        after.trim_start().starts_with('>')
    }) || empty_root(text, root)
}

/// `<urlset …/>`
fn empty_root(text: &str, root: &str) -> bool {
    let open = format!("<{root}");
    text.find(&open).is_some_and(|at| empty_end(&text[at..]).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(&str, bool)> {
        let shape = Shape { root: "n:set", prefix: "n:", items: &["url", "map"] };
        Segments::new(text, shape).map(|s| (s.text, s.closed)).collect()
    }

    #[test]
    fn items_are_cut_out_whatever_is_broken() {
        for (text, expected) in [
            (
                "<n:set><n:url a='1'>x</n:url><n:MAP>y</n:MAP></n:set>",
                vec![("<n:url a='1'>x</n:url>", true), ("<n:MAP>y</n:MAP>", true)],
            ),
            ("<n:url>x<n:url>y</n:url>", vec![("<n:url>x", false), ("<n:url>y</n:url>", true)]),
            ("<n:url/><n:url>x", vec![("<n:url/>", true), ("<n:url>x", false)]),
            ("<n:url>x<n:map/>y</n:url>", vec![("<n:url>x", false)]),
            ("<n:url><![CDATA[</n:url>]]></n:url>", vec![("<n:url><![CDATA[</n:url>]]></n:url>", true)]),
            ("<url>x</url><n:urls/><m:url/>", vec![]),
            ("<n:url", vec![("<n:url", false)]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn items_are_in_order(text in "(<n:url>|</n:url>|<n:url/>|<n:map |<!\\[CDATA\\[|\\]\\]>|<!--|-->|é|x|<|>){0,40}") {
            let mut last = 0;
            for segment in Segments::new(&text, Shape { root: "n:set", prefix: "n:", items: &["url", "map"] }) {
                assert!(segment.start >= last);
                last = segment.start + segment.text.len();
            }
        }
    }
}
