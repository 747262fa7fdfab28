//! What is refused before it is parsed: binaries, giants, and nesting that only an attacker writes.

/// Most bytes of a page.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Most open elements. Real pages stay below 100; a tree builder's time grows with depth times tags.
const DEEPEST: usize = 512;
/// Elements without an end tag, or whose end tag may be left out.
const OPEN_ENDED: &[&[u8]] = &[
    b"area",
    b"base",
    b"br",
    b"col",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"link",
    b"meta",
    b"param",
    b"source",
    b"track",
    b"wbr",
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"option",
    b"optgroup",
    b"html",
    b"head",
    b"body",
    b"colgroup",
    b"rp",
    b"rt",
    b"path",
];

/// Why a page is not parsed.
pub(crate) fn refuse(html: &str) -> Option<&'static str> {
    let head = html.get(..html.floor_char_boundary(1024)).unwrap_or_default();
    if html.trim().is_empty() {
        Some("empty")
    } else if head.starts_with("%PDF") {
        Some("pdf")
    } else if head.chars().filter(|c| matches!(c, '\0'..='\u{8}' | '\u{fffd}')).count() > head.len() / 20 + 3
    {
        Some("binary")
    } else {
        refuse_fragment(html)
    }
}

/// Why a fragment is not parsed.
pub(crate) fn refuse_fragment(html: &str) -> Option<&'static str> {
    if html.len() > MOST_BYTES {
        return Some("too_large");
    }
    (depth(html.as_bytes()) > DEEPEST).then_some("too_deep")
}

/// The deepest nesting that the tags of a document can come to, roughly: scripts and comments are skipped.
fn depth(html: &[u8]) -> usize {
    let (mut at, mut open, mut deepest) = (0, 0usize, 0);
    while let Some(found) = html.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'<')) {
        at += found + 1;
        let rest = html.get(at..).unwrap_or_default();
        let closing = rest.first() == Some(&b'/');
        let name = rest.get(usize::from(closing)..).unwrap_or_default();
        let length = name.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let name = name.get(..length).unwrap_or_default();
        if name.is_empty() || OPEN_ENDED.iter().any(|o| name.eq_ignore_ascii_case(o)) {
            continue;
        }
        if closing {
            open = open.saturating_sub(1);
            continue;
        }
        let raw = [b"script".as_slice(), b"style", b"textarea", b"title"];
        if raw.iter().any(|r| name.eq_ignore_ascii_case(r)) {
            let end = rest.windows(2).position(|w| w == b"</").unwrap_or(rest.len());
            at += end;
            continue;
        }
        open += 1;
        deepest = deepest.max(open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_pages_are_refused_by_name() {
        assert_eq!(refuse(&"<div>".repeat(100_000)), Some("too_deep"));
        assert_eq!(refuse("  \n"), Some("empty"));
        assert_eq!(refuse("%PDF-1.7 …"), Some("pdf"));
        assert_eq!(refuse(&"\0\u{1}\u{2}\u{fffd}".repeat(50)), Some("binary"));
        assert_eq!(refuse(&"<p>a<br>b<li>c".repeat(10_000)), None);
        assert_eq!(refuse(&"<div><b>x</b></div>".repeat(10_000)), None);
    }
}
