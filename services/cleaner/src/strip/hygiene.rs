//! Text hygiene: NFC, one sort of space, nothing invisible, doubly encoded text mended.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{letters, mojibake};

/// One line of clean text: runs of white space become one space, soft hyphens, zero-width characters, bidi controls and
/// control characters go, the rest is NFC. Quotes and dashes stay as written.
pub(crate) fn line(text: &str) -> String {
    let text = entities(text);
    if text.is_ascii() {
        return ascii_line(&text);
    }
    let text = mojibake::mend(&text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if visible(c) {
            out.push(c);
        } else if c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\u{ffa0}') {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if is_joiner(c) {
            // Between letters of scripts that join, these change the word; elsewhere they are litter.
            let joins = |c: Option<char>| c.is_some_and(needs_joiners);
            if joins(out.chars().next_back()) && joins(chars.peek().copied()) {
                out.push(c);
            }
        } else if !invisible(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    // Below the combining marks everything is composed.
    if out.chars().all(|c| c < '\u{300}') || is_nfc(&out) { out } else { out.nfc().collect() }
}

/// A line of ASCII: there only space and control characters are to be seen to.
fn ascii_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        if word.bytes().any(|b| b.is_ascii_control()) {
            out.extend(word.chars().filter(|c| !c.is_control()));
        } else {
            out.push_str(word);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Surely a character to keep: nearly all are, and need not be asked about what follows.
fn visible(c: char) -> bool {
    c.is_ascii_graphic() || letters::alphanumeric(c) && !matches!(c, '\u{3164}' | '\u{ffa0}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Letters between which a joiner or non-joiner is spelling: Arabic and Persian, the scripts of India and its
/// neighbours, and emoji.
fn needs_joiners(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{08ff}' | '\u{0900}'..='\u{0dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{fb50}'..='\u{fdff}' | '\u{1f000}'..='\u{1faff}')
}

fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, combining grapheme joiner, marks and isolates of direction, Mongolian vowel separator.
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            // Word joiner and invisible operators, deprecated format characters.
            | '\u{2060}'..='\u{206f}'
            // Byte order mark, annotations, object replacement, non-characters, tags.
            | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Words in small letters, joined by single spaces: equal for lines that differ in case, spacing and punctuation.
pub(crate) fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !letters::alphanumeric(c)).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            if c.is_ascii() {
                out.push(c.to_ascii_lowercase());
            } else {
                out.extend(c.to_lowercase());
            }
        }
    }
    out
}

/// Entities that are still there after a document was read, because somebody escaped twice: only those that nobody
/// writes by hand.
pub(crate) fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| from.get(1..end).and_then(reference).map(|c| (c, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of a reference's name or number.
fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    const NAMES: &[(&str, char)] = &[
        ("amp", '&'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("lt", '<'),
        ("gt", '>'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("sbquo", '‚'),
        ("bdquo", '„'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("euro", '€'),
        ("iexcl", '¡'),
        ("iquest", '¿'),
        ("ordf", 'ª'),
        ("ordm", 'º'),
        ("deg", '°'),
        ("middot", '·'),
        ("aacute", 'á'),
        ("eacute", 'é'),
        ("iacute", 'í'),
        ("oacute", 'ó'),
        ("uacute", 'ú'),
        ("ntilde", 'ñ'),
        ("Aacute", 'Á'),
        ("Eacute", 'É'),
        ("Iacute", 'Í'),
        ("Oacute", 'Ó'),
        ("Uacute", 'Ú'),
        ("Ntilde", 'Ñ'),
        ("agrave", 'à'),
        ("egrave", 'è'),
        ("igrave", 'ì'),
        ("ograve", 'ò'),
        ("ugrave", 'ù'),
        ("Agrave", 'À'),
        ("Egrave", 'È'),
        ("acirc", 'â'),
        ("ecirc", 'ê'),
        ("icirc", 'î'),
        ("ocirc", 'ô'),
        ("ucirc", 'û'),
        ("auml", 'ä'),
        ("euml", 'ë'),
        ("iuml", 'ï'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("szlig", 'ß'),
        ("ccedil", 'ç'),
        ("Ccedil", 'Ç'),
        ("atilde", 'ã'),
        ("otilde", 'õ'),
        ("oelig", 'œ'),
        ("shy", '\u{ad}'),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cleaned() {
        for (given, wanted) in [
            ("  a\u{a0}\n b ", "a b"),
            ("a\u{2009}b\u{202f}c\u{3000}d\u{2028}e", "a b c d e"),
            ("in\u{ad}visible\u{200b}", "invisible"),
            ("\u{202e}abc\u{202c} \u{2066}x\u{2069}\u{feff}", "abc x"),
            ("a\u{200d}b", "ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🚒", "👩\u{200d}🚒"),
            ("e\u{301}t\u{e9}", "été"),
            ("«así» “lo” dijo—", "«así» “lo” dijo—"),
            ("EspaÃ±a aprobÃ³", "España aprobó"),
            ("", ""),
        ] {
            assert_eq!(line(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn what_is_surely_kept_is_neither_space_nor_invisible() {
        for c in ('\0'..=char::MAX).filter(|c| visible(*c)) {
            assert!(!c.is_whitespace() && !is_joiner(c) && !invisible(c) && c != '\u{2800}', "{c:?}");
        }
    }

    #[test]
    fn what_was_escaped_twice_is_read() {
        for (given, wanted) in [
            ("Oro &amp; plata", "Oro & plata"),
            ("Espa&ntilde;a &#8220;s&iacute;&#8221; &#x2013; hoy", "España “sí” – hoy"),
            ("AT&T; R&D &c; & co", "AT&T; R&D &c; & co"),
            ("&#0; &#xD800; &#99999999999;", "&#0; &#xD800; &#99999999999;"),
        ] {
            assert_eq!(entities(given), wanted);
        }
    }
}
