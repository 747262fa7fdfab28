//! A document of a page without what nobody here asks for: the code of scripts and styles, comments, most attributes.
//! They are more than half of a page, and nearly half of the parser's work.
//!
//! The page is cut at its tags as the HTML standard reads them, and the parser is fed what is left. Where a tag makes the
//! text behind it raw depends on the tree, so there the parser is asked. What comes out is the tree of the whole page, but
//! for those attributes, comments and texts; in place of each code that was left out stands [`MARK`].

use std::cell::Cell;

use dom_query::{Document, NodeId};
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, ScriptData};
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use memchr::{memchr, memchr_iter, memmem};

use super::attributes;

/// Stands where code was left out: whoever reads the text of an element that has it lacks something. A character for
/// private use, so that hardly a page has it itself.
pub(crate) const MARK: char = '\u{10fffd}';

/// Attributes that are asked for, here or by the parser.
const KEPT: &[&str] = &[
    "class",
    "id",
    "itemprop",
    "rel",
    "style",
    "hidden",
    "datetime",
    "content",
    "pubdate",
    "data-testid",
    "data-component",
    "data-qa",
    "data-module",
    "role",
    "data-type",
    "type",
    "property",
    "name",
    "lang",
];
/// Elements that keep all attributes: the parser compares those of formatting, and looks for some of the others.
const WHOLE: &[&str] = &[
    "b",
    "big",
    "code",
    "em",
    "font",
    "i",
    "nobr",
    "s",
    "small",
    "strike",
    "strong",
    "tt",
    "u",
    "template",
    "annotation-xml",
    "link",
];
/// Elements behind whose start tag the text may be raw.
const RAW: &[&str] =
    &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// Parses a page.
pub(crate) fn document(html: &str) -> Document {
    // A byte order mark counts at the start alone; the parser would look for one in each part.
    let html = html.strip_prefix('\u{feff}').unwrap_or(html);
    let mut skim = Skim {
        html,
        at: 0,
        out: String::with_capacity(html.len() / 2),
        kept: Vec::new(),
        noscript: false,
        parser: Parser::new(),
    };
    if skim.run().is_none() {
        skim.copy(html.len());
    }
    skim.parser.feed(&skim.out);
    skim.parser.finish()
}

struct Skim<'a> {
    html: &'a str,
    /// How far the page is read, in bytes.
    at: usize,
    /// What the parser is to be fed next.
    out: String,
    /// The attributes that a tag keeps.
    kept: Vec<&'a str>,
    /// Between the tags of a `noscript`: its text is read, so its code stays.
    noscript: bool,
    parser: Parser,
}

impl<'a> Skim<'a> {
    /// Reads the page to its end; `None` where it stopped before, at something that is left to the parser with all that
    /// follows.
    fn run(&mut self) -> Option<()> {
        while let Some(found) = memchr(b'<', self.rest()) {
            self.copy(self.at + found);
            match self.rest() {
                [_, b'a'..=b'z' | b'A'..=b'Z', ..] => self.start_tag()?,
                [_, b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => self.end_tag()?,
                [_, b'!', b'-', b'-', text @ ..] => {
                    self.at += 4 + comment(text)?;
                    self.out.push_str("<!---->");
                }
                // Whether this is text depends on the tree.
                rest if rest.starts_with(b"<![CDATA[") => return None,
                // Whatever else opens so ends with the first `>`.
                rest @ [_, b'!' | b'?' | b'/', ..] => self.copy(self.at + memchr(b'>', rest)? + 1),
                _ => self.copy(self.at + 1),
            }
        }
        self.copy(self.html.len());
        Some(())
    }

    fn rest(&self) -> &[u8] {
        self.html.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Takes the page as it is, up to a place.
    fn copy(&mut self, to: usize) {
        self.out.push_str(self.html.get(self.at..to).unwrap_or_default());
        self.at = to;
    }

    fn end_tag(&mut self) -> Option<()> {
        let tag = Tag::read(self.html, self.at + 2, |_, _| ())?;
        self.noscript &= !tag.name.eq_ignore_ascii_case("noscript");
        self.out.extend(["</", tag.name, ">"]);
        self.at = tag.end;
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        self.kept.clear();
        let kept = &mut self.kept;
        // Of two of one name the first counts.
        let (mut linked, mut canonical) = (false, false);
        let tag = Tag::read(self.html, self.at + 1, |name, attribute| {
            if one_of(KEPT, name) {
                kept.push(attribute);
                canonical |= name.eq_ignore_ascii_case("rel") && may_be_canonical(attribute);
            } else if !linked && name.eq_ignore_ascii_case("href") {
                linked = true;
                if attributes::may_be_of_author(attribute) {
                    kept.push(attribute);
                }
            }
        })?;
        if tag.name.eq_ignore_ascii_case("link") && !canonical {
            self.out.push_str("<link>");
            self.at = tag.end;
            return Some(());
        }
        if one_of(WHOLE, tag.name) {
            self.copy(tag.end);
            return Some(());
        }
        self.out.extend(["<", tag.name]);
        for attribute in &self.kept {
            self.out.extend([" ", attribute]);
        }
        self.out.push_str(if tag.closes { " />" } else { ">" });
        self.at = tag.end;
        self.noscript |= tag.name.eq_ignore_ascii_case("noscript");
        if !one_of(RAW, tag.name) {
            return Some(());
        }
        // A reference may stand for any letter.
        let data = self.kept.iter().any(|attribute| attribute.contains("ld+json") || attribute.contains('&'));
        let code = tag.name.eq_ignore_ascii_case("script") && !data || tag.name.eq_ignore_ascii_case("style");
        self.raw(tag.name, code && !self.noscript)
    }

    /// What stands behind the start tag of an element whose text may be raw.
    fn raw(&mut self, name: &str, code: bool) -> Option<()> {
        self.parser.feed(&self.out);
        self.out.clear();
        let text = match self.parser.asked() {
            Asked::Nothing => return Some(()),
            Asked::Plaintext => return None,
            Asked::Raw(kind) => {
                let text = self.rest().get(..end_of(self.rest(), name)?)?;
                // Within a comment of a script, a script has its own end.
                if kind == ScriptData && memmem::find(text, b"<!--").is_some() && holds(text, b"<script") {
                    return None;
                }
                text
            }
        };
        let end = self.at + text.len();
        if code && !text.trim_ascii().is_empty() {
            self.out.push(MARK);
            self.at = end;
        } else {
            self.copy(end);
        }
        Some(())
    }
}

/// A tag.
struct Tag<'a> {
    name: &'a str,
    /// Where it ends, behind its `>`.
    end: usize,
    /// It ends with `/>`.
    closes: bool,
}

impl<'a> Tag<'a> {
    /// Reads the tag whose name starts at `from`, and tells of each of its attributes the name and the whole; `None` where
    /// the page ends within.
    fn read(html: &'a str, from: usize, mut each: impl FnMut(&'a str, &'a str)) -> Option<Self> {
        let bytes = html.as_bytes();
        let until = |from: usize, stop: fn(u8) -> bool| {
            let found = bytes.get(from..).and_then(|rest| rest.iter().position(|b| stop(*b)));
            found.map_or(bytes.len(), |found| from + found)
        };
        let mut at = until(from, |b| space(b) || matches!(b, b'/' | b'>'));
        let name = html.get(from..at)?;
        loop {
            match *bytes.get(at)? {
                b'>' => return Some(Self { name, end: at + 1, closes: false }),
                b'/' if bytes.get(at + 1) == Some(&b'>') => {
                    return Some(Self { name, end: at + 2, closes: true });
                }
                b'/' => at += 1,
                b if space(b) => at += 1,
                _ => {
                    let start = at;
                    let name_end = until(at + 1, |b| space(b) || matches!(b, b'/' | b'>' | b'='));
                    let sign = until(name_end, |b| !space(b));
                    at = if bytes.get(sign) == Some(&b'=') {
                        let value = until(sign + 1, |b| !space(b));
                        match *bytes.get(value)? {
                            quote @ (b'"' | b'\'') => value + 2 + memchr(quote, bytes.get(value + 1..)?)?,
                            _ => until(value, |b| space(b) || b == b'>'),
                        }
                    } else {
                        name_end
                    };
                    each(html.get(start..name_end)?, html.get(start..at)?);
                }
            }
        }
    }
}

fn space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

fn one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Does a `link` with this attribute name the page's own address, or might it by a reference?
fn may_be_canonical(rel: &str) -> bool {
    rel.contains('&') || holds(rel.as_bytes(), b"canonical")
}

/// Does it have these letters, large or small?
fn holds(text: &[u8], letters: &[u8]) -> bool {
    text.windows(letters.len()).any(|part| part.eq_ignore_ascii_case(letters))
}

/// Where a comment ends, from behind its `<!--`.
fn comment(text: &[u8]) -> Option<usize> {
    let ends = |end: &usize| {
        let before = text.get(..*end).unwrap_or_default();
        matches!(before, b"" | b"-") || before.ends_with(b"--") || before.ends_with(b"--!")
    };
    memchr_iter(b'>', text).find(ends).map(|end| end + 1)
}

/// Where the end tag of a raw element starts.
fn end_of(text: &[u8], name: &str) -> Option<usize> {
    memmem::find_iter(text, b"</").find(|at| {
        let rest = text.get(at + 2..).unwrap_or_default();
        rest.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && rest.get(name.len()).is_some_and(|b| space(*b) || matches!(b, b'/' | b'>'))
    })
}

/// What a tag asks of the text behind it.
#[derive(Clone, Copy, Default)]
enum Asked {
    #[default]
    Nothing,
    Raw(RawKind),
    Plaintext,
}

/// The parser, and what it answered to the last tag.
struct Parser {
    tokenizer: Tokenizer<Builder>,
    queue: BufferQueue,
}

impl Parser {
    fn new() -> Self {
        let opts = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let tree = TreeBuilder::new(Document::default(), opts);
        let opts = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        Self {
            tokenizer: Tokenizer::new(Builder { tree, asked: Cell::default() }, opts),
            queue: BufferQueue::default(),
        }
    }

    fn feed(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.tokenizer.sink.asked.set(Asked::Nothing);
        self.queue.push_back(StrTendril::from(text));
        // It stops at each script, that one may run it.
        while !matches!(self.tokenizer.feed(&self.queue), TokenizerResult::Done) {}
    }

    fn asked(&self) -> Asked {
        self.tokenizer.sink.asked.get()
    }

    fn finish(self) -> Document {
        self.tokenizer.end();
        self.tokenizer.sink.tree.sink.finish()
    }
}

/// Builds the tree, and notes what was answered to a tag.
struct Builder {
    tree: TreeBuilder<NodeId, Document>,
    asked: Cell<Asked>,
}

impl TokenSink for Builder {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        let answer = self.tree.process_token(token, line);
        self.asked.set(match &answer {
            TokenSinkResult::RawData(kind) => Asked::Raw(*kind),
            TokenSinkResult::Plaintext => Asked::Plaintext,
            _ => Asked::Nothing,
        });
        answer
    }

    fn end(&self) {
        self.tree.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.tree.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::strip::extract::page;

    /// What a page comes to, skimmed and whole; where the skimmed one says that it lacks something it is the whole one.
    fn both(html: &str) -> (String, String) {
        let skimmed = page::read(&document(html));
        let whole = format!("{:?}", page::read(&Document::from(html)));
        (if skimmed.lacks { whole.clone() } else { format!("{skimmed:?}") }, whole)
    }

    #[test]
    fn a_skimmed_page_reads_as_the_whole_one() {
        for html in [
            "<title>a</TITLE ><script>if (a<b) '</p>'</script><p class=x data-y='>'>b<!-- > --x> -->c<p/>",
            "<script><!-- <script> </script> --></script><p>a<style>p > a {}</style>b",
            "<svg><style><p>a</style><title>b</title></svg><script/>c</script>d",
            "<p><a rel=author href=/x><style>i{}</style>Ada Quill</a>",
            "<link rel=stylesheet href=/a><link rel='Canonical' href=/b><link rel='&#99;anonical' href=/c/>d<p>e",
            "<a href='/author/x'>Ada</a> <a href=/x href=/author/x>Tom</a> <a href='/auth&#111;r/x'>Ilse</a>",
            "<script type='application/ld&#43;json'>{\"a\":1}</script><textarea><p></textarea><plaintext><p>x",
            "<svg><![CDATA[<p>]]></svg><p>a<![CDATA[ > ]]>b</ x>c</>d<?x > e",
            "<p hidden/>a<p class=a/>b<p class = 'c' =d / e>f<p x=\"",
            "\u{feff}<p>a<script>b</script>\u{feff}c",
            "<!-->a<!--->b<!--x--!>c<!---!>d-->e<!--x--->f<!-- > -> - -- >--!-->g<table> <!-- -->x<tr><td>y",
        ] {
            let (skimmed, whole) = both(html);
            assert_eq!(skimmed, whole, "{html}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn any_soup_of_tags_skimmed_reads_as_the_whole(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<p class=a data-b='c>'>", "<div id=\"x\" onclick=\"<p>\" />", "</div>", "<a rel=author x=y>",
            "</a>", "<a href=/author/x>", "<link rel=canonical href=/x>", "<link rel=icon href=/y />", "<a href=x href='/authors/y' >", "<b data-a>", "<b data-b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<svg>", "</svg>",
            "<style>", "</style>", "<script>", "</script>", "<script type=application/ld+json>", "</script x>", "<title>",
            "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<iframe>", "</iframe>", "<template>",
            "</template>", "<select>", "<option>", "</select>", "<!--", "-->", "--!>", "--", "-", ">", "<", "</", "<!", "<?",
            "=", "'", "\"", "/", " ", "\n", "\r\n", "&amp", "&lt;", "\0", "words of text ", "é", "<![CDATA[", "]]>",
            "<!doctype html>", "<body class=x y>", "<html lang=es z>", "<math>", "<annotation-xml encoding=text/html>",
            "<font color=a>", "<font>", "<input type=hidden>", "<input x>", "<br/>", "<br x/>", "<li>", "<h1 itemprop=author>",
            "</h1>", "<plaintext>", "<xmp>", "</xmp>", "<frameset>", "<pre>", "</pre>", "<caption>", "<form x>", "</form>",
        ]), 0..40)) {
            let (skimmed, whole) = both(&parts.concat());
            prop_assert_eq!(skimmed, whole);
        }
    }
}
