//! The repair pass for readers that build a tree: what wires commonly break is mended before a strict parser sees it.
//! Well-formed documents come out as they went in, but for their prolog and comments.

use super::tally::Tally;
use super::xml::named::named;
use super::xml::references::forbidden;
use super::xml::{Scanner, Token};

/// Mends characters, references and stray markup, and drops declarations (the text is UTF-8 by now, and no entity that
/// a document declares is expanded).
pub fn mend(text: &str, tally: &mut Tally) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut scan = Scanner::new(text);
    while let Some(token) = scan.next(None, tally) {
        let raw = &text[scan.start()..scan.end()];
        match token {
            Token::Text(text) => mended(text, &mut out, tally),
            Token::Stray => out.push_str("&lt;"),
            Token::Cdata(text) => {
                let lost = text.chars().filter(|c| forbidden(*c)).count();
                tally.add_n("control_character", u32::try_from(lost).unwrap_or(u32::MAX));
                let kept: String = text.chars().filter(|c| !forbidden(*c)).collect();
                out.push_str("<![CDATA[");
                // What was left out may have stood between the brackets of an end.
                out.push_str(&kept.replace("]]>", "]]]]><![CDATA[>"));
                out.push_str("]]>");
            }
            Token::Open(_) | Token::Close(_) if raw.ends_with('>') => mended(raw, &mut out, tally),
            Token::Open(_) | Token::Close(_) => {
                mended(raw, &mut out, tally);
                out.push('>');
            }
        }
    }
    if scan.cut {
        let rest = &text[scan.start()..];
        if rest.starts_with('<') && !rest.starts_with("<!") {
            tally.add("stray_lt");
            out.push_str("&lt;");
            mended(&rest[1..], &mut out, tally);
        }
    }
    out
}

/// Appends a text or tag with its references mended and what is forbidden left out.
fn mended(text: &str, out: &mut String, tally: &mut Tally) {
    let mut rest = text;
    while let Some(n) = rest.find(|c: char| c == '&' || forbidden(c)) {
        out.push_str(&rest[..n]);
        rest = &rest[n..];
        if rest.starts_with('&') {
            rest = &rest[reference(rest, out, tally)..];
        } else {
            tally.add("control_character");
            rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        }
    }
    out.push_str(rest);
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
            Some('<') => out.push_str("&lt;"),
            Some('&') => out.push_str("&amp;"),
            // In the value of an attribute it would end it.
            Some('"') => out.push_str("&quot;"),
            Some('\'') => out.push_str("&apos;"),
            Some(c) => out.push(c),
            None => tally.add("control_character"),
        }
    } else if let Some(value) = named(name) {
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
