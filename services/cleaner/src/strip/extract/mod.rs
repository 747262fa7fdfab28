//! A page becomes an article: what it says of itself, and its blocks without the chrome.

pub(crate) mod blocks;
pub(crate) mod chrome;
pub(crate) mod guard;
pub(crate) mod jsonld;
pub(crate) mod meta;
pub(crate) mod titles;

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use wiredesk_contract::Timestamp;
use wiredesk_contract::copy::Removed;
use wiredesk_contract::media::Media;

use super::blocks::{Block, BlockKind};
use super::{forum, hygiene};

/// What a page came to.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// Title, without the site's name.
    pub title: Option<String>,
    /// Standfirst, as the page declares it.
    pub deck: Option<String>,
    /// The body.
    pub blocks: Vec<Block>,
    /// People.
    pub authors: Vec<String>,
    /// First published.
    pub published: Option<Timestamp>,
    /// Last changed.
    pub modified: Option<Timestamp>,
    /// BCP 47, as declared.
    pub language: Option<String>,
    /// Lead image.
    pub image: Option<Media>,
    /// Canonical address.
    pub canonical: Option<String>,
    /// What was taken out of the body.
    pub removed: Vec<Removed>,
    /// Why this is not an article, where it is none.
    pub not_article: Option<&'static str>,
}

/// Fewest characters of a body that is believed to be one, unless the feed's words are in it.
const FEWEST_CHARS: usize = 140;

/// The article of a page. Time is linear in the page but for hostile ones, which [`guard`] refuses.
pub fn article(html: &str) -> Article {
    if let Some(why) = guard::refuse(html) {
        return Article { not_article: Some(why), ..Article::default() };
    }
    let document = Document::from(html);
    let ld = jsonld::article(&document);
    let mut article = meta::read(&document, ld.as_ref());
    let marked = marked_body(&document);
    let post = forum::post(&document);
    let is_forum = post.is_some();
    let blocks = match post {
        Some(blocks) => blocks,
        None => body(document, &mut article.removed),
    };
    article.blocks = chrome::drop_lines(blocks, &mut article.removed);
    if !is_forum {
        // Where density misled, the page's own word on where its text is counts.
        let told = ld
            .as_ref()
            .and_then(|v| jsonld::text(v, "articleBody"))
            .map(|t| told_body(&t))
            .unwrap_or_default();
        for (other, times) in [(told, 1.3), (marked, 2.0)] {
            if size(&other) as f64 > size(&article.blocks) as f64 * times + 200.0 {
                article.blocks = chrome::drop_lines(other, &mut article.removed);
            }
        }
    }
    let length = size(&article.blocks);
    let prose = article.blocks.iter().any(|b| b.kind == BlockKind::Paragraph && b.text.chars().count() > 60);
    if !is_forum && (length < FEWEST_CHARS || !prose) {
        article.not_article = Some("no_body");
    }
    article
}

/// Characters of all blocks.
fn size(blocks: &[Block]) -> usize {
    blocks.iter().map(|b| b.text.chars().count()).sum()
}

/// The body that the page marks as such by microdata.
fn marked_body(document: &Document) -> Vec<Block> {
    let found = document.select("[itemprop=articleBody]");
    found.nodes().first().map(blocks::of).unwrap_or_default()
}

/// The body that JSON-LD carries: lines, or HTML.
fn told_body(text: &str) -> Vec<Block> {
    if text.contains("</p>") || text.contains("<br") || text.contains("&lt;p") {
        return fragment(text);
    }
    text.lines().map(plain).filter(|line| !line.is_empty()).map(Block::paragraph).collect()
}

/// The body that Readability finds, as blocks.
fn body(document: Document, removed: &mut Vec<Removed>) -> Vec<Block> {
    chrome::drop_elements(&document, removed);
    let config = Config { keep_classes: true, disable_json_ld: true, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(document, None, Some(config)) else {
        return Vec::new();
    };
    let Ok(found) = readability.parse() else { return Vec::new() };
    blocks::of(&Document::from(found.content.to_string()).root())
}

/// Text that may hold tags and entities (a feed's title or teaser), as one line.
pub(crate) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return hygiene::line(html);
    }
    let lines: Vec<String> = fragment(html).into_iter().map(|b| b.text).collect();
    lines.join(" ")
}

/// Blocks of an HTML fragment, such as a feed's content.
pub(crate) fn fragment(html: &str) -> Vec<Block> {
    if guard::refuse_fragment(html).is_some() {
        return Vec::new();
    }
    let document = Document::fragment(html);
    document.select("script, style, noscript, template, iframe, form, figure, button").remove();
    blocks::of(&document.root())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities_of_a_feed_are_read() {
        assert_eq!(plain("&nbsp;Oro &amp; <b>plata</b>"), "Oro & plata");
        assert_eq!(plain("AT&T sube"), "AT&T sube");
        assert_eq!(plain(""), "");
    }
}
