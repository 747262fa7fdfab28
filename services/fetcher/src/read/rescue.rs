//! An item that no parser takes: its fields cut out one by one, so that a mismatched tag in a teaser costs the markup of
//! that teaser and nothing else.

use super::segment::opaque_end;

/// Fields by the names that the parser knows, and whether they hold text (others are copied as they are).
const FIELDS: [&str; 18] = [
    "title",
    "link",
    "guid",
    "id",
    "description",
    "summary",
    "content",
    "content:encoded",
    "pubDate",
    "published",
    "updated",
    "issued",
    "dc:date",
    "dc:creator",
    "author",
    "category",
    "enclosure",
    "language",
];

/// The item rebuilt from the fields that can be found in it, each once, its text in CDATA. `name` is `item` or
/// `entry`; without `authors`, theirs are left out, because feed-rs fails on some.
pub fn rebuild(segment: &str, name: &str, authors: bool) -> String {
    let mut out = format!("<{name}>");
    for field in FIELDS {
        if !authors && matches!(field, "author" | "dc:creator") {
            continue;
        }
        let mut rest = segment;
        let mut found = 0;
        while let Some((tag, value, after)) = next_field(rest, field) {
            rest = after;
            found += 1;
            // Categories repeat; of anything else the first counts.
            if found > 1 && field != "category" {
                break;
            }
            match value {
                None => out.push_str(tag),
                Some(value) => {
                    let open = tag.trim_end_matches('>').replace("type=\"xhtml\"", "type=\"html\"");
                    let text = text_of(value);
                    out.push_str(&format!(
                        "{open}><![CDATA[{}]]></{field}>",
                        text.replace("]]>", "]]]]><![CDATA[>")
                    ));
                }
            }
        }
    }
    out.push_str(&format!("</{name}>"));
    out
}

/// The next `<field …>value</field>` (or `<field …/>`): start tag, value, and what follows.
fn next_field<'a>(text: &'a str, field: &str) -> Option<(&'a str, Option<&'a str>, &'a str)> {
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        let rest = &text[start..];
        if let Some(end) = opaque_end(rest) {
            at = start + end;
            continue;
        }
        at = start + 1;
        let Some(after_name) = rest[1..].strip_prefix(field) else { continue };
        if !after_name.starts_with(['>', ' ', '\t', '\n', '\r', '/']) {
            continue;
        }
        let open_end = rest.find('>')? + 1;
        if rest[..open_end].ends_with("/>") {
            return Some((&rest[..open_end], None, &rest[open_end..]));
        }
        let Some((value_end, close_end)) = close_of(rest, open_end, field) else { continue };
        return Some((&rest[..open_end], Some(&rest[open_end..value_end]), &rest[close_end..]));
    }
    None
}

/// Where the value ends and where its end tag ends.
fn close_of(rest: &str, from: usize, field: &str) -> Option<(usize, usize)> {
    let close = format!("</{field}");
    let mut at = from;
    while let Some(step) = rest[at..].find('<') {
        let start = at + step;
        if let Some(end) = opaque_end(&rest[start..]) {
            at = start + end;
            continue;
        }
        if rest[start..].starts_with(&close) {
            let end = rest[start..].find('>')? + start + 1;
            return Some((start, end));
        }
        at = start + 1;
    }
    None
}

/// The text of a value: references resolved, CDATA opened.
fn text_of(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("<![CDATA[") {
        out.push_str(&unescaped(&rest[..start]));
        let inner = &rest[start + 9..];
        let end = inner.find("]]>").unwrap_or(inner.len());
        out.push_str(&inner[..end]);
        rest = inner.get(end + 3..).unwrap_or_default();
    }
    out.push_str(&unescaped(rest));
    out
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_the_markup_around_them() {
        for (segment, rebuilt) in [
            (
                "<item><title>Una &amp; otra</title><description>un <b>teaser</i> roto</description><link>http://x.example/1</link></item>",
                "<item><title><![CDATA[Una & otra]]></title><link><![CDATA[http://x.example/1]]></link><description><![CDATA[un <b>teaser</i> roto]]></description></item>",
            ),
            (
                "<item><title><![CDATA[a </title> b]]></title><enclosure url='p.jpg'/>",
                "<item><title><![CDATA[a </title> b]]></title><enclosure url='p.jpg'/></item>",
            ),
            (
                "<item><category>uno</category><category>dos</category></item>",
                "<item><category><![CDATA[uno]]></category><category><![CDATA[dos]]></category></item>",
            ),
            ("<item><titel>x</titel><title>never closed</item>", "<item></item>"),
        ] {
            assert_eq!(rebuild(segment, "item", true), rebuilt);
        }
    }
}
