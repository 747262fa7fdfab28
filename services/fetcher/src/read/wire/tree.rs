//! A small tree of one item's markup. It takes tag soup as it takes XML: an end tag closes the nearest element of its
//! name, or nothing; depth, nodes and attributes are capped. Names are local names: prefixes and namespaces, which change
//! from agency to agency and from version to version, do not count, nor does the case of letters.
//!
//! Nodes lie in document order and each knows where its subtree ends, so that a walk over descendants is a walk over a
//! range and nothing recurses.

use std::borrow::Cow;

use super::super::segment::opaque_end;

/// Most nodes of one item; what follows is left out.
const MAX_NODES: usize = 100_000;
/// Deepest element; what lies deeper counts as its text.
const MAX_DEPTH: usize = 100;
/// Most attributes of one element.
const MAX_ATTRIBUTES: usize = 64;
/// Longest start tag, in bytes: an unpaired quote must not eat the item.
const MAX_TAG: usize = 16_384;

/// A tree.
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// End tags without start and elements that were never closed.
    pub(super) odd_tags: u32,
    /// There were more nodes than are kept.
    pub(super) cut: bool,
}

struct Node<'a> {
    what: What<'a>,
    /// Index after its last descendant.
    end: usize,
}

enum What<'a> {
    Element { name: &'a str, attributes: std::ops::Range<usize> },
    Text(Cow<'a, str>),
}

/// An element of a tree.
#[derive(Clone, Copy)]
pub(super) struct El<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

/// A child of an element.
#[derive(Clone, Copy)]
pub(super) enum Part<'t> {
    /// An element.
    Element(El<'t>),
    /// Text, references resolved.
    Text(&'t str),
}

impl<'a> Tree<'a> {
    /// Parses markup that was mended: every `<` in it starts a tag, a comment or a CDATA section.
    pub(super) fn parse(text: &'a str) -> Self {
        let root = Node { what: What::Element { name: "", attributes: 0..0 }, end: 0 };
        let mut tree = Tree { nodes: vec![root], attributes: Vec::new(), odd_tags: 0, cut: false };
        let mut open: Vec<usize> = vec![0];
        let mut too_deep = 0_usize;
        let mut at = 0;
        while at < text.len() {
            if tree.nodes.len() >= MAX_NODES {
                tree.cut = true;
                break;
            }
            let rest = &text[at..];
            if !rest.starts_with('<') {
                let end = rest.find('<').unwrap_or(rest.len());
                tree.text(unescaped(&rest[..end]));
                at += end;
            } else if let Some(end) = opaque_end(rest) {
                if let Some(inner) = rest[..end].strip_prefix("<![CDATA[") {
                    tree.text(Cow::Borrowed(inner.strip_suffix("]]>").unwrap_or(inner)));
                }
                at += end;
            } else if let Some(end) = tag_end(rest) {
                at += end;
                let inner = &rest[1..end - 1];
                if let Some(name) = inner.strip_prefix('/') {
                    if too_deep > 0 {
                        too_deep -= 1;
                    } else {
                        tree.close(local(name.trim()), &mut open);
                    }
                } else if inner.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                    let empty = inner.ends_with('/');
                    if open.len() < MAX_DEPTH {
                        let node = tree.element(inner.strip_suffix('/').unwrap_or(inner));
                        if !empty {
                            open.push(node);
                        }
                    } else if !empty {
                        too_deep += 1;
                    }
                }
            } else {
                tree.text(Cow::Borrowed("<"));
                at += 1;
            }
        }
        let last = tree.nodes.len();
        for node in open {
            tree.odd_tags += u32::from(node != 0);
            tree.nodes[node].end = last;
        }
        tree
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if !text.is_empty() {
            let end = self.nodes.len() + 1;
            self.nodes.push(Node { what: What::Text(text), end });
        }
    }

    fn element(&mut self, inner: &'a str) -> usize {
        let name_end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
        let from = self.attributes.len();
        let mut rest = &inner[name_end..];
        while let Some(equals) = rest.find('=') {
            let name = local(rest[..equals].trim());
            let value = rest[equals + 1..].trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((value, "")),
            };
            rest = after;
            self.attributes.push((name, unescaped(value)));
            if self.attributes.len() - from >= MAX_ATTRIBUTES {
                break;
            }
        }
        let node = self.nodes.len();
        let what = What::Element { name: local(&inner[..name_end]), attributes: from..self.attributes.len() };
        self.nodes.push(Node { what, end: node + 1 });
        node
    }

    fn close(&mut self, name: &str, open: &mut Vec<usize>) {
        let found = open.iter().rposition(|node| match &self.nodes[*node].what {
            What::Element { name: own, .. } => *node != 0 && own.eq_ignore_ascii_case(name),
            What::Text(_) => false,
        });
        let Some(found) = found else {
            self.odd_tags += 1;
            return;
        };
        self.odd_tags += u32::try_from(open.len() - found - 1).unwrap_or_default();
        let end = self.nodes.len();
        for node in open.drain(found..) {
            self.nodes[node].end = end;
        }
    }

    /// What holds the whole item.
    pub(super) fn root<'t>(&'t self) -> El<'t>
    where
        'a: 't,
    {
        El { tree: self, at: 0 }
    }
}

impl<'t> El<'t> {
    /// Its name, without prefix.
    pub(super) fn name(self) -> &'t str {
        match &self.tree.nodes[self.at].what {
            What::Element { name, .. } => name,
            What::Text(_) => "",
        }
    }

    /// Is this its name? Prefix and case do not count.
    pub(super) fn is(self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// An attribute by its local name, without white space around; None where it is empty.
    pub(super) fn attr(self, name: &str) -> Option<&'t str> {
        let What::Element { attributes, .. } = &self.tree.nodes[self.at].what else { return None };
        let all = &self.tree.attributes[attributes.clone()];
        let (_, value) = all.iter().find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value.trim()).filter(|v| !v.is_empty())
    }

    fn part(self, at: usize) -> Part<'t> {
        match &self.tree.nodes[at].what {
            What::Element { .. } => Part::Element(El { tree: self.tree, at }),
            What::Text(text) => Part::Text(text),
        }
    }

    /// Its children, in order.
    pub(super) fn parts(self) -> impl Iterator<Item = Part<'t>> {
        let end = self.tree.nodes[self.at].end;
        let next = move |at: &usize| Some(self.tree.nodes[*at].end).filter(|at| *at < end);
        std::iter::successors(Some(self.at + 1).filter(|at| *at < end), next).map(move |at| self.part(at))
    }

    /// All that it holds, in document order, without saying where an element ends.
    pub(super) fn inside(self) -> impl Iterator<Item = Part<'t>> {
        (self.at + 1..self.tree.nodes[self.at].end).map(move |at| self.part(at))
    }

    /// Its child elements.
    pub(super) fn children(self) -> impl Iterator<Item = El<'t>> {
        self.parts().filter_map(|part| if let Part::Element(el) = part { Some(el) } else { None })
    }

    /// Its child elements of this name.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = El<'t>> {
        self.children().filter(move |el| el.is(name))
    }

    /// Its first child element of this name.
    pub(super) fn child(self, name: &str) -> Option<El<'t>> {
        self.children().find(|el| el.is(name))
    }

    /// The elements of this name anywhere in it.
    pub(super) fn every(self, name: &str) -> impl Iterator<Item = El<'t>> {
        self.inside().filter_map(move |part| match part {
            Part::Element(el) if el.is(name) => Some(el),
            _ => None,
        })
    }

    /// The first element of this name anywhere in it.
    pub(super) fn find(self, name: &str) -> Option<El<'t>> {
        self.every(name).next()
    }

    /// Does the other element lie in it?
    pub(super) fn holds(self, other: El<'_>) -> bool {
        (self.at + 1..self.tree.nodes[self.at].end).contains(&other.at)
    }

    /// Are both the same element?
    pub(super) fn same(self, other: El<'_>) -> bool {
        self.at == other.at
    }

    /// Its text and that of all that it holds, white space as it is.
    pub(super) fn raw_text(self) -> String {
        self.inside().filter_map(|part| if let Part::Text(text) = part { Some(text) } else { None }).collect()
    }

    /// Its text, white space as single spaces; None where there is none.
    pub(super) fn text(self) -> Option<String> {
        super::draft::line(&self.raw_text())
    }

    /// The text of its first child of this name.
    pub(super) fn text_of(self, name: &str) -> Option<String> {
        self.all(name).find_map(El::text)
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    quick_xml::escape::unescape(text).unwrap_or(Cow::Borrowed(text))
}

/// Where the tag that starts here ends: after the first `>` outside quotes, or after the first at all where quotes are
/// unpaired.
fn tag_end(rest: &str) -> Option<usize> {
    let (mut quote, mut first) = (None, None);
    for (n, b) in rest.bytes().enumerate().take(MAX_TAG).skip(1) {
        match (quote, b) {
            (None, b'>') => return Some(n + 1),
            (None, b'<') => break,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            (Some(_), b'>') => first = first.or(Some(n + 1)),
            _ => {}
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(el: El<'_>) -> String {
        let parts: Vec<String> = el
            .parts()
            .map(|part| match part {
                Part::Text(text) => text.to_owned(),
                Part::Element(el) => format!("{}({})", el.name(), shape(el)),
            })
            .collect();
        parts.join(" ")
    }

    #[test]
    fn soup_and_xml_become_trees() {
        for (text, expected, odd) in [
            ("<a><b>x</b><b>y</b></a>", "a(b(x) b(y))", 0),
            ("<n:a xmlns:n='u'><n:b/>t &amp; <![CDATA[<c>]]></n:a>", "a(b() t &  <c>)", 0),
            ("<p>uno<p>dos</div>tres", "p(uno p(dos tres))", 3),
            ("<a><b><i>x</b></i>y</a>z", "a(b(i(x)) y) z", 2),
            ("<a t='>'>x<!-- <b> -->y</a>", "a(x y)", 0),
            ("<a t=\"x>y", "a(y)", 1),
            ("<", "<", 0),
            ("", "", 0),
        ] {
            let tree = Tree::parse(text);
            assert_eq!((shape(tree.root()).as_str(), tree.odd_tags), (expected, odd), "{text}");
        }
    }

    #[test]
    fn attributes_and_searches() {
        let tree =
            Tree::parse("<x:a G='1' n:lang=' es ' empty='' bare=7 q='a&amp;b'><b><c>1</c></b><c>2</c></x:a>");
        let a = tree.root().child("A").unwrap();
        assert_eq!(
            (a.attr("g"), a.attr("lang"), a.attr("empty"), a.attr("bare")),
            (Some("1"), Some("es"), None, Some("7"))
        );
        assert_eq!((a.attr("q"), a.text_of("c").as_deref()), (Some("a&b"), Some("2")));
        assert_eq!(a.find("c").and_then(El::text).as_deref(), Some("1"));
        assert!(
            a.child("b").unwrap().holds(a.find("c").unwrap())
                && !a.child("b").unwrap().holds(a.child("c").unwrap())
        );
    }

    #[test]
    fn depth_and_number_are_capped() {
        let deep = "<a>".repeat(5000) + "x" + &"</a>".repeat(5000);
        let tree = Tree::parse(&deep);
        assert_eq!((tree.nodes.len(), tree.root().raw_text().as_str()), (MAX_DEPTH + 1, "x"));
        assert!(Tree::parse(&"<a/>".repeat(MAX_NODES + 1)).cut);
    }

    proptest::proptest! {
        #[test]
        fn subtrees_are_in_order(text in "(<a>|</a>|<b c='d'>|<b/>|</b>|<|>|'|é|x|<!\\[CDATA\\[|\\]\\]>){0,40}") {
            let tree = Tree::parse(&text);
            for (at, node) in tree.nodes.iter().enumerate() {
                assert!(node.end > at && node.end <= tree.nodes.len());
            }
        }
    }
}
