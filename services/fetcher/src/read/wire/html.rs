//! Copy as simple HTML: `p`, `h2`, `ul`, `table` and `blockquote`, with `a`, `em`, `strong` and `br` inside, all text
//! escaped. Whatever markup an agency uses (NITF, XHTML, HTML of its editorial system), only this comes out.

use wiredesk_contract::escape::escape;

use super::draft::{collapse, line};
use super::tree::{El, Part};

/// The copy in an element. A heading that repeats `title` before the first paragraph is left out.
pub(super) fn copy(el: El<'_>, title: &str) -> String {
    let mut writer = Writer { title: line(title).unwrap_or_default(), ..Writer::default() };
    writer.walk(el);
    writer.end("p");
    writer.out
}

/// Puts a block on a line of its own.
pub(super) fn block(out: &mut String, tag: &str, html: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&format!("<{tag}>{html}</{tag}>"));
}

#[derive(Default)]
struct Writer {
    title: String,
    out: String,
    /// The paragraph that is being written.
    paragraph: String,
    has_text: bool,
    /// It ends with a space or a line break.
    spaced: bool,
    /// Inline tags that are open in it.
    inline: Vec<&'static str>,
    /// Counts paragraphs: an inline element that began in another one is closed already.
    count: usize,
}

impl Writer {
    /// Recursion is bounded by the tree's depth.
    fn walk(&mut self, el: El<'_>) {
        for part in el.parts() {
            match part {
                Part::Text(text) => self.text(text),
                Part::Element(el) => self.element(el),
            }
        }
    }

    fn element(&mut self, el: El<'_>) {
        let name = el.name().to_ascii_lowercase();
        match name.as_str() {
            "script"
            | "style"
            | "head"
            | "title"
            | "noscript"
            | "iframe"
            | "object"
            | "embed"
            | "svg"
            | "math"
            | "form"
            | "nav"
            | "button"
            | "select"
            | "figure"
            | "media"
            | "img"
            | "body.head"
            | "body.end"
            | "nitf-table-metadata"
            | "template"
            | "video"
            | "audio"
            | "map" => {}
            "br" => {
                if self.has_text {
                    self.paragraph.push_str("<br>");
                    self.spaced = true;
                }
                self.walk(el);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hl1" | "hl2" | "hl3" | "hl4" => {
                self.end("p");
                self.walk(el);
                self.end("h2");
            }
            "ul" | "ol" | "dl" => self.list(el),
            "table" => self.table(el),
            "pre" => {
                self.end("p");
                super::plain::add(&el.raw_text(), &mut self.out);
            }
            "blockquote" | "bq" => {
                self.end("p");
                self.walk(el);
                self.end("blockquote");
            }
            "b" | "strong" => self.inline(el, "strong", "<strong>"),
            "i" | "em" => self.inline(el, "em", "<em>"),
            "a" => match el.attr("href").filter(|h| is_web(h) && h.len() < 2048) {
                Some(href) => {
                    let mut open = "<a href=\"".to_owned();
                    escape(href, &mut open);
                    open.push_str("\">");
                    self.inline(el, "a", &open);
                }
                None => self.walk(el),
            },
            "q" => {
                self.text("\"");
                self.walk(el);
                self.text("\"");
            }
            "span" | "font" | "person" | "org" | "location" | "city" | "country" | "event" | "chron"
            | "money" | "num" | "lang" | "sub" | "sup" | "small" | "u" | "s" | "mark" | "abbr" | "cite"
            | "time" | "tt" | "function" | "virtloc" | "object.title" | "pronounce" | "copyrite"
            | "postaddr" | "alt-code" | "name.given" | "name.family" | "inlinetag" | "inlineref"
            | "label" | "strike" | "ins" | "del" => {
                self.walk(el);
            }
            // Anything else stands apart: words of two blocks must not run into one.
            _ => {
                self.end("p");
                self.walk(el);
                self.end("p");
            }
        }
    }

    fn inline(&mut self, el: El<'_>, tag: &'static str, open: &str) {
        if self.inline.contains(&tag) {
            return self.walk(el);
        }
        let count = self.count;
        self.paragraph.push_str(open);
        self.inline.push(tag);
        self.walk(el);
        if self.count == count && self.inline.pop().is_some() {
            self.paragraph.push_str(&format!("</{tag}>"));
        }
    }

    fn text(&mut self, text: &str) {
        let collapsed = collapse(text);
        let mut collapsed = collapsed.as_str();
        if !self.has_text || self.spaced {
            collapsed = collapsed.trim_start_matches(' ');
        }
        if !collapsed.is_empty() {
            escape(collapsed, &mut self.paragraph);
            self.spaced = collapsed.ends_with(' ');
            self.has_text |= collapsed.chars().any(|c| !c.is_whitespace());
        }
    }

    /// Ends the paragraph.
    fn end(&mut self, tag: &str) {
        for open in self.inline.drain(..).rev() {
            self.paragraph.push_str(&format!("</{open}>"));
        }
        self.count += 1;
        let mut html = std::mem::take(&mut self.paragraph);
        if !std::mem::take(&mut self.has_text) {
            return;
        }
        while let Some(length) = html.trim_end().strip_suffix("<br>").map(str::len) {
            html.truncate(length);
        }
        let repeats = tag == "h2" && self.out.is_empty() && !self.title.is_empty() && {
            let mut title = String::new();
            escape(&self.title, &mut title);
            without_tags(&html).trim() == title
        };
        if !repeats {
            block(&mut self.out, tag, html.trim());
        }
    }

    fn list(&mut self, el: El<'_>) {
        self.end("p");
        let mut items = Cells::new("li");
        for part in el.inside() {
            match part {
                Part::Element(el) if ["li", "dt", "dd"].iter().any(|n| el.is(n)) => items.next(),
                Part::Element(_) => items.space(),
                Part::Text(text) => items.text(text),
            }
        }
        let html = items.end();
        if !html.is_empty() {
            block(&mut self.out, "ul", &html);
        }
    }

    fn table(&mut self, el: El<'_>) {
        self.end("p");
        let mut rows = String::new();
        let mut cells = Cells::new("td");
        let mut row = |cells: &mut Cells| {
            let html = std::mem::replace(cells, Cells::new("td")).end();
            if !html.is_empty() {
                rows.push_str(&format!("<tr>{html}</tr>"));
            }
        };
        for part in el.inside() {
            match part {
                Part::Element(el) if el.is("tr") || el.is("caption") => row(&mut cells),
                Part::Element(el) if el.is("td") || el.is("th") => cells.next(),
                Part::Element(_) => cells.space(),
                Part::Text(text) => cells.text(text),
            }
        }
        row(&mut cells);
        if !rows.is_empty() {
            block(&mut self.out, "table", &rows);
        }
    }
}

/// Cells of a row or items of a list: flat, text only.
struct Cells {
    tag: &'static str,
    out: String,
    text: String,
    any: bool,
    open: bool,
}

impl Cells {
    fn new(tag: &'static str) -> Self {
        Self { tag, out: String::new(), text: String::new(), any: false, open: false }
    }

    fn next(&mut self) {
        self.finish();
        self.open = true;
    }

    fn space(&mut self) {
        self.text.push(' ');
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn finish(&mut self) {
        let text = line(&std::mem::take(&mut self.text));
        self.any |= text.is_some();
        // An empty cell holds its column; an empty item holds nothing.
        if text.is_some() || self.open && self.tag == "td" {
            self.out.push_str(&format!("<{}>", self.tag));
            escape(&text.unwrap_or_default(), &mut self.out);
            self.out.push_str(&format!("</{}>", self.tag));
        }
        self.open = false;
    }

    fn end(mut self) -> String {
        self.finish();
        if self.any { self.out } else { String::new() }
    }
}

pub(super) fn is_web(address: &str) -> bool {
    let scheme = address.split("://").next().unwrap_or_default();
    address.contains("://") && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    for (n, piece) in html.split('<').enumerate() {
        out.push_str(if n == 0 { piece } else { piece.split_once('>').map_or("", |(_, text)| text) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;

    #[test]
    fn any_markup_becomes_simple_html() {
        for (markup, title, expected) in [
            ("<p>Uno</p>dos<p> tres </p>", "", "<p>Uno</p>\n<p>dos</p>\n<p>tres</p>"),
            ("<h1>El  título</h1><p>a</p><h3>b</h3>", "El título", "<p>a</p>\n<h2>b</h2>"),
            (
                "<p>a <b>b <b>c</b></b> <i></i> d<br> e<br></p>",
                "",
                "<p>a <strong>b c</strong> <em></em>d<br>e</p>",
            ),
            ("<p>a<b>b<p>c</b>d</p>", "", "<p>a<strong>b</strong></p>\n<p>c</p>\n<p>d</p>"),
            ("<p>3 &lt; 5 &amp;amp; \"x\"</p>", "", "<p>3 &lt; 5 &amp;amp; &quot;x&quot;</p>"),
            ("<ul><li>a<ul><li>b</li></ul></li><li> </li></ul>", "", "<ul><li>a</li><li>b</li></ul>"),
            (
                "<table><caption>T</caption><tr><th>a</th><td/></tr><tr><td> </td></tr></table>",
                "",
                "<table><tr><td>T</td></tr><tr><td>a</td><td></td></tr></table>",
            ),
            (
                "<a href='javascript:x'>a</a> <a href='https://w.example/?a=1&amp;b'>b</a>",
                "",
                "<p>a <a href=\"https://w.example/?a=1&amp;b\">b</a></p>",
            ),
            (
                "<div><div>a</div><script>x</script><style>y</style><blockquote>b</blockquote></div>",
                "",
                "<p>a</p>\n<blockquote>b</blockquote>",
            ),
            (
                "<pre>a\nb\n\nc</pre><p>Dijo <q>sí</q>.</p>",
                "",
                "<p>a b</p>\n<p>c</p>\n<p>Dijo &quot;sí&quot;.</p>",
            ),
            ("<p> </p><p>\u{a0}</p><br>", "", ""),
        ] {
            let tree = Tree::parse(markup);
            assert_eq!(copy(tree.root(), title), expected, "{markup}");
        }
    }
}
