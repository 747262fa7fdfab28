//! Where the items of a document are, found without parsing it: what is left when a parser refuses the whole.

/// An item or entry by its bytes in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First byte of its start tag.
    pub start: usize,
    /// Byte after its end tag.
    pub end: usize,
    /// It has its end tag.
    pub closed: bool,
}

/// The items (RSS, RDF) or entries (Atom) of a document, in order. An item that is not closed ends where the next one
/// starts; the last one, at the end of the document.
pub fn segments(text: &str) -> Vec<Segment> {
    let bytes = text.as_bytes();
    let mut found: Vec<Segment> = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        let start = at + step;
        let rest = &text[start..];
        if let Some(end) = opaque_end(rest) {
            at = start + end;
            continue;
        }
        at = start + 1;
        if is_tag(rest, "<item") || is_tag(rest, "<entry") {
            if let Some(before) = open.replace(start) {
                found.push(Segment { start: before, end: start, closed: false });
            }
            // `<item/>`
            if let Some(close) = rest.find('>')
                && bytes[start + close - 1] == b'/'
            {
                at = start + close + 1;
                found.push(Segment { start, end: at, closed: true });
                open = None;
            }
        } else if (is_tag(rest, "</item") || is_tag(rest, "</entry"))
            && let Some(before) = open.take()
        {
            let end = rest.find('>').map_or(text.len(), |n| start + n + 1);
            found.push(Segment { start: before, end, closed: true });
            at = end;
        }
    }
    if let Some(start) = open {
        found.push(Segment { start, end: text.len(), closed: false });
    }
    found
}

/// The end of a CDATA section or comment that starts here.
pub fn opaque_end(rest: &str) -> Option<usize> {
    for (open, close) in [("<![CDATA[", "]]>"), ("<!--", "-->")] {
        if rest.starts_with(open) {
            return Some(rest.find(close).map_or(rest.len(), |n| n + close.len()));
        }
    }
    None
}

/// Does a tag of this name, `<item` or `</item`, start here?
fn is_tag(rest: &str, tag: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.len() > tag.len()
        && bytes[..tag.len()].eq_ignore_ascii_case(tag.as_bytes())
        && matches!(bytes[tag.len()], b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_in_broken_documents() {
        for (text, expected) in [
            ("<rss><item>a</item><item x='1'>b</item></rss>", vec!["<item>a</item>", "<item x='1'>b</item>"]),
            ("<items/><item><title>a<item>b</item>", vec!["<item><title>a", "<item>b</item>"]),
            (
                "<entry><![CDATA[</entry><entry>]]></entry>",
                vec!["<entry><![CDATA[</entry><entry>]]></entry>"],
            ),
            ("<item/><ITEM>x</ITEM><item>cut", vec!["<item/>", "<ITEM>x</ITEM>", "<item>cut"]),
            ("<!-- <item></item> --><item", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = segments(text).iter().map(|s| &text[s.start..s.end]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn segments_are_in_order_and_inside(text in "(<item>|</item>|<entry |/>|<!\\[CDATA\\[|\\]\\]>|<!--|-->|é|x|<|>){0,40}") {
            let mut last = 0;
            for segment in segments(&text) {
                assert!(segment.start >= last && segment.end > segment.start);
                last = segment.end;
                let _ = &text[segment.start..segment.end];
            }
        }
    }
}
