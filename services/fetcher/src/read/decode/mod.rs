//! Bytes to text: byte order mark, then valid UTF-8, then the HTTP charset, then the declaration, then detection. Valid
//! UTF-8 comes before what anybody declares, because wires that declare ISO-8859-1 over UTF-8 are common and text in
//! another encoding is hardly ever valid UTF-8 by chance.

mod label;
mod page;
mod utf32;

use std::borrow::Cow;

use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use label::Charset;

/// Bytes of text that one document in another encoding than UTF-8 may become.
const MOST_TEXT: usize = 32 << 20;
/// Bytes of a document that detection looks at.
const DETECTED: usize = 256 << 10;

/// Text, and what had to be done to get it.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The document, without a byte order mark.
    pub text: String,
    /// Name of the encoding, as in the Encoding Standard.
    pub encoding: &'static str,
    /// Repairs: kind and count.
    pub repairs: Vec<(&'static str, u32)>,
}

/// The same, without a copy of what is UTF-8 already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Within<'a> {
    pub text: Cow<'a, str>,
    pub encoding: &'static str,
    pub repairs: Vec<(&'static str, u32)>,
    /// It was longer than any document should be, and was cut.
    pub cut: bool,
}

/// Decodes a document that came with this `Content-Type` header. Never fails: what cannot be decoded becomes U+FFFD and
/// is counted.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> Decoded {
    let Within { text, encoding, repairs, .. } = decode_within(bytes, content_type);
    Decoded { text: text.into_owned(), encoding, repairs }
}

/// The same, borrowing where it can.
pub(crate) fn decode_within<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Within<'a> {
    if let Some(text) = utf32::decode(bytes, MOST_TEXT) {
        return Within {
            text: text.into(),
            encoding: "UTF-32",
            repairs: Vec::new(),
            cut: bytes.len() > MOST_TEXT,
        };
    }
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[skip..], &[]);
    }
    if let Some(encoding) = utf16_by_pattern(bytes) {
        return with(encoding, bytes, &["undeclared_encoding"]);
    }
    if let Some(page) = page::ebcdic(bytes) {
        return of_page(page, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !(text.contains('\u{1b}')
            && declared(bytes).is_some_and(|e| e == Charset::Standard(encoding_rs::ISO_2022_JP)))
    {
        let wrong = declared(bytes).is_some_and(|e| e != Charset::Standard(UTF_8)) && !text.is_ascii();
        let repairs = if wrong { vec![("wrong_encoding", 1)] } else { Vec::new() };
        return Within { text: text.into(), encoding: UTF_8.name(), repairs, cut: false };
    }
    // UTF-8 that is not valid is a document with a bad byte in it where most of what is not ASCII is valid; where it says
    // that it is UTF-8, where half is.
    let says_utf8 = declared(bytes) == Some(Charset::Standard(UTF_8));
    if mostly_utf8(bytes, if says_utf8 { 1 } else { 9 }) {
        return with(UTF_8, bytes, &[]);
    }
    let usable = |e: &Charset| ![UTF_8, UTF_16LE, UTF_16BE].iter().any(|u| *e == Charset::Standard(u));
    match content_type.and_then(http_charset).filter(usable).or_else(|| declared(bytes).filter(usable)) {
        Some(Charset::Standard(encoding)) => with(encoding, bytes, &[]),
        Some(Charset::Page(page)) => of_page(page, bytes),
        None => with(detected(bytes), bytes, &["undeclared_encoding"]),
    }
}

fn of_page(page: page::Page, bytes: &[u8]) -> Within<'static> {
    let text = page.decode(bytes, MOST_TEXT);
    let cut = text.len() + 8 > MOST_TEXT;
    let repairs = if cut { vec![("long_text", 1)] } else { Vec::new() };
    Within { text: text.into(), encoding: page.name(), repairs, cut }
}

/// The encoding that the bytes look like, judged by what follows the first that is not ASCII.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let from = bytes.iter().position(|b| !b.is_ascii()).unwrap_or_default();
    let part = &bytes[from.saturating_sub(64)..bytes.len().min(from + DETECTED)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(part, true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

fn with(encoding: &'static Encoding, bytes: &[u8], kinds: &[&'static str]) -> Within<'static> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity((bytes.len() + bytes.len() / 8 + 64).min(MOST_TEXT));
    let (mut had_errors, mut cut) = (false, false);
    let mut rest = bytes;
    loop {
        let (result, read, errors) = decoder.decode_to_string(rest, &mut text, true);
        had_errors |= errors;
        rest = &rest[read..];
        match result {
            CoderResult::InputEmpty => break,
            CoderResult::OutputFull if text.len() + 16 >= MOST_TEXT => {
                cut = true;
                break;
            }
            CoderResult::OutputFull => text.reserve((text.len() / 2 + 1024).min(MOST_TEXT - text.len())),
        }
    }
    let mut repairs: Vec<(&'static str, u32)> = kinds.iter().map(|k| (*k, 1)).collect();
    if had_errors {
        let bad = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count();
        repairs.push(("bad_byte", u32::try_from(bad.max(1)).unwrap_or(u32::MAX)));
    }
    if cut {
        repairs.push(("long_text", 1));
    }
    Within { text: text.into(), encoding: encoding.name(), repairs, cut }
}

/// The name of the charset of a `Content-Type` header, where it is known.
pub fn charset(content_type: &str) -> Option<&'static str> {
    http_charset(content_type).map(|found| match found {
        Charset::Standard(encoding) => encoding.name(),
        Charset::Page(page) => page.name(),
    })
}

fn http_charset(content_type: &str) -> Option<Charset> {
    let lower = content_type.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset=")?;
    label::charset(rest.split(';').next().unwrap_or_default())
}

/// The encoding of an XML declaration or of an HTML `meta` in the first 1024 bytes.
fn declared(bytes: &[u8]) -> Option<Charset> {
    label_in(&String::from_utf8_lossy(&bytes[..bytes.len().min(1024)])).and_then(|l| label::charset(&l))
}

/// The label that the beginning of a document declares.
fn label_in(head: &str) -> Option<String> {
    let head = head.to_ascii_lowercase();
    let after = |key: &str| {
        let (_, rest) = head.split_once(key)?;
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let label = rest.trim_start_matches(['"', '\'']);
        let end =
            label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c))).unwrap_or(label.len());
        Some(label[..end].to_owned())
    };
    let xml = head.contains("<?xml").then(|| after("encoding")).flatten();
    xml.or_else(|| after("charset"))
}

/// UTF-16 without a mark: `<` with a zero beside it.
fn utf16_by_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Are there at least so many valid sequences that are not ASCII to one that is not valid?
fn mostly_utf8(bytes: &[u8], ratio: usize) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= bad * ratio && good > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|c| c as u8).collect()
    }

    #[test]
    fn the_order_of_what_is_believed() {
        let utf16: Vec<u8> = "<rss>ñ</rss>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked: Vec<u8> = [&[0xfe, 0xff], &utf16[..]].concat();
        type Case = (&'static str, Vec<u8>, Option<&'static str>, &'static str, &'static str);
        let cases: Vec<Case> = vec![
            (
                "mark",
                [&[0xef, 0xbb, 0xbf], "<a>é".as_bytes()].concat(),
                Some("text/xml; charset=iso-8859-1"),
                "UTF-8",
                "<a>é",
            ),
            ("UTF-16 with a mark", marked, None, "UTF-16BE", "<rss>ñ</rss>"),
            ("UTF-16 without", utf16, None, "UTF-16BE", "<rss>ñ</rss>"),
            (
                "UTF-8 under a wrong declaration",
                "<?xml version='1.0' encoding='ISO-8859-1'?><a>é".into(),
                None,
                "UTF-8",
                "<?xml version='1.0' encoding='ISO-8859-1'?><a>é",
            ),
            (
                "HTTP before the declaration",
                latin1("<?xml version='1.0' encoding='utf-8'?><a>é"),
                Some("text/xml; charset=\"iso-8859-1\""),
                "windows-1252",
                "<?xml version='1.0' encoding='utf-8'?><a>é",
            ),
            (
                "declaration",
                latin1("<?xml version='1.0' encoding='ISO-8859-15'?><a>\u{a4}"),
                None,
                "ISO-8859-15",
                "<?xml version='1.0' encoding='ISO-8859-15'?><a>€",
            ),
            (
                "nothing said",
                latin1("<a>La sesión de mañana se celebrará en el salón de actos según la organización"),
                None,
                "windows-1252",
                "<a>La sesión de mañana se celebrará en el salón de actos según la organización",
            ),
            ("empty", vec![], None, "UTF-8", ""),
        ];
        for (name, bytes, header, encoding, text) in cases {
            let decoded = decode(&bytes, header);
            assert_eq!((decoded.encoding, decoded.text.as_str()), (encoding, text), "{name}");
        }
    }

    #[test]
    fn a_bad_byte_is_counted_and_costs_only_itself() {
        let mut bytes = "<t>ñandú, año, señal, über, façade, más, él, sí, ó, ü</t>".as_bytes().to_vec();
        bytes.insert(3, 0xff);
        let decoded = decode(&bytes, Some("text/xml; charset=iso-8859-1"));
        assert_eq!(decoded.repairs, [("bad_byte", 1)]);
        assert!(decoded.text.starts_with("<t>\u{fffd}ñandú"), "{}", decoded.text);
    }
}
