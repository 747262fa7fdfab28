//! IPTC 7901, the text transmission of the teleprinter age that agencies still send: SOH, a header line, keywords, STX, the
//! text with its title first, ETX, the time, EOT. Files hold one message or several, and often no control characters.
//! Source: IPTC 7901 "The IPTC recommended message format", fifth revision 1995.

use std::sync::OnceLock;

use regex::Regex;

use super::super::{Document, Hints, Tally, dates};
use super::draft::{Draft, line, urgency};
use super::{items, national, plain};

const SOH: char = '\u{1}';
const STX: char = '\u{2}';
const ETX: char = '\u{3}';
const EOT: char = '\u{4}';

/// Largest message, in bytes: no teleprinter sends a book.
const MAX_MESSAGE: usize = 1 << 20;
/// How far the header of the first message may be from the start, in characters.
const LEAD_IN: usize = 64;

/// `LUG0123 4 POL 210 Pleno-Cuentas`: service level and message number, priority, category, words, what is optional.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant, and a test reads it")]
fn header() -> &'static Regex {
    static HEADER: OnceLock<Regex> = OnceLock::new();
    HEADER.get_or_init(|| {
        Regex::new(r"^\s*([A-Za-z]{0,8})[ -]?(\d{1,6})[ \t]+([0-9])[ \t]+([A-Za-z]{1,3})[ \t]+(\d{1,5})(?:[ \t]+(.*?))?\s*$").unwrap()
    })
}

/// Is this text, decoded and with its control characters, an IPTC 7901 message?
pub fn is_iptc7901(text: &str) -> bool {
    let start: String = text.chars().take(400).collect();
    if start.trim_start().starts_with(['<', '{', '[']) {
        return false;
    }
    if let Some(at) = start.chars().take(LEAD_IN).position(|c| c == SOH) {
        let rest: String = start.chars().skip(at + 1).collect();
        return is_header(&rest) || text.contains(STX);
    }
    is_header(&start)
}

fn is_header(text: &str) -> bool {
    text.trim_start_matches(noise).lines().next().is_some_and(|l| header().is_match(l))
}

/// What lines of transmission leave around a message: padding, idle characters, white space.
fn noise(c: char) -> bool {
    c.is_whitespace() || (c.is_control() && !matches!(c, SOH | STX | ETX | EOT))
}

/// Reads the messages of a file.
pub(super) fn read(text: &str, hints: &Hints, repairs: &mut Tally) -> Document {
    let mut document = Document::default();
    document.meta.form = "IPTC 7901";
    let variant = national::variant(text);
    if variant.is_some() {
        repairs.add("national_characters");
    }
    let mut count = 0_usize;
    for message in messages(text) {
        count += 1;
        if count > items::MAX_ITEMS {
            repairs.add("over_the_cap");
            continue;
        }
        if message.len() > MAX_MESSAGE {
            items::broken(&mut document, message, "the message is larger than 1 MiB", repairs);
            continue;
        }
        let text = national::translate(message, variant);
        // The last message ends without its end sign: what there is of it is kept, and the document says so.
        if text.contains(STX) && !text.contains(ETX) {
            document.partial = true;
        }
        match entry(&text, hints).finish() {
            Some((entry, _)) if !entry.title.is_empty() || entry.content_html.is_some() => {
                document.entries.push(entry)
            }
            _ => items::broken(&mut document, message, "the message has no text", repairs),
        }
    }
    if document.partial {
        repairs.add("truncated");
    }
    super::versions::newest(&mut document.entries, &[], repairs);
    document
}

/// The messages: each from its SOH; without SOH the file is one.
fn messages(text: &str) -> impl Iterator<Item = &str> {
    let only = !text.contains(SOH);
    // What stands before the first SOH is lead-in, unless it is a message itself.
    let counts = move |(n, part): &(usize, &str)| {
        part.chars().any(char::is_alphanumeric) && (*n > 0 || only || part.len() > LEAD_IN || is_header(part))
    };
    text.split(SOH).enumerate().filter(counts).map(|(_, part)| part)
}

fn entry(message: &str, hints: &Hints) -> Draft {
    let mut draft = Draft::default();
    let message = message.replace("\r\n", "\n").replace('\r', "\n");
    let message = message.trim_start_matches(noise);
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let mut keywords = String::new();
    let rest = match header().captures(first.trim_end_matches(['\r', STX])) {
        Some(found) => {
            let part = |n: usize| found.get(n).map(|m| m.as_str().trim()).filter(|t| !t.is_empty());
            draft.entry.urgency = urgency(part(3));
            draft.category(part(4).map(str::to_uppercase));
            keywords.push_str(part(6).unwrap_or_default());
            let id = format!("{}{}", part(1).unwrap_or_default(), part(2).unwrap_or_default());
            draft.entry.guid = Some(id);
            if first.ends_with(STX) { &message[first.len() - 1..] } else { rest }
        }
        None => message,
    };
    let (between, text) = match rest.split_once(STX) {
        Some((between, text)) => (between, text),
        None => ("", rest),
    };
    let (text, after) = text.split_once(ETX).or_else(|| text.split_once(EOT)).unwrap_or((text, ""));
    keywords.push(' ');
    keywords.push_str(between);
    let keywords = line(&printable(&keywords));
    for word in keywords.iter().flat_map(|k| k.split(['/', ',', ';'])) {
        draft.category(line(word.trim_matches(['(', ')', '.', ':', '-', ' '])));
    }
    draft.fallback_title = keywords;
    body(&printable(text), &mut draft);
    draft.entry.published = time(&printable(after), hints).or_else(|| last_line_time(text, hints));
    // A number alone comes again every day or week.
    if let (Some(id), Some(date)) = (&draft.entry.guid, draft.entry.published) {
        draft.entry.guid = Some(format!("iptc7901:{}:{id}", date.format("%Y%m%d")));
    } else {
        draft.entry.guid = None;
    }
    draft
}

/// Title and copy: the title is the first paragraph where a blank line or the dateline sets it apart.
fn body(text: &str, draft: &mut Draft) {
    let (copy, note) = match text.find("not for publication") {
        Some(at) => text.split_at(text[..at].rfind('\n').map_or(at, |n| n + 1)),
        None => (text, ""),
    };
    draft.note(line(note));
    let copy = copy.trim_matches(['\r', '\n', ' ', '\t']);
    let (mut title, mut rest_at) = (Vec::new(), 0);
    for text in copy.split_inclusive('\n') {
        if text.trim().is_empty() || title.len() == 3 || (!title.is_empty() && starts_paragraph(text)) {
            break;
        }
        title.push(text.trim());
        rest_at += text.len();
    }
    // No line before the text: a long first paragraph is the copy, and the keywords are the title.
    if rest_at >= copy.len() && title.len() > 1 || title.concat().chars().count() > 240 {
        (title, rest_at) = (Vec::new(), 0);
    }
    draft.title(line(&title.join(" ")));
    let mut copy = copy.get(rest_at..).unwrap_or_default().trim_end();
    let last = copy.rfind('\n').map_or("", |at| &copy[at..]);
    if is_signature(last.trim()) {
        draft.author(line(last));
        copy = &copy[..copy.len() - last.len()];
    }
    draft.content(plain::copy(copy));
}

/// An indented line, or one with a dateline's close (`LUGO, 2 mar (AX) -`), begins the copy.
fn starts_paragraph(text: &str) -> bool {
    let dateline = || {
        let head: String = text.chars().take(80).collect();
        let close =
            [") -", ") –", ") —", ").-", ").-", "):", "/)", "-- "].iter().any(|sign| head.contains(sign));
        close && head.chars().next().is_some_and(char::is_uppercase)
    };
    text.starts_with([' ', '\t']) || dateline()
}

/// Initials at the end: `EFE mls/jg`, `ax/rm`, `(AX)`.
fn is_signature(last: &str) -> bool {
    last.contains('/')
        && last.chars().count() <= 24
        && !last.ends_with('.')
        && last.split_whitespace().count() <= 3
}

/// Without control characters, lines kept.
fn printable(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}'], "\n");
    lines.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn time(text: &str, hints: &Hints) -> Option<wiredesk_contract::Timestamp> {
    text.lines().filter_map(line).find_map(|l| of_group(&l, hints).or_else(|| dates::parse(&l, hints.zone)))
}

/// The time where a file has no control characters: its last line.
fn last_line_time(text: &str, hints: &Hints) -> Option<wiredesk_contract::Timestamp> {
    let last = text.lines().rev().find(|l| !l.trim().is_empty())?;
    time(&printable(last), hints)
}

/// The date and time group: `021030 MAR 26`, `021030 GMT MAR 26`, `02 1030 MAR 26`.
fn of_group(text: &str, hints: &Hints) -> Option<wiredesk_contract::Timestamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|w| w.len() == 6 && w.bytes().all(|b| b.is_ascii_digit()))?;
    let group = words[at];
    let rest: Vec<&str> = words[at + 1..].iter().copied().take(3).collect();
    let (zone, month, year) = match rest.as_slice() {
        [zone, month, year] if !year.is_empty() && year.bytes().all(|b| b.is_ascii_digit()) => {
            (*zone, *month, *year)
        }
        [month, year, ..] => ("", *month, *year),
        _ => return None,
    };
    let text = format!("{} {month} {year} {}:{} {zone}", &group[..2], &group[2..4], &group[4..]);
    dates::parse(&text, hints.zone)
}
