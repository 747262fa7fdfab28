//! The light repair pass: what wires commonly break is mended character by character before a parser sees it. Well-formed
//! documents come out as they went in, but for their prolog.

use quick_xml::escape::resolve_html5_entity;

use super::segment::opaque_end;
use super::tally::Tally;

/// Mends characters, references and stray markup, and drops declarations (the text is UTF-8 by now, and no entity that
/// a document declares is expanded).
pub fn mend(text: &str, tally: &mut Tally) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let step = rest.find(special).unwrap_or(rest.len());
        out.push_str(&rest[..step]);
        at += step;
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { break };
        at += match c {
            '<' => markup(rest, &mut out, tally),
            '&' => reference(rest, &mut out, tally),
            _ => {
                tally.add("control_character");
                c.len_utf8()
            }
        };
    }
    out
}

/// `<`, `&`, and what XML 1.0 (production 2) does not allow.
fn special(c: char) -> bool {
    matches!(c, '<' | '&') || forbidden(c)
}

fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Copies what starts at this `<`; answers with how many bytes it took.
fn markup(rest: &str, out: &mut String, tally: &mut Tally) -> usize {
    if let Some(end) = opaque_end(rest) {
        let part = &rest[..end];
        if part.contains(forbidden) {
            tally.add("control_character");
            out.extend(part.chars().filter(|c| !forbidden(*c)));
        } else {
            out.push_str(part);
        }
        return end;
    }
    if rest.starts_with("<?") {
        return rest.find("?>").map_or(rest.len(), |n| n + 2);
    }
    if rest.starts_with("<!") {
        return declaration_end(rest);
    }
    let name = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
    match name.chars().next().filter(|c| c.is_alphabetic() || *c == '_').and_then(|_| tag_end(rest)) {
        Some(end) => {
            tag(&rest[..end], out, tally);
            end
        }
        None => {
            tally.add("stray_lt");
            out.push_str("&lt;");
            1
        }
    }
}

/// A tag as it is, its attribute values mended.
fn tag(tag: &str, out: &mut String, tally: &mut Tally) {
    if !tag.contains('&') && !tag.contains(forbidden) {
        return out.push_str(tag);
    }
    let mut at = 0;
    while let Some(c) = tag[at..].chars().next() {
        at += match c {
            '&' => reference(&tag[at..], out, tally),
            c if forbidden(c) => {
                tally.add("control_character");
                c.len_utf8()
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
    }
}

/// The end of a tag: the first `>` outside quotes. None where another `<` comes first: then this is no tag.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (n, b) in rest.bytes().enumerate().skip(1) {
        match (quote, b) {
            (None, b'>') => return Some(n + 1),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            _ => {}
        }
        // No honest tag is that long: an unpaired quote would eat the document.
        if n > 16_384 {
            break;
        }
    }
    rest.bytes().take(4096).position(|b| b == b'>').map(|n| n + 1).filter(|n| !rest[1..*n].contains('<'))
}

/// The end of `<!DOCTYPE …>`, its internal subset included.
fn declaration_end(rest: &str) -> usize {
    let close = rest.find('>').unwrap_or(rest.len());
    let end = match rest.find('[') {
        Some(open) if open < close => rest[open..].find("]>").map_or(close, |n| open + n + 1),
        _ => close,
    };
    (end + 1).min(rest.len())
}

/// Copies the reference at this `&`, or what it should have been; answers with how many bytes it took.
fn reference(rest: &str, out: &mut String, tally: &mut Tally) -> usize {
    let body = &rest[1..];
    let length = body
        .bytes()
        .take(40)
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'#'))
        .unwrap_or(body.len().min(40));
    let name = body.get(..length).unwrap_or_default();
    if !body[name.len()..].starts_with(';') || name.is_empty() {
        tally.add("bare_ampersand");
        out.push_str("&amp;");
        return 1;
    }
    let whole = name.len() + 2;
    if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        out.push_str(&rest[..whole]);
    } else if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        match code.ok().map(windows_1252).and_then(char::from_u32).filter(|c| !forbidden(*c)) {
            Some(c @ ('<' | '&')) => out.push_str(if c == '<' { "&lt;" } else { "&amp;" }),
            Some(c) => out.push(c),
            None => tally.add("control_character"),
        }
    } else if let Some(value) = resolve_html5_entity(name) {
        tally.add("html_entity");
        out.push_str(value);
    } else {
        tally.add("bare_ampersand");
        out.push_str("&amp;");
        return 1;
    }
    whole
}

/// Numbers of the C1 range are meant as windows-1252, as in HTML.
fn windows_1252(code: u32) -> u32 {
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9f) => {
            let bytes = [byte];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            text.chars().next().map_or(code, u32::from)
        }
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mended_and_what_is_left() {
        for (text, mended, repairs) in [
            ("<a b='1'>Gómez &amp; hijos &#233;</a>", "<a b='1'>Gómez &amp; hijos é</a>", ""),
            ("<t>Ruiz & Mora</t>", "<t>Ruiz &amp; Mora</t>", "bare_ampersand=1"),
            (
                "<l>http://x.example/?a=1&b=2&copy=3</l>",
                "<l>http://x.example/?a=1&amp;b=2&amp;copy=3</l>",
                "bare_ampersand=2",
            ),
            (
                "<t>caf&eacute;&nbsp;&unknown;</t>",
                "<t>café\u{a0}&amp;unknown;</t>",
                "bare_ampersand=1 html_entity=2",
            ),
            ("<t>menos de 3 < 5 y <5%</t>", "<t>menos de 3 &lt; 5 y &lt;5%</t>", "stray_lt=2"),
            ("<t>a\u{0}b\u{1f}c&#x1f;</t>", "<t>abc</t>", "control_character=3"),
            ("<t><![CDATA[a & b \u{8}< c]]></t>", "<t><![CDATA[a & b < c]]></t>", "control_character=1"),
            ("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x 'y'>]><r/>", "<r/>", ""),
            ("<a href=\"?a&b\"/>", "<a href=\"?a&amp;b\"/>", "bare_ampersand=1"),
            ("<t>&#60;b&#62; &#147;hola&#148;</t>", "<t>&lt;b> “hola”</t>", ""),
            ("<descri <b>x</b>", "&lt;descri <b>x</b>", "stray_lt=1"),
            ("<", "&lt;", "stray_lt=1"),
            ("&", "&amp;", "bare_ampersand=1"),
        ] {
            let mut tally = Tally::default();
            assert_eq!(mend(text, &mut tally), mended);
            assert_eq!(tally.to_string(), repairs, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn mending_twice_changes_nothing_more(text in "(<a>|</a>|<b c='d'>|&|&amp;|&lt;|;|é|<|>|x|\u{1}){0,40}") {
            let once = mend(&text, &mut Tally::default());
            assert_eq!(mend(&once, &mut Tally::default()), once);
        }
    }
}
