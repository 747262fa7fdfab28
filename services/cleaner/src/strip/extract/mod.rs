//! A page becomes an article: what it says of itself, and the pieces of its text that are news.
//!
//! The parser is given what matters ([`skim`]). One walk over the tree ([`page`]) collects every line with where it stands, and what the head declares. Each line
//! becomes figures ([`facts`]: its wording, its place, its neighbours, whether the declared body has it; [`series`]: the row of
//! posts or comments that it is in), the model
//! ([`model`]) says how likely it is of the article, and [`choose`] decides.

pub(crate) mod attributes;
pub(crate) mod authors;
pub(crate) mod blocks;
pub(crate) mod choose;
pub(crate) mod chrome;
pub(crate) mod dates;
pub(crate) mod facts;
pub(crate) mod guard;
pub(crate) mod jsonld;
mod literals;
pub(crate) mod meta;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod phrases;
pub(crate) mod series;
pub(crate) mod skim;
pub(crate) mod titles;
pub(crate) mod witness;

use dom_query::Document;
use wiredesk_contract::Timestamp;
use wiredesk_contract::copy::Removed;
use wiredesk_contract::media::Media;

use super::blocks::{Block, BlockKind};
use super::{forum, hygiene};
use facts::Facts;
use model::Model;
use page::Page;
use witness::Witness;

/// What a page came to.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// Title, without the site's name.
    pub title: Option<String>,
    /// Description, as the page declares it.
    pub deck: Option<String>,
    /// The standfirst, as it stands above the body.
    pub standfirst: Vec<Block>,
    /// The body.
    pub blocks: Vec<Block>,
    /// Who is credited, people and others, in their order.
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
    /// Section, as declared.
    pub section: Option<String>,
    /// Keywords, as declared.
    pub keywords: Vec<String>,
    /// Whether it can be read without paying, as declared.
    pub free: Option<bool>,
    /// Copyright line of the page.
    pub copyright: Option<String>,
    /// What was taken out of the body.
    pub removed: Vec<Removed>,
    /// Why this is not an article, where it is none.
    pub not_article: Option<&'static str>,
}

/// One line of a page and what became of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The line.
    pub text: String,
    /// How likely it is of the article, 0 to 1.
    pub likely: f32,
    /// Whether it stayed.
    pub kept: bool,
    /// Why it went; empty where it stayed.
    pub reason: &'static str,
}

/// Fewest characters of a body that is believed to be one, unless the feed's words are in it.
const FEWEST_CHARS: usize = 140;
/// Most passages of a page that are kept as removed.
const MOST_REMOVED: usize = 60;

/// The article of a page. Time is linear in the page but for hostile ones, which [`guard`] refuses.
pub fn article(html: &str) -> Article {
    read(html, false, Model::built_in()).0
}

/// The article of a page by another model than the one that ships.
pub(crate) fn article_by(html: &str, model: &Model) -> Article {
    read(html, false, model).0
}

/// The article of a page, and for each of its lines why it stayed or went.
pub fn explain(html: &str) -> (Article, Vec<Seen>) {
    read(html, true, Model::built_in())
}

fn read(html: &str, tell: bool, model: &Model) -> (Article, Vec<Seen>) {
    if let Some(why) = guard::refuse(html) {
        return (Article { not_article: Some(why), ..Article::default() }, Vec::new());
    }
    let (document, page) = parse(html);
    let Looked { page, mut article, told, witness, facts } = look(page);
    let choice = choose::choose(&page, &facts, &witness, model);
    (article.standfirst, article.blocks) = choice.blocks(&page, article.deck.as_deref());
    let mut pasted = false;
    if page.places.iter().any(|p| p.names & names::FORUM != 0)
        && page.pieces.iter().any(|p| super::conventions::has_dateline(&p.text))
        && let Some(post) = forum::post(&document)
        && post.iter().take(8).any(|b| super::conventions::has_dateline(&b.text))
    {
        // A dispatch that somebody pasted: its first post, without the answers.
        (article.standfirst, article.blocks) = (Vec::new(), post);
        pasted = true;
    }
    if !pasted && !told.is_empty() {
        // The page's own word on its text counts where the tree lacks it.
        let told = told_body(&told);
        if size(&told) as f64 > size(&article.blocks) as f64 * 2.5 + 200.0 {
            article.standfirst.clear();
            article.blocks = chrome::drop_lines(told, &mut article.removed);
        }
    }
    notes(&page, &facts, &choice, &mut article);
    let length = size(&article.blocks);
    let prose = article.blocks.iter().any(|b| b.kind == BlockKind::Paragraph && b.text.chars().count() > 60);
    if !pasted && (length < FEWEST_CHARS || !prose) {
        article.not_article = Some("no_body");
    }
    if !pasted && let Some(kind) = super::page_kind::of(html, &page, &article) {
        article.not_article = Some(kind);
    }
    let seen = if tell { seen(&page, &facts, &choice) } else { Vec::new() };
    (article, seen)
}

/// A page before anything is decided.
struct Looked {
    page: Page,
    article: Article,
    /// The body that JSON-LD carries.
    told: String,
    witness: Witness,
    facts: Facts,
}

/// The tree of a page, and what was read of it.
fn parse(html: &str) -> (Document, Page) {
    let document = skim::document(html);
    let page = page::read(&document);
    if !page.lacks {
        return (document, page);
    }
    // The name of an author, or what is there for browsers without scripts, has code in it.
    let document = Document::from(html);
    let page = page::read(&document);
    (document, page)
}

fn look(mut page: Page) -> Looked {
    unhide(&mut page);
    let ld = jsonld::read(&page.head.ld);
    let article = meta::read(&page, &ld);
    let told = ld.body().unwrap_or_default();
    let witness = Witness::of(&page, &ld, &told, &article);
    let facts = facts::of(&page, &witness);
    Looked { page, article, told, witness, facts }
}

/// A page as the model sees it: what it is trained on.
pub(crate) fn figures(html: &str) -> Option<(Page, Facts)> {
    if guard::refuse(html).is_some() {
        return None;
    }
    let looked = look(parse(html).1);
    Some((looked.page, looked.facts))
}

/// Notes what went from among the text and right around it.
fn notes(page: &Page, facts: &Facts, choice: &choose::Choice, article: &mut Article) {
    let first = choice.kept.iter().position(|k| *k).unwrap_or(0);
    let last = choice.kept.iter().rposition(|k| *k).unwrap_or(0);
    for at in first.saturating_sub(12)..(last + 30).min(page.pieces.len()) {
        if choice.kept[at] || article.removed.len() >= MOST_REMOVED {
            continue;
        }
        let text = &page.pieces[at].text;
        article.removed.push(Removed {
            text: text.chars().take(200).collect(),
            reason: choose::reason(page, facts, at).to_owned(),
        });
    }
    let line = page.pieces.iter().rev().take(80).zip(choice.kept.iter().rev()).find(|(piece, kept)| {
        !**kept && piece.text.chars().count() < 300 && super::conventions::copyright(&piece.text)
    });
    article.copyright = line.map(|(piece, _)| piece.text.clone());
}

fn seen(page: &Page, facts: &Facts, choice: &choose::Choice) -> Vec<Seen> {
    let one = |(at, piece): (usize, &page::Piece)| Seen {
        text: piece.text.clone(),
        likely: choice.likely[at],
        kept: choice.kept[at],
        reason: if choice.kept[at] { "" } else { choose::reason(page, facts, at) },
    };
    page.pieces.iter().enumerate().map(one).collect()
}

/// A page whose words stand in `noscript` alone is read from there.
pub(crate) fn unhide(page: &mut Page) {
    let letters: u32 = page.pieces.iter().map(|p| p.letters - p.linked).sum();
    if letters >= 600 {
        return;
    }
    let Some(longest) = page.head.noscripts.iter().max_by_key(|t| t.len()).filter(|t| t.len() > 1_000) else {
        return;
    };
    if guard::refuse_fragment(longest).is_none() {
        let inner = page::read(&Document::from(longest.as_str()));
        let own: u32 = inner.pieces.iter().map(|p| p.letters - p.linked).sum();
        if own > letters * 2 {
            page.pieces = inner.pieces;
            page.places = inner.places;
        }
    }
}

/// Characters of all blocks.
fn size(blocks: &[Block]) -> usize {
    blocks.iter().map(|b| b.text.chars().count()).sum()
}

/// The body that JSON-LD carries: lines, or HTML.
fn told_body(text: &str) -> Vec<Block> {
    if text.contains("</p>") || text.contains("<br") || text.contains("&lt;p") {
        return fragment(text);
    }
    text.lines().map(plain).filter(|line| !line.is_empty()).map(Block::paragraph).collect()
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
