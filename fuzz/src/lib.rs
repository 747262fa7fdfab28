//! What each target feeds the fuzzer's bytes to, and what must be true of the answer. A panic is a finding.

use chrono::DateTime;
use url::Url;
use wiredesk_fetcher::read::{self, Document, Hints, Tally};
use wiredesk_fetcher::robots::Robots;
use wiredesk_fetcher::{address as addresses, html as markup, identity, opml as lists, schedule, text};

pub mod bus;
pub mod copy;
pub mod cores;
pub mod doors;
pub mod html;
pub mod visible;

pub use bus::{export, letters, marks, message, record};
pub use copy::{clean, extract, jsonld};
pub use cores::{config, dateline, dedupe, enrich, stories};
pub use doors::{asked, coded, discover, listed, push};

const ZONES: [Option<chrono_tz::Tz>; 4] = [
    None,
    Some(chrono_tz::Europe::Madrid),
    Some(chrono_tz::America::St_Johns),
    Some(chrono_tz::Pacific::Apia),
];
const TYPES: [Option<&str>; 8] = [
    None,
    Some("text/xml; charset=utf-8"),
    Some("text/xml; charset=iso-8859-1"),
    Some("application/rss+xml; charset=\"windows-1251\""),
    Some("text/xml; charset=utf-16"),
    Some("text/xml; charset=shift_jis"),
    Some("text/xml; charset=iso-2022-jp"),
    Some("application/json"),
];

/// The first byte as hints, the rest as the document.
fn hints(data: &[u8]) -> Option<(Hints, &[u8])> {
    let (first, rest) = data.split_first()?;
    let first = usize::from(*first);
    let hints = Hints {
        content_type: TYPES[first % 8].map(ToOwned::to_owned),
        url: (first & 8 > 0).then(|| "https://wire.example/feeds/all.xml".to_owned()),
        zone: ZONES[(first >> 4) % 4],
    };
    Some((hints, rest))
}

/// The whole way from bytes to entries. A document in which whole items with text are visible must give entries, or say
/// which are broken, or be refused: never an empty success.
pub fn feed(data: &[u8]) {
    let Some((hints, bytes)) = hints(data) else { return };
    let Ok(document) = read::read(bytes, &hints) else { return };
    if document.entries.is_empty() && document.broken.is_empty() && document.children.is_empty() {
        let text = read::decode::decode(bytes, hints.content_type.as_deref()).text;
        let seen = visible::items(&text);
        assert_eq!(seen, 0, "an empty success, though {seen} items are visible");
    }
    for entry in &document.entries {
        let _ = identity::key(entry);
    }
}

/// The formats of agencies, each in a frame of its own so that the fuzzer need not find it: the first byte chooses.
pub fn wire(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let inner = String::from_utf8_lossy(rest);
    let text = match first % 10 {
        0 => inner.into_owned(),
        1 => format!("<urlset xmlns:news=\"n\"><url>{inner}</url></urlset>"),
        2 => format!("<sitemapindex><sitemap>{inner}</sitemap></sitemapindex>"),
        3 => format!("<NewsML><NewsItem>{inner}</NewsItem></NewsML>"),
        4 => format!("<newsMessage><itemSet><newsItem guid=\"g\">{inner}</newsItem></itemSet></newsMessage>"),
        5 => format!("<newsItem><contentSet><inlineXML>{inner}</inlineXML></contentSet></newsItem>"),
        6 => format!("<nitf><body>{inner}</body></nitf>"),
        7 => format!("{{\"uri\":\"u\",\"type\":\"text\",{inner}}}"),
        8 => format!("[{{\"uri\":\"u\",\"type\":\"text\",\"body_html\":\"{inner}\"}}]"),
        _ => format!("\u{1}AX0001 4 pol 100 clave\r\n\u{2}{inner}\u{3}021030 MAR 26\u{4}"),
    };
    let hints = Hints { zone: ZONES[usize::from(*first >> 4) % 4], ..Hints::default() };
    let Some(Ok(document)) = read::wire::read(&text, &hints, &mut Tally::default()) else { return };
    sound(&document);
}

/// Copy that a wire format gave is of our own making: it must be whole and simple HTML.
fn sound(document: &Document) {
    for entry in &document.entries {
        for html in entry.content_html.iter().chain(&entry.summary_html) {
            if let Err(why) = html::check(html) {
                panic!("{why} in {html:?}");
            }
        }
        assert!(entry.urgency.is_none_or(|u| (1..=9).contains(&u)));
        assert!(entry.media.iter().all(|m| m.url.contains("://")));
    }
}

/// The repair pass: what comes out has no character that XML forbids and no reference but XML's own five, outside comments
/// and CDATA sections, and is no more than five times as long.
pub fn repair(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mended = read::repair::mend(&text, &mut Tally::default());
    assert!(mended.len() <= text.len() * 5, "{} bytes became {}", text.len(), mended.len());
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(!mended.contains(forbidden), "a forbidden character is left");
    if text.contains("<!") {
        return;
    }
    for piece in mended.split('&').skip(1) {
        let name = piece.split_once(';').map_or("", |(name, _)| name);
        assert!(matches!(name, "amp" | "lt" | "gt" | "quot" | "apos"), "a bare ampersand before {name:?}");
    }
}

/// Bytes to text: valid UTF-8 is never changed, unless a mark or an escape sequence says that it is something else.
pub fn decode(data: &[u8]) {
    let Some((hints, bytes)) = hints(data) else { return };
    let decoded = read::decode::decode(bytes, hints.content_type.as_deref());
    let marked = bytes.starts_with(b"\xef\xbb\xbf") || bytes.contains(&0x1b) || bytes.contains(&0);
    if let Ok(text) = std::str::from_utf8(bytes)
        && !marked
    {
        assert_eq!(decoded.text, text, "valid UTF-8 was changed");
    }
}

/// Dates in text and in links.
pub fn dates(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let zone = ZONES[usize::from(*first) % 4];
    for found in [read::dates::parse(&text, zone), read::dates::of_link(&text, zone)].into_iter().flatten() {
        let year = chrono::Datelike::year(&found);
        assert!((1969..=2200).contains(&year), "year {year}");
        let again = read::dates::parse(&found.to_rfc3339(), zone);
        assert_eq!(again.map(|t| t.timestamp()), Some(found.timestamp()), "its own form is read otherwise");
    }
}

/// Links as keys: the key of a key is itself, and so is the canonical form of a canonical form.
pub fn address(data: &[u8]) {
    let link = String::from_utf8_lossy(data);
    let once = identity::canonical(&link);
    assert_eq!(identity::canonical(&once), once, "the key of a key is another");
    if let Some(canon) = addresses::canon(&link) {
        assert_eq!(
            addresses::canon(&canon).as_deref(),
            Some(canon.as_str()),
            "the canonical form of one is another"
        );
    }
    let _ = addresses::key(&link);
}

/// Pages: their text, their feeds and their canonical address.
pub fn page(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let Ok(base) = Url::parse("https://www.wire.example/a/b.html") else { return };
    let _ = addresses::canonical_of_page(&html, &base);
    let _ = markup::tokens(&html).count();
    let _ = markup::resolve(&html);
    let _ = text::plain(&html);
    let _ = text::of_page(&html);
}

/// robots.txt: after the first line, which is the path that is asked for.
pub fn robots(data: &[u8]) {
    let at = data.iter().position(|b| *b == b'\n').unwrap_or(data.len());
    let path = String::from_utf8_lossy(&data[..at]);
    let rules = Robots::read(&data[at..], "wiredesk");
    let _ = rules.allows(&path);
    assert!(rules.allows("/robots.txt"), "robots.txt itself is forbidden");
}

/// Lists of sources in OPML.
pub fn opml(data: &[u8]) {
    for outline in lists::read(data).into_iter().flatten() {
        let _ = outline.values();
        let _ = outline.address();
    }
}

/// Headers that steer when we ask again: the three that go together stand on lines of their own.
pub fn headers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(now) = DateTime::from_timestamp(1_772_443_800, 0) else { return };
    let mut lines = text.split('\n');
    let (first, second, third) = (lines.next(), lines.next(), lines.next());
    let _ = schedule::backoff::retry_after(first.unwrap_or_default(), now);
    let _ = schedule::floor::cached_seconds(first, second, third, now);
    let _ = schedule::floor::http_date(first.unwrap_or_default());
    let _ = read::decode::charset(&text);
}
