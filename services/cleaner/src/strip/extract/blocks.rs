//! The blocks of a tree: one line a paragraph, heading or list entry, with the share of it that is links.

use dom_query::NodeRef;

use crate::strip::blocks::{Block, BlockKind};
use crate::strip::hygiene;

const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "nav",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "form",
    "fieldset",
    "address",
    "details",
    "summary",
    "body",
    "html",
    "center",
];
const SKIPPED: &[&str] = &[
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "button",
    "select",
    "input",
    "textarea",
    "figcaption",
    "head",
    "object",
    "audio",
    "video",
    "canvas",
];

/// The blocks below `root`, in order. A single `<br>` is a space, two end the block.
pub(crate) fn of(root: &NodeRef<'_>) -> Vec<Block> {
    let mut walk = Walk::default();
    enum Step<'a> {
        Enter(NodeRef<'a>),
        Leave(String),
    }
    // An explicit stack: the depth of a page is not ours to choose.
    let mut stack = vec![Step::Enter(*root)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(node) => {
                if node.is_text() {
                    walk.text(&node.text());
                    continue;
                }
                let name = node.node_name().map(|n| n.to_string()).unwrap_or_default();
                if SKIPPED.contains(&name.as_str()) || node.is_comment() {
                    continue;
                }
                walk.enter(&name);
                stack.push(Step::Leave(name));
                stack.extend(node.children_it(true).map(Step::Enter));
            }
            Step::Leave(name) => walk.leave(&name),
        }
    }
    walk.flush();
    walk.blocks
}

#[derive(Default)]
struct Walk {
    blocks: Vec<Block>,
    text: String,
    letters: usize,
    linked: usize,
    links: usize,
    headings: usize,
    entries: usize,
    bold: usize,
    bold_letters: usize,
    breaks: usize,
}

impl Walk {
    fn text(&mut self, text: &str) {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        if letters > 0 {
            self.breaks = 0;
        }
        self.letters += letters;
        if self.links > 0 {
            self.linked += letters;
        }
        if self.bold > 0 {
            self.bold_letters += letters;
        }
        self.text.push_str(text);
    }

    fn enter(&mut self, name: &str) {
        match name {
            "br" => {
                self.breaks += 1;
                if self.breaks >= 2 {
                    self.flush();
                } else {
                    self.text.push(' ');
                }
                return;
            }
            "a" => self.links += 1,
            "b" | "strong" => self.bold += 1,
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.flush();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings += 1,
            "li" | "dd" => self.entries += 1,
            _ => {}
        }
    }

    fn leave(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.flush();
        }
        match name {
            "a" => self.links = self.links.saturating_sub(1),
            "b" | "strong" => self.bold = self.bold.saturating_sub(1),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings = self.headings.saturating_sub(1),
            "li" | "dd" => self.entries = self.entries.saturating_sub(1),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let text = hygiene::line(&self.text);
        if !text.is_empty() {
            let kind = if self.headings > 0 {
                BlockKind::Subhead
            } else if self.entries > 0 {
                BlockKind::ListEntry
            } else if subhead(&text, self.bold_letters >= self.letters) {
                BlockKind::Subhead
            } else {
                BlockKind::Paragraph
            };
            let links = if self.letters == 0 { 0.0 } else { self.linked as f32 / self.letters as f32 };
            self.blocks.push(Block { kind, text, links });
        }
        self.text.clear();
        (self.letters, self.linked, self.bold_letters, self.breaks) = (0, 0, 0, 0);
    }
}

/// A short line in capitals, or all bold, without a full stop.
pub(crate) fn subhead(text: &str, bold: bool) -> bool {
    let length = text.chars().count();
    let capitals =
        text.chars().filter(|c| c.is_uppercase()).count() >= 6 && !text.chars().any(char::is_lowercase);
    (8..=100).contains(&length)
        && (bold || capitals)
        && !text.ends_with(['.', ',', ';', ':', '-', '–', '—', ')'])
}
