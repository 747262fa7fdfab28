//! The bytes of a page from a file as text: no server says what they are.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far a declaration is looked for, in bytes; HTML asks for 1,024, real pages need more.
const HEAD: usize = 4096;

/// By the byte order mark; as UTF-8 where it is valid; as declared; else as Windows-1252, in which every byte is a character.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default()).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let declared = declared(bytes.get(..HEAD.min(bytes.len())).unwrap_or_default());
    // A document that declares UTF-8 and has a broken character keeps the rest.
    let encoding = declared.unwrap_or(if mostly_utf8(bytes) { UTF_8 } else { WINDOWS_1252 });
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that a `meta` element or an XML declaration names.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    ["charset=", "encoding="].iter().find_map(|key| {
        let rest = text.split_once(key)?.1.trim_start_matches(['"', '\'', ' ']);
        let label = rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).next()?;
        Encoding::for_label(label.as_bytes())
    })
}

/// Are there more whole characters of several bytes than broken ones?
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        for (bytes, wanted) in [
            (&b"Espa\xf1a"[..], "España"),
            ("España".as_bytes(), "España"),
            (
                b"<meta charset=\"windows-1251\">\xcf\xf0\xe8\xe2\xe5\xf2",
                "<meta charset=\"windows-1251\">Привет",
            ),
            (
                b"<meta http-equiv=content-type content='text/html; charset=ISO-8859-1'>\xe9",
                "<meta http-equiv=content-type content='text/html; charset=ISO-8859-1'>é",
            ),
            (b"\xff\xfea\0\xf1\0", "añ"),
            (b"caf\xc3\xa9 \xc3\xb1 \xff", "café ñ \u{fffd}"),
            (b"", ""),
        ] {
            assert_eq!(decode(bytes), wanted);
        }
    }
}
