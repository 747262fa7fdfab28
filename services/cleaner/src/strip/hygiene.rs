//! Text hygiene: NFC, one sort of space, nothing invisible, doubly encoded text mended.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// One line of clean text: runs of white space become one space, soft hyphens, zero-width characters, bidi controls and
/// control characters go, the rest is NFC. Quotes and dashes stay as written.
pub(crate) fn line(text: &str) -> String {
    let text = mend_mojibake(text);
    let text: &str = &text;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '\u{00a0}' | '\u{2028}' | '\u{2029}') {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !invisible(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    if is_nfc(&out) { out } else { out.nfc().collect() }
}

fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}')
}

/// Words in small letters, joined by single spaces: equal for lines that differ in case, spacing and punctuation.
pub(crate) fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// UTF-8 that somebody read as Windows-1252 (`Ã©` for `é`) is turned back, where all of its odd characters fit.
fn mend_mojibake(text: &str) -> std::borrow::Cow<'_, str> {
    let suspicious = ["Ã", "â€", "Â"].iter().any(|sign| text.contains(sign));
    if !suspicious {
        return text.into();
    }
    let bytes: Option<Vec<u8>> = text.chars().map(windows_1252).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(mended)) => mended.into(),
        _ => text.into(),
    }
}

fn windows_1252(c: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => u8::try_from(code).ok(),
        _ => HIGH.chars().position(|h| h == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cleaned() {
        for (given, wanted) in [
            ("  a\u{a0}\n b ", "a b"),
            ("in\u{ad}visible\u{200b}", "invisible"),
            ("e\u{301}t\u{e9}", "été"),
            ("EspaÃ±a aprobÃ³", "España aprobó"),
            ("dijo â€œsÃ\u{ad}â€\u{9d}", "dijo “sí”"),
            ("Ã fica", "Ã fica"),
            ("", ""),
        ] {
            assert_eq!(line(given), wanted, "{given:?}");
        }
    }
}
