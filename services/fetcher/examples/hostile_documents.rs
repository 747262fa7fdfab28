//! The worst that a body can be: each shape at 16 MiB is read in a process of its own; the time that it had of a core and
//! its memory above the body are the kernel's figures (Linux). Exits with 1 where one takes a second or 64 MiB.
//!
//!     cargo run --release -p wiredesk-fetcher --example hostile_documents

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use wiredesk_fetcher::read::{Hints, read};

const BODY: usize = 16 << 20;

/// Name, what stands before, what is repeated, what stands after.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const RSS: &str = "<rss version=\"2.0\"><channel>";
const ITEM: &str = "<rss version=\"2.0\"><channel><item><title>";

const SHAPES: &[Shape] = &[
    ("nested elements", RSS, "<a>", ""),
    ("nested in an item", ITEM, "<b>", ""),
    ("nested, closed again", "<rss><channel><item><a><a><a>", "</a><a>", "</item>"),
    ("nested prefixes", RSS, "<a:b xmlns:a='urn:x'>", ""),
    ("nested bases", RSS, "<a xml:base='x/'>", ""),
    ("nested channels", "<rss>", "<channel>", ""),
    ("nested descriptions", "<rss><channel><item>", "<description>", ""),
    ("end tags", RSS, "</a>", ""),
    ("end tags of the root's name", RSS, "</rss>", ""),
    ("end tags in text", ITEM, "</b>", ""),
    ("end tags under deep elements", "<rss><channel><a><b><c><d><e><f><g><h><i><j><k><l><m>", "</z>", ""),
    ("attributes", "<rss version='2.0' ", "a='' ", "><channel>"),
    ("attributes of an item", "<rss><channel><item ", "aa=1 ", "/>"),
    ("one attribute", "<rss a='", "x", "'><channel>"),
    ("namespaces", "<rss ", "xmlns:a='b' ", ">"),
    ("unclosed quotes", RSS, "<a b=\"", ""),
    ("unclosed quotes, two kinds", RSS, "<a b='x\" c=\"y' d=\"", ""),
    ("unclosed tag", RSS, "<a ", ""),
    ("tags cut by tags", ITEM, "<a b", ""),
    ("less-than signs", ITEM, "<", ""),
    ("less-than signs before the root", "", "<", ""),
    ("less-than and a slash", ITEM, "</", ""),
    ("ampersands", ITEM, "&", ""),
    (
        "ampersands in XHTML",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='xhtml'>",
        "&",
        "</title>",
    ),
    (
        "less-than signs in plain text",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>",
        "&lt;",
        "</title>",
    ),
    ("references", ITEM, "&amp;", ""),
    ("numeric references", ITEM, "&#233;", ""),
    ("longest named reference", ITEM, "&CounterClockwiseContourIntegral;", ""),
    ("endless reference", ITEM, "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""),
    ("items", RSS, "<item>", ""),
    ("empty items", RSS, "<item/>", "</channel></rss>"),
    ("items with a title", RSS, "<item><title>a</title></item>", "</channel></rss>"),
    ("items of damage", RSS, "<item><b></item>", "</channel></rss>"),
    ("entries with a link", "<feed>", "<entry><link href='a'/></entry>", "</feed>"),
    ("fields of one item", "<rss><channel><item>", "<category>a</category><category>b</category>", "</item>"),
    ("media of one item", "<rss><channel><item>", "<enclosure url='a'/><enclosure url='b'/>", "</item>"),
    ("dates", "<rss><channel><item>", "<pubDate>x</pubDate>", "</item>"),
    ("hubs and links", RSS, "<link rel='hub' href='a'/>", ""),
    ("CDATA never closed", ITEM, "<![CDATA[", ""),
    ("CDATA never closed, items", RSS, "<item><title><![CDATA[</item>", ""),
    ("CDATA closed at the end", RSS, "<item><title><![CDATA[</item>", "]]>"),
    ("CDATA closed over and over", ITEM, "]]>", ""),
    ("CDATA, empty", ITEM, "<![CDATA[]]>", ""),
    ("comments never closed", RSS, "<!--", ""),
    ("comments with half ends", RSS, "<!-- -- >", ""),
    ("comments, empty", RSS, "<!---->", ""),
    ("instructions never closed", RSS, "<?", ""),
    ("instructions with half ends", RSS, "<?a >", ""),
    ("one instruction", "<?a ", "x", ""),
    ("document types", "", "<!DOCTYPE [", ""),
    ("document type, quotes", "<!DOCTYPE a [", "<!ENTITY a \"", ""),
    ("document type, brackets", "<!DOCTYPE a [", "] ", ""),
    ("document type, comments", "<!DOCTYPE a [", "<!--", ""),
    ("entities", "<!DOCTYPE a [", "<!ENTITY a 'b'>", "]><rss/>"),
    (
        "entity bomb",
        "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><rss><channel><item><title>",
        "&b;&a;",
        "</title>",
    ),
    ("long name", "<rss><", "a", "><channel>"),
    ("long end tag", "<rss></", "a", ">"),
    ("long prefix", "<rss><", "a", ":b><channel>"),
    ("colons", "<rss><a", ":a", "><channel>"),
    ("long text", ITEM, "x", "</title></item></channel></rss>"),
    (
        "long text of markup",
        "<rss><channel><item><description>",
        "<p>x",
        "</description></item></channel></rss>",
    ),
    (
        "long text in CDATA",
        "<rss><channel><item><description><![CDATA[",
        "<p>x</p>",
        "]]></description></item></channel></rss>",
    ),
    ("long id", "<rss><channel><item><guid>", "x\n", "</guid></item></channel></rss>"),
    ("base64", "<feed><entry><content type='a/b' mode='base64'>", "QUFB", "</content></entry></feed>"),
    ("text encoded twice", ITEM, "Ã©", "</title></item></channel></rss>"),
    ("white space", RSS, "\n", ""),
    ("control characters", ITEM, "\u{1}", "</title></item></channel></rss>"),
    ("no-break spaces", ITEM, "&amp;nbsp;", "</title></item></channel></rss>"),
    ("no feed", "", "x ", ""),
    ("no feed, tags", "", "<a>", ""),
    ("JSON, nested", "{\"items\":", "[", ""),
    ("JSON, nested objects", "{\"items\":[", "{\"a\":", ""),
    ("JSON, empty items", "{\"items\":[", "{},", "{}]}"),
    ("JSON, items", "{\"items\":[", "{\"id\":1},", "{}]}"),
    ("JSON, tags", "{\"items\":[{\"tags\":[", "\"a\",", "\"a\"]}]}"),
    ("JSON, long text", "{\"items\":[{\"title\":\"", "\\u00e9", "\"}]}"),
    ("JSON, broken escapes", "{\"items\":[{\"title\":\"", "\\ud800", "\"}]}"),
    ("JSON, commas", "{\"items\":[", ",", ""),
    ("JSON, keys", "{", "\"version\":\"jsonfeed\",", "\"items\":[]}"),
];

/// A shape's body, and those that are bytes in another encoding.
fn body(n: usize) -> Option<(String, Vec<u8>)> {
    if let Some((name, before, unit, after)) = SHAPES.get(n) {
        let times = (BODY - before.len() - after.len()) / unit.len();
        let mut bytes = before.as_bytes().to_vec();
        for _ in 0..times {
            bytes.extend_from_slice(unit.as_bytes());
        }
        bytes.extend_from_slice(after.as_bytes());
        return Some(((*name).to_owned(), bytes));
    }
    let fill = |before: &[u8], unit: &[u8]| {
        let mut bytes = before.to_vec();
        while bytes.len() + unit.len() <= BODY {
            bytes.extend_from_slice(unit);
        }
        bytes
    };
    let utf16: Vec<u8> = ITEM.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (name, bytes) = match n - SHAPES.len() {
        0 => (
            "windows-1252, euros",
            fill(b"<?xml version='1.0' encoding='windows-1252'?><rss><channel><item><title>", b"\x80"),
        ),
        1 => ("UTF-16", fill(&[&[0xff, 0xfe], &utf16[..]].concat(), &[0x4a, 0x30])),
        2 => ("UTF-32", fill(&[0xff, 0xfe, 0, 0], &[0x4a, 0x30, 0, 0])),
        3 => ("EBCDIC", fill(&[0x4c, 0x6f, 0xa7, 0x94], &[0x80])),
        4 => ("bad bytes", fill(b"<rss><channel><item><title>\xc3\xa9", b"\xff")),
        5 => ("no encoding said", fill(b"<rss><channel><item><title>", b"\xe1\xf3 ")),
        6 => (
            "DOS code page",
            fill(b"<?xml version='1.0' encoding='cp437'?><rss><channel><item><title>", b"\x9c"),
        ),
        9 => (
            "windows-1252, items",
            fill(
                b"<?xml version='1.0' encoding='windows-1252'?><rss><channel>",
                &[
                    &b"<item><title>a</title><description><![CDATA["[..],
                    &[0x80; 3000],
                    b"]]></description></item>",
                ]
                .concat(),
            ),
        ),
        10 => (
            "items of CDATA",
            fill(
                b"<rss><channel>",
                &[
                    &b"<item><title>a</title><description><![CDATA["[..],
                    &[b'x'; 3000],
                    b"]]></description></item>",
                ]
                .concat(),
            ),
        ),
        7 => ("zeros", fill(b"", b"\0")),
        8 => (
            "ISO-2022-JP",
            fill(
                b"<?xml version='1.0' encoding='iso-2022-jp'?><rss><channel><item><title>",
                b"\x1b$B0!\x1b(B",
            ),
        ),
        _ => return None,
    };
    Some((name.to_owned(), bytes))
}

/// A figure of `/proc/self/status`, in KiB.
fn status(key: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or_default()
}

/// Seconds that this process has had of a core, in steps of 0.01: other work on the machine is not in it.
fn core_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let (_, fields) = text.rsplit_once(')').unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn one(n: usize) -> Option<()> {
    let (name, bytes) = body(n)?;
    // The highest mark so far is forgotten.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = status("VmRSS:");
    let (start, used) = (Instant::now(), core_seconds());
    let outcome =
        read(&bytes, &Hints { url: Some("https://wire.example/feed".to_owned()), ..Hints::default() });
    let (seconds, wall) = (core_seconds() - used, start.elapsed().as_secs_f64());
    let above = status("VmHWM:").saturating_sub(before) / 1024;
    let what = match &outcome {
        Ok(d) => format!(
            "{} entries, {} broken{}; {}",
            d.entries.len(),
            d.broken.len(),
            if d.partial { ", partial" } else { "" },
            d.repairs
        ),
        Err(e) => e.to_string().chars().take(60).collect(),
    };
    println!("{seconds:.2}\t{wall:.2}\t{above}\t{name}\t{what}");
    Some(())
}

fn main() -> ExitCode {
    if let Some(n) = std::env::args().nth(1).and_then(|n| n.parse().ok()) {
        return if one(n).is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    println!("{:>6} {:>6} {:>4}  shape", "core s", "wall s", "MiB");
    let (mut slowest, mut largest, mut count) = (0.0_f64, 0_u64, 0);
    for n in 0.. {
        if body(n).is_none() {
            break;
        }
        let Ok(output) = Command::new(&program).arg(n.to_string()).output() else { return ExitCode::FAILURE };
        let line = String::from_utf8_lossy(&output.stdout);
        let mut parts = line.trim_end().splitn(5, '\t');
        let mut part = || parts.next();
        let (Some(seconds), Some(wall), Some(above), Some(name)) = (part(), part(), part(), part()) else {
            println!("shape {n} failed: {}", String::from_utf8_lossy(&output.stderr));
            return ExitCode::FAILURE;
        };
        let (s, m) = (seconds.parse().unwrap_or(f64::MAX), above.parse().unwrap_or(u64::MAX));
        let mark = if s >= 1.0 || m >= 64 { "  <<<" } else { "" };
        println!("{seconds:>6} {wall:>6} {above:>4}  {name}: {}{mark}", parts.next().unwrap_or_default());
        (slowest, largest, count) = (slowest.max(s), largest.max(m), count + 1);
    }
    println!(
        "{count} shapes of {} MiB: at most {slowest:.2} s of a core and {largest} MiB above the body",
        BODY >> 20
    );
    if slowest < 1.0 && largest < 64 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
