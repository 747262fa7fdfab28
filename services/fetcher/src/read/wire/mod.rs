//! The formats that agencies and sitemaps use, each to the entries that feeds give: news sitemaps and sitemap indexes,
//! NewsML 1.2, NewsML-G2, NITF, ninjs and IPTC 7901. Pure functions of decoded text.
//!
//! XML is cut into its items ([`items`]), each is mended and parsed alone into a small tree ([`tree`]), and a format is a
//! function from that tree to an entry. Copy comes out as simple HTML ([`html`], [`plain`]).

mod copy;
mod draft;
mod html;
mod iptc7901;
mod items;
mod json;
mod media;
mod national;
mod newsml;
mod newsml_g2;
mod ninjs;
mod nitf;
mod plain;
mod sitemap;
mod tree;
mod versions;

pub use iptc7901::is_iptc7901;

use items::{Segments, Shape};

use super::segment::opaque_end;
use super::{Document, Hints, Tally, Unreadable};

/// How much of a document is looked at to tell what it is, in bytes and in start tags.
const SNIFF: (usize, usize) = (64 << 10, 12);

/// Reads a document in one of these formats; None where it is in none of them. `text` is decoded and not yet mended:
/// IPTC 7901 lives by its control characters.
pub fn read(text: &str, hints: &Hints, repairs: &mut Tally) -> Option<Result<Document, Unreadable>> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
    let mut document = if start.starts_with(['{', '[']) {
        ninjs::read(start, hints, repairs)?
    } else if is_iptc7901(start) {
        iptc7901::read(start, hints, repairs)
    } else {
        let (kind, shape) = root(start)?;
        let before = repairs.clone();
        let document = match kind {
            Kind::Pages => sitemap::pages(start, &shape, hints, repairs),
            Kind::Index => sitemap::index(start, &shape, hints, repairs),
            Kind::NewsMl => newsml::read(start, &shape, hints, repairs),
            Kind::NewsMlG2 => newsml_g2::read(start, &shape, hints, repairs),
            Kind::Nitf => nitf::read(start, &shape, hints, repairs),
        };
        // A feed with such a root in it by accident is a feed.
        let feed = Shape { root: "", prefix: "", items: &["item", "entry"] };
        if says_nothing(&document) && Segments::new(start, feed).any(|s| s.closed) {
            *repairs = before;
            return None;
        }
        document
    };
    document.repairs = repairs.clone();
    Some(Ok(document))
}

fn says_nothing(document: &Document) -> bool {
    document.entries.is_empty() && document.broken.is_empty() && document.children.is_empty()
}

#[derive(Clone, Copy)]
enum Kind {
    Pages,
    Index,
    NewsMl,
    NewsMlG2,
    Nitf,
}

/// What a document's first start tags say that it is. Wrappers around a known root are looked through.
fn root(text: &str) -> Option<(Kind, Shape<'_>)> {
    let mut first = None;
    for name in start_tags(text).take(SNIFF.1) {
        let root = *first.get_or_insert(name);
        let (prefix, local) = match name.rfind(':') {
            Some(colon) => name.split_at(colon + 1),
            None => ("", name),
        };
        let lower = local.to_ascii_lowercase();
        let (kind, items): (Kind, &'static [&'static str]) = match lower.as_str() {
            "rss" | "feed" | "rdf" | "channel" | "html" | "opml" => return None,
            "urlset" => (Kind::Pages, &["url"]),
            "sitemapindex" => (Kind::Index, &["sitemap"]),
            "nitf" => (Kind::Nitf, &["nitf"]),
            "newsml" => (Kind::NewsMl, &["NewsItem"]),
            // Only the case of the first letter tells the two generations apart.
            "newsitem" if local.starts_with('N') => (Kind::NewsMl, &["NewsItem"]),
            "newsmessage" | "newsitem" | "packageitem" | "planningitem" | "conceptitem" | "knowledgeitem" => {
                (Kind::NewsMlG2, &["newsItem", "packageItem", "planningItem", "conceptItem", "knowledgeItem"])
            }
            // Parts of an item, as some systems hand them on.
            "contentset" => (Kind::NewsMlG2, &["contentSet"]),
            "contentmeta" => (Kind::NewsMlG2, &["contentMeta"]),
            _ => continue,
        };
        return Some((kind, Shape { root, prefix, items }));
    }
    None
}

/// Full names of start tags, in order, outside comments and CDATA sections.
fn start_tags(text: &str) -> impl Iterator<Item = &str> {
    let text = &text[..text.floor_char_boundary(SNIFF.0)];
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find('<')?;
            let rest = &text[start..];
            if let Some(end) = opaque_end(rest) {
                at = start + end;
                continue;
            }
            at = start + 1;
            let name = &rest[1..];
            let end =
                name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(name.len());
            if name.starts_with(char::is_alphabetic) && end <= 100 {
                return Some(&name[..end]);
            }
        }
    })
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
