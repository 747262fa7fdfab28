//! What is refused before it is parsed: binaries, giants, and nesting that only an attacker writes.

/// Most bytes of a page.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Most open elements. Real pages stay below 100; a tree builder's time grows with depth times tags.
const DEEPEST: usize = 512;
/// Most attributes of a tag. The parser compares each with all before it.
const MOST_ATTRIBUTES: usize = 400;
/// Drawing elements. Only there does `/>` close a tag; anything else among them takes the parser back to HTML.
const SVG: &[&[u8]] = &[
    b"g",
    b"path",
    b"circle",
    b"rect",
    b"line",
    b"use",
    b"polygon",
    b"polyline",
    b"ellipse",
    b"stop",
    b"defs",
    b"lineargradient",
    b"radialgradient",
    b"clippath",
    b"mask",
    b"symbol",
    b"image",
    b"text",
    b"tspan",
    b"filter",
    b"pattern",
    b"animate",
    b"animatetransform",
];
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
    b"html",
    b"head",
    b"body",
    b"colgroup",
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
    } else if html.len() > 1 << 20 && strays(html.as_bytes()) > html.len() / 20 {
        Some("not_html")
    } else {
        refuse_fragment(html)
    }
}

/// How many `<` open no tag: each is a token of its own to the parser.
fn strays(html: &[u8]) -> usize {
    html.windows(2).filter(|pair| pair.first() == Some(&b'<') && pair.get(1) == Some(&b'<')).count()
}

/// Why a fragment is not parsed.
pub(crate) fn refuse_fragment(html: &str) -> Option<&'static str> {
    if html.len() > MOST_BYTES {
        return Some("too_large");
    }
    match depth(html.as_bytes()) {
        None => Some("too_many_attributes"),
        Some(depth) => (depth > DEEPEST).then_some("too_deep"),
    }
}

/// Where the first byte from a place on stands that stops; the end where none does.
fn until(bytes: &[u8], from: usize, stop: impl Fn(u8) -> bool) -> usize {
    let found = bytes.get(from..).and_then(|rest| rest.iter().position(|b| stop(*b)));
    found.map_or(bytes.len(), |found| from + found)
}

/// The same for one byte.
fn until_byte(bytes: &[u8], from: usize, byte: u8) -> usize {
    let found = bytes.get(from..).and_then(|rest| memchr::memchr(byte, rest));
    found.map_or(bytes.len(), |found| from + found)
}

/// Where the tag ends that starts with this name, and how many attributes it has.
fn tag(rest: &[u8], name: usize) -> (usize, usize) {
    let byte = |at: usize| rest.get(at).copied();
    let space = |b: u8| matches!(b, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c');
    let (mut at, mut count) = (name, 0);
    loop {
        at = until(rest, at, |b| !space(b) && b != b'/');
        match byte(at) {
            None | Some(b'>') => return (at, count),
            Some(_) => count += 1,
        }
        at = until(rest, at + 1, |b| space(b) || matches!(b, b'/' | b'>' | b'='));
        let value = until(rest, at, |b| !space(b));
        if byte(value) != Some(b'=') {
            continue;
        }
        at = until(rest, value + 1, |b| !space(b));
        at = match byte(at) {
            Some(quote @ (b'"' | b'\'')) => until_byte(rest, at + 1, quote) + 1,
            _ => until(rest, at, |b| space(b) || b == b'>'),
        };
    }
}

/// The deepest nesting that the tags of a document can come to, roughly: scripts are skipped. `None` where a tag has too many
/// attributes.
fn depth(html: &[u8]) -> Option<usize> {
    let (mut at, mut open, mut deepest, mut in_svg) = (0, 0usize, 0, false);
    while let Some(found) = html.get(at..).and_then(|rest| memchr::memchr(b'<', rest)) {
        at += found + 1;
        let rest = html.get(at..).unwrap_or_default();
        let closing = rest.first() == Some(&b'/');
        let name = rest.get(usize::from(closing)..).unwrap_or_default();
        let length = name.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let name = name.get(..length).unwrap_or_default();
        let (end, attributes) =
            if name.is_empty() { (0, 0) } else { tag(rest, usize::from(closing) + length) };
        if attributes > MOST_ATTRIBUTES {
            return None;
        }
        at += end;
        if name.is_empty() || OPEN_ENDED.iter().any(|o| name.eq_ignore_ascii_case(o)) {
            continue;
        }
        if closing {
            open = open.saturating_sub(1);
            continue;
        }
        let raw = [b"script".as_slice(), b"style", b"textarea", b"title", b"noscript", b"template"];
        if raw.iter().any(|r| name.eq_ignore_ascii_case(r)) {
            at += end_of_raw(rest.get(end..).unwrap_or_default(), name);
            continue;
        }
        in_svg =
            name.eq_ignore_ascii_case(b"svg") || in_svg && SVG.iter().any(|s| name.eq_ignore_ascii_case(s));
        if in_svg && end > 0 && rest.get(end - 1) == Some(&b'/') {
            continue;
        }
        open += 1;
        deepest = deepest.max(open);
    }
    Some(deepest)
}

/// Where the content of a raw element ends, from its name on.
fn end_of_raw(rest: &[u8], name: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|r| memchr::memchr(b'<', r)) {
        at += found;
        let after = rest.get(at + 2..at + 2 + name.len());
        if rest.get(at + 1) == Some(&b'/') && after.is_some_and(|a| a.eq_ignore_ascii_case(name)) {
            return at;
        }
        at += 1;
    }
    rest.len()
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
        for unclosed in ["<circle/>", "<optgroup>", "<rt>", "<svg><desc><path/>", "<svg><p><path/>"] {
            assert_eq!(refuse(&unclosed.repeat(100_000)), Some("too_deep"), "{unclosed}");
        }
        assert_eq!(refuse(&"<svg><g><path d='M0'/><circle/></g></svg>".repeat(10_000)), None);
        assert_eq!(refuse(&"<p>a<br>b<li>c".repeat(10_000)), None);
        let names: String = (0..2_000).map(|n| format!("a{n} ")).collect();
        for many in [
            format!("<p {names}>"),
            format!("<p x='>' {names}"),
            format!("<p a=b\" x=\">\" {names}>"),
            format!("<b/{}>", names.replace(' ', "/")),
        ] {
            assert_eq!(refuse(&many), Some("too_many_attributes"), "{many:.40}");
        }
        assert_eq!(refuse(&format!("<p title=\"{names}\" class='{names}'>x</p>")), None);
        let script = "<script>document.write('</p><div><div>')</script>".repeat(1_000);
        assert_eq!(refuse(&script), None);
        assert_eq!(refuse(&"<div><b>x</b></div>".repeat(10_000)), None);
    }
}
