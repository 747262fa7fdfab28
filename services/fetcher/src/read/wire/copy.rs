//! The copy of an item in whatever an agency put into the place for it: NITF, XHTML, HTML in a CDATA section or escaped,
//! or plain text.

use super::super::repair::mend;
use super::super::{Hints, Tally};
use super::draft::Draft;
use super::tree::{El, Tree};
use super::{html, media, nitf, plain};

/// A copy, and how it was written: the more structure, the better.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Copy {
    /// 3 NITF, 2 HTML, 1 plain text.
    pub(super) rank: u8,
    /// As simple HTML.
    pub(super) html: String,
}

/// The copy that an element holds, by what is in it. What else its markup says (a NITF byline, pictures) goes to the draft
/// where that does not know it yet.
pub(super) fn of_element(
    el: El<'_>,
    content_type: &str,
    title: &str,
    hints: &Hints,
    draft: &mut Draft,
) -> Copy {
    if let Some(nitf) = el.children().find(|e| e.is("nitf")) {
        let html = nitf.find("body.content").or_else(|| nitf.child("body")).map(|b| html::copy(b, title));
        nitf::fill(nitf, hints, draft);
        return Copy { rank: 3, html: html.unwrap_or_default() };
    }
    if el.children().next().is_some() {
        media::of_html(el, hints, draft);
        return Copy { rank: 2, html: html::copy(el, title) };
    }
    of_text(&el.raw_text(), content_type, title, hints, draft)
}

/// The copy in a string.
pub(super) fn of_text(text: &str, content_type: &str, title: &str, hints: &Hints, draft: &mut Draft) -> Copy {
    if !(is_markup_type(content_type) || looks_like_markup(text)) {
        return Copy { rank: 1, html: plain::copy(text) };
    }
    let mended = mend(text, &mut Tally::default());
    let tree = Tree::parse(&mended);
    let root = tree.root();
    // Text that is declared as HTML and has no tag in it keeps its lines.
    if root.children().next().is_none() {
        return Copy { rank: 1, html: plain::copy(&root.raw_text()) };
    }
    of_element(root, "", title, hints, draft)
}

fn is_markup_type(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    ["html", "xml", "nitf"].iter().any(|t| lower.contains(t))
}

/// Is there a tag that copy has?
fn looks_like_markup(text: &str) -> bool {
    const TAGS: [&str; 12] =
        ["<p>", "<p ", "<br", "<div", "<html", "<body", "<nitf", "<ul", "<table", "<h2", "<section", "</"];
    text.contains('<') && TAGS.iter().any(|tag| text.contains(tag))
}

/// How much text there is in simple HTML, in bytes.
pub(super) fn weight(html: &str) -> usize {
    html.split('<')
        .map(|piece| piece.split_once('>').map_or(piece.len(), |(_, text)| text.trim().len()))
        .sum()
}

/// The best of several renderings of one copy: the one with most structure among those that are not much shorter than
/// the longest.
pub(super) fn best(copies: Vec<Copy>) -> String {
    let longest = copies.iter().map(|c| weight(&c.html)).max().unwrap_or_default();
    let mut best = Copy::default();
    for copy in copies {
        if weight(&copy.html) * 2 >= longest && copy.rank > best.rank {
            best = copy;
        }
    }
    best.html
}
