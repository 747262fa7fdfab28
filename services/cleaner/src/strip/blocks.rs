//! A body as blocks, and what is made of them: plain text, and a small safe HTML.

use wiredesk_contract::escape::escaped;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading within the text.
    Subhead,
    /// An entry of a list.
    ListEntry,
}

/// One block of a body: a line of text without line breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text.
    pub text: String,
    /// Share of its letters that stand in links, 0 to 1.
    pub links: f32,
}

impl Block {
    /// A paragraph without links.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self { kind: BlockKind::Paragraph, text: text.into(), links: 0.0 }
    }
}

/// One block a line.
pub(crate) fn text_of(blocks: &[Block]) -> String {
    blocks.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// `p`, `h2` and `ul`/`li`, everything escaped; `None` without a block.
pub(crate) fn html_of(blocks: &[Block]) -> Option<String> {
    if blocks.is_empty() {
        return None;
    }
    let mut html = String::new();
    let mut in_list = false;
    for block in blocks {
        let entry = block.kind == BlockKind::ListEntry;
        if entry != in_list {
            html.push_str(if entry { "<ul>" } else { "</ul>" });
            in_list = entry;
        }
        let tag = match block.kind {
            BlockKind::Paragraph => "p",
            BlockKind::Subhead => "h2",
            BlockKind::ListEntry => "li",
        };
        html.push_str(&format!("<{tag}>{}</{tag}>", escaped(&block.text)));
    }
    if in_list {
        html.push_str("</ul>");
    }
    Some(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_escaped_and_lists_are_closed() {
        let mut entry = Block::paragraph("a < b & \"c\"");
        entry.kind = BlockKind::ListEntry;
        let html = html_of(&[Block::paragraph("<script>"), entry]);
        assert_eq!(
            html.as_deref(),
            Some("<p>&lt;script&gt;</p><ul><li>a &lt; b &amp; &quot;c&quot;</li></ul>")
        );
        assert_eq!(html_of(&[]), None);
    }
}
