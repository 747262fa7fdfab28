//! One walk over a page: its pieces of text with where they stand, and what its head declares.

use std::hash::{BuildHasher, Hasher};

use dom_query::{Document, NodeData, NodeRef};
use foldhash::quality::FixedState;

use super::attributes::{self, Attributes};
use super::names::{self, Names, Reader};
use super::skim;
use crate::strip::blocks::BlockKind;
use crate::strip::{hygiene, letters};

/// Most pieces of a page; what comes after them is not looked at.
const MOST_PIECES: usize = 20_000;

/// Elements that matter, one bit each in [`Place::tags`].
pub(crate) mod tag {
    pub(crate) const ARTICLE: u32 = 1;
    pub(crate) const MAIN: u32 = 1 << 1;
    pub(crate) const SECTION: u32 = 1 << 2;
    pub(crate) const ASIDE: u32 = 1 << 3;
    pub(crate) const NAV: u32 = 1 << 4;
    pub(crate) const HEADER: u32 = 1 << 5;
    pub(crate) const FOOTER: u32 = 1 << 6;
    pub(crate) const FORM: u32 = 1 << 7;
    pub(crate) const FIGURE: u32 = 1 << 8;
    pub(crate) const QUOTE: u32 = 1 << 9;
    pub(crate) const LIST: u32 = 1 << 10;
    pub(crate) const TABLE: u32 = 1 << 11;
    pub(crate) const LINK: u32 = 1 << 12;
    pub(crate) const DETAILS: u32 = 1 << 13;
    pub(crate) const CAPTION: u32 = 1 << 14;
    pub(crate) const P: u32 = 1 << 15;
    pub(crate) const H1: u32 = 1 << 16;
    pub(crate) const H2: u32 = 1 << 17;
    pub(crate) const H3: u32 = 1 << 18;
    pub(crate) const ENTRY: u32 = 1 << 19;
    pub(crate) const DIV: u32 = 1 << 20;
    pub(crate) const CELL: u32 = 1 << 21;
    pub(crate) const PRE: u32 = 1 << 22;
    pub(crate) const TIME: u32 = 1 << 23;
    pub(crate) const CUSTOM: u32 = 1 << 24;
    /// How many there are.
    pub(crate) const COUNT: usize = 25;
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) parent: u32,
    /// Its own [`tag`].
    pub(crate) tag: u32,
    /// Its own and its ancestors'.
    pub(crate) tags: u32,
    pub(crate) names: Names,
    /// Names of the three elements above.
    pub(crate) near: Names,
    /// Names of those above them, without `body`.
    pub(crate) far: Names,
    pub(crate) depth: u16,
    /// Equal for elements of the same sort under parents of the same sorts.
    pub(crate) sort: u64,
    own: u64,
    pub(crate) hidden: bool,
    pub(crate) body_of: bool,
}

/// A line of text.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) kind: BlockKind,
    /// The block that it stands in.
    pub(crate) place: u32,
    /// Names of the inline elements within.
    pub(crate) inner: Names,
    pub(crate) letters: u32,
    pub(crate) linked: u32,
    pub(crate) links: u32,
    pub(crate) bold: u32,
    pub(crate) italic: u32,
    /// It goes on from the piece before, after a single line break.
    pub(crate) continues: bool,
}

/// What a page declares outside of its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) title: Option<String>,
    /// `meta` elements: name or property in small letters, and content.
    pub(crate) metas: Vec<(String, String)>,
    pub(crate) language: Option<String>,
    pub(crate) canonical: Option<String>,
    /// Texts of JSON-LD.
    pub(crate) ld: Vec<String>,
    /// What browsers without scripts are shown, where it is long.
    pub(crate) noscripts: Vec<String>,
    /// `time` elements and the like: when, where, and whether it is marked as the time of publication.
    pub(crate) times: Vec<(String, u32, bool)>,
    /// Names of authors that the page marks as such.
    pub(crate) authors: Vec<(String, u32)>,
    /// Texts of links to pages of authors.
    pub(crate) linked: Vec<(String, u32)>,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) places: Vec<Place>,
    pub(crate) head: Head,
    /// Text that was read lacks what was skimmed ([`skim`]).
    pub(crate) lacks: bool,
}

impl Page {
    /// The element, and those above it.
    pub(crate) fn up(&self, place: u32) -> impl Iterator<Item = (u32, &Place)> {
        let mut at = Some(place);
        std::iter::from_fn(move || {
            let index = at?;
            let place = self.places.get(index as usize)?;
            at = (place.parent != index).then_some(place.parent);
            Some((index, place))
        })
    }

    /// The element of a piece.
    pub(crate) fn place(&self, piece: &Piece) -> &Place {
        &self.places[piece.place as usize]
    }
}

/// Walks a document once.
pub(crate) fn read(document: &Document) -> Page {
    let mut walk = Walk::default();
    enum Step<'a> {
        Enter(NodeRef<'a>),
        Leave(Open),
    }
    let mut stack = vec![Step::Enter(document.root())];
    // An explicit stack: the depth of a page is not ours to choose.
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(node) => {
                let opened = node.query_or(None, |tree| match &tree.data {
                    NodeData::Text { contents } => {
                        walk.text(contents);
                        None
                    }
                    NodeData::Element(element) => walk.enter(element),
                    NodeData::Document | NodeData::Fragment => Some(Opened::Through),
                    _ => None,
                });
                match opened {
                    None => {}
                    Some(Opened::Through) => stack.extend(node.children_it(true).map(Step::Enter)),
                    Some(Opened::Open(open)) => {
                        stack.push(Step::Leave(open));
                        stack.extend(node.children_it(true).map(Step::Enter));
                    }
                    Some(Opened::Ld) => walk.page.head.ld.push(node.text().to_string()),
                    Some(Opened::NoScript) => {
                        let text = node.text();
                        walk.page.lacks |= text.contains(skim::MARK);
                        if text.len() > 1_000 {
                            walk.page.head.noscripts.push(text.to_string());
                        }
                    }
                    Some(Opened::Title) => {
                        walk.page.head.title.get_or_insert_with(|| hygiene::line(&node.text()));
                    }
                    Some(Opened::Author(open, marked)) => {
                        let text = node.text();
                        walk.page.lacks |= text.contains(skim::MARK);
                        let text = hygiene::line(&text);
                        let (at, head) = (walk.current(), &mut walk.page.head);
                        let names = if marked { &mut head.authors } else { &mut head.linked };
                        if (3..=120).contains(&text.len()) && names.len() < 20 {
                            names.push((text, at));
                        }
                        stack.push(Step::Leave(open));
                        stack.extend(node.children_it(true).map(Step::Enter));
                    }
                }
                if walk.page.pieces.len() >= MOST_PIECES {
                    break;
                }
            }
            Step::Leave(open) => walk.leave(&open),
        }
    }
    walk.flush(false);
    walk.page
}

enum Opened {
    Through,
    Open(Open),
    /// Whether it is marked as the author, or a link to an author's page.
    Author(Open, bool),
    Ld,
    NoScript,
    Title,
}

#[derive(Clone, Copy)]
struct Open {
    tag: u32,
    block: bool,
    bold: bool,
    italic: bool,
}

#[derive(Default)]
struct Walk {
    page: Page,
    reader: Reader,
    /// Open elements, innermost last, and open blocks among them.
    open: Vec<u32>,
    blocks: Vec<u32>,
    text: String,
    /// An element's name and class without figures.
    sort: Vec<u8>,
    inner: Names,
    letters: u32,
    linked: u32,
    links: u32,
    bold_letters: u32,
    italic_letters: u32,
    in_link: u32,
    in_bold: u32,
    in_italic: u32,
    continues: bool,
}

/// Tag bit, whether it is a block; `None` for elements without text of their own.
fn sort_of(name: &str) -> Option<(u32, bool)> {
    Some(match name {
        "p" => (tag::P, true),
        "div" => (tag::DIV, true),
        "a" => (tag::LINK, false),
        "span" | "b" | "strong" | "i" | "em" | "u" | "s" | "small" | "sup" | "sub" | "font" | "mark"
        | "abbr" | "cite" | "q" | "code" | "label" | "wbr" | "ins" | "del" | "kbd" | "var" | "samp"
        | "big" | "tt" | "bdi" | "bdo" | "dfn" | "data" | "ruby" | "rt" | "rb" | "acronym" => (0, false),
        "time" => (tag::TIME, false),
        "article" => (tag::ARTICLE, true),
        "main" => (tag::MAIN, true),
        "section" => (tag::SECTION, true),
        "aside" => (tag::ASIDE, true),
        "nav" => (tag::NAV, true),
        "header" => (tag::HEADER, true),
        "footer" => (tag::FOOTER, true),
        "form" | "fieldset" => (tag::FORM, true),
        "figure" => (tag::FIGURE, true),
        "blockquote" => (tag::QUOTE, true),
        "ul" | "ol" | "dl" | "menu" => (tag::LIST, true),
        "li" | "dd" | "dt" => (tag::ENTRY, true),
        "table" | "tr" | "tbody" | "thead" | "tfoot" => (tag::TABLE, true),
        "td" | "th" => (tag::CELL, false),
        "details" | "summary" => (tag::DETAILS, true),
        "figcaption" | "caption" => (tag::CAPTION, true),
        "h1" => (tag::H1, true),
        "h2" => (tag::H2, true),
        "h3" | "h4" | "h5" | "h6" => (tag::H3, true),
        "pre" => (tag::PRE, true),
        "html" | "body" | "center" | "address" | "hr" | "head" | "amp-auto-ads" => (0, true),
        "style" | "noscript" | "template" | "iframe" | "svg" | "button" | "select" | "input" | "textarea"
        | "object" | "audio" | "video" | "canvas" | "math" | "img" | "picture" | "source" | "embed"
        | "map" | "dialog" | "track" | "progress" | "rp" => return None,
        other if other.contains('-') => (tag::CUSTOM, true),
        _ => (0, false),
    })
}

impl Walk {
    fn current(&self) -> u32 {
        self.open.last().copied().unwrap_or(0)
    }

    fn enter(&mut self, element: &dom_query::Element) -> Option<Opened> {
        let name: &str = &element.name.local;
        let attr = |wanted: &str| {
            element.attrs.iter().find(|a| &*a.name.local == wanted).map(|a| -> &str { &a.value })
        };
        match name {
            "meta" => {
                self.meta(&attr);
                return None;
            }
            "link" => {
                if attr("rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical")) {
                    let href = attr("href").map(|h| h.trim().to_owned());
                    self.page.head.canonical = self.page.head.canonical.take().or(href);
                }
                return None;
            }
            "script" => {
                let kind = attr("type").unwrap_or_default();
                return kind.contains("ld+json").then_some(Opened::Ld);
            }
            "noscript" => return Some(Opened::NoScript),
            "title" => return Some(Opened::Title),
            "br" => {
                self.line_break();
                return None;
            }
            _ => {}
        }
        let (tag, block) = sort_of(name)?;
        if block {
            self.flush(false);
        }
        let attrs = Attributes::of(element);
        let (class, id) = (attrs.class.unwrap_or_default(), attrs.id.unwrap_or_default());
        let property = attrs.property.unwrap_or_default();
        let names = if name == "html" || name == "body" {
            0
        } else {
            let test = attrs.tests.iter().find_map(|test| *test).unwrap_or_default();
            self.reader.read(&[class, id, property, test])
        };
        if name == "html" {
            self.page.head.language = attr("lang").map(|l| l.trim().to_owned()).filter(|l| !l.is_empty());
        }
        if !block && tag != tag::LINK && names & names::DIALOG != 0 {
            // A card that opens over a word.
            return None;
        }
        let hidden = attrs.hidden.is_some()
            || attrs.style.is_some_and(|s| {
                let s: String = s.chars().filter(|c| !c.is_whitespace()).collect();
                s.contains("display:none") || s.contains("visibility:hidden")
            });
        let body_of = property.split(' ').any(|p| p == "articleBody");
        self.push(tag, name, class, names, hidden, body_of);
        if block {
            self.blocks.push(self.current());
        } else if name == "td" || name == "th" {
            self.cell();
        }
        let open = Open {
            tag,
            block,
            bold: matches!(name, "b" | "strong"),
            italic: matches!(name, "i" | "em" | "cite"),
        };
        if !block {
            self.inner |= names;
        }
        self.in_link += u32::from(tag == tag::LINK);
        self.links += u32::from(tag == tag::LINK);
        self.in_bold += u32::from(open.bold);
        self.in_italic += u32::from(open.italic);
        let published = property.contains("datePublished") || attrs.pubdate.is_some();
        if (name == "time" || published)
            && let Some(when) = attrs.datetime.or(attrs.content)
            && self.page.head.times.len() < 100
        {
            self.page.head.times.push((when.trim().to_owned(), self.current(), published));
        }
        let marked = attrs.rel.is_some_and(|r| r.split(' ').any(|r| r == "author"))
            || property.split(' ').any(|p| p == "author");
        let linked = || tag == tag::LINK && attrs.href.is_some_and(attributes::of_author);
        Some(if marked || linked() { Opened::Author(open, marked) } else { Opened::Open(open) })
    }

    fn push(&mut self, tag: u32, name: &str, class: &str, names: Names, hidden: bool, body_of: bool) {
        let index = u32::try_from(self.page.places.len()).unwrap_or(u32::MAX);
        let parent = self.open.last().copied();
        let mut above = [None; 3];
        if let Some(parent) = parent {
            for (slot, (_, place)) in above.iter_mut().zip(self.page.up(parent)) {
                *slot = Some(*place);
            }
        }
        self.sort.clear();
        self.sort.extend(name.bytes().chain([0xff]).chain(class.bytes().filter(|b| !b.is_ascii_digit())));
        // With a fixed seed, so that a page comes to the same in every process.
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(&self.sort);
        let own = hasher.finish();
        for place in above.iter().flatten() {
            hasher.write_u64(place.own);
        }
        let up = above[0];
        let near = above.iter().flatten().fold(0, |mask, place| mask | place.names);
        let far = above[2].map_or(0, |last| last.near | last.far);
        self.page.places.push(Place {
            parent: parent.unwrap_or(index),
            tag,
            tags: tag | up.map_or(0, |p| p.tags),
            names,
            near,
            far,
            depth: up.map_or(0, |p| p.depth.saturating_add(1)),
            sort: hasher.finish(),
            own,
            hidden: hidden || up.is_some_and(|p| p.hidden),
            body_of: body_of || up.is_some_and(|p| p.body_of),
        });
        self.open.push(index);
    }

    fn leave(&mut self, open: &Open) {
        if open.block {
            self.flush(false);
            self.blocks.pop();
        } else if open.tag == tag::CELL {
            self.cell();
        }
        self.open.pop();
        self.in_link -= u32::from(open.tag == tag::LINK);
        self.in_bold -= u32::from(open.bold);
        self.in_italic -= u32::from(open.italic);
    }

    /// Between cells: those of a table of figures make one line, those of a layout are paragraphs.
    fn cell(&mut self) {
        if self.letters > 80 { self.flush(false) } else { self.text.push(' ') }
    }

    fn line_break(&mut self) {
        let before = self.letters;
        if before > 0 {
            self.flush(true);
        } else {
            // A second break: the next line is a paragraph of its own.
            self.continues = false;
        }
    }

    fn meta<'a>(&mut self, attr: &impl Fn(&str) -> Option<&'a str>) {
        let content = attr("content").unwrap_or_default().trim();
        if content.is_empty() || self.page.head.metas.len() > 500 {
            return;
        }
        for key in ["property", "name", "itemprop"].iter().filter_map(|key| attr(key)) {
            self.page.head.metas.push((key.trim().to_lowercase(), content.to_owned()));
        }
    }

    fn text(&mut self, text: &str) {
        let letters = text.chars().filter(|c| letters::alphanumeric(*c)).count();
        let letters = u32::try_from(letters).unwrap_or(u32::MAX);
        self.letters += letters;
        if self.in_link > 0 {
            self.linked += letters;
        }
        if self.in_bold > 0 {
            self.bold_letters += letters;
        }
        if self.in_italic > 0 {
            self.italic_letters += letters;
        }
        self.text.push_str(text);
    }

    fn flush(&mut self, breaks: bool) {
        let text = if self.letters == 0 { String::new() } else { hygiene::line(&self.text) };
        if !text.is_empty() {
            let place = self.blocks.last().copied().unwrap_or(0);
            let tags = self.page.places.get(place as usize).map_or(0, |p| p.tags);
            let bold = self.bold_letters >= self.letters;
            let kind = if tags & (tag::H1 | tag::H2 | tag::H3) != 0 {
                BlockKind::Subhead
            } else if tags & tag::ENTRY != 0 {
                BlockKind::ListEntry
            } else if super::blocks::subhead(&text, bold) {
                BlockKind::Subhead
            } else {
                BlockKind::Paragraph
            };
            self.page.pieces.push(Piece {
                text,
                kind,
                place,
                inner: self.inner,
                letters: self.letters,
                linked: self.linked,
                links: self.links,
                bold: self.bold_letters,
                italic: self.italic_letters,
                continues: self.continues,
            });
        }
        self.text.clear();
        (self.letters, self.linked, self.links, self.bold_letters, self.italic_letters) = (0, 0, 0, 0, 0);
        self.inner = 0;
        self.continues = breaks;
    }
}
