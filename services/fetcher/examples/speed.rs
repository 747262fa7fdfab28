//! How fast a well-formed feed of 10 MB is read: the reader, and feed-rs alone with its sanitizer off, in turns in one run. The
//! entries must be the same.
//!
//!     cargo run --release -p wiredesk-fetcher --example speed

use std::time::Instant;

use wiredesk_fetcher::read::{Document, Hints, read};

const ITEMS: usize = 4_000;
const ROUNDS: usize = 12;

/// Invented copy: the same every time.
fn feed() -> String {
    const WORDS: [&str; 16] = [
        "pleno",
        "el",
        "presupuesto",
        "concejala",
        "según",
        "la",
        "región",
        "acuerdo",
        "de",
        "mañana",
        "obras",
        "un",
        "vecinos",
        "año",
        "para",
        "debate",
    ];
    let mut seed = 7_u64;
    let mut word = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[usize::try_from(seed >> 60).unwrap_or_default()]
    };
    let mut words = |n: usize| (0..n).map(|_| word()).collect::<Vec<_>>().join(" ");
    let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Agencia</title><link>https://wire.example/</link><description>d</description>\n".to_owned();
    for n in 0..ITEMS {
        out.push_str(&format!(
            "<item><title>{}</title><link>https://wire.example/n/{n}.html</link><guid isPermaLink=\"true\">https://wire.example/n/{n}.html</guid><pubDate>Mon, 02 Mar 2026 09:30:00 GMT</pubDate><dc:creator>{}</dc:creator><category>Nacional</category><description><![CDATA[<p>{}</p>]]></description><content:encoded><![CDATA[<p>{}</p><p>{}</p>]]></content:encoded></item>\n",
            words(9), words(2), words(40), words(170), words(170)
        ));
    }
    out.push_str("</channel></rss>\n");
    out
}

fn ours(text: &str) -> Option<Document> {
    read(text.as_bytes(), &Hints::default()).ok()
}

fn theirs(text: &str) -> Option<feed_rs::model::Feed> {
    feed_rs::parser::Builder::new().sanitize_content(false).build().parse(text.as_bytes()).ok()
}

fn same(text: &str) -> bool {
    let (Some(document), Some(feed)) = (ours(text), theirs(text)) else { return false };
    let content = |e: &feed_rs::model::Entry| e.content.as_ref().and_then(|c| c.body.clone());
    document.entries.len() == ITEMS
        && feed.entries.len() == ITEMS
        && document.entries.iter().zip(&feed.entries).all(|(a, b)| {
            a.guid.as_deref() == Some(b.id.as_str())
                && Some(&a.title) == b.title.as_ref().map(|t| &t.content)
                && a.link.as_deref() == b.links.first().map(|l| l.href.as_str())
                && a.summary_html.as_ref() == b.summary.as_ref().map(|t| &t.content)
                && a.content_html == content(b)
                && a.published == b.published
        })
}

fn best(mut work: impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    if !work() {
        return f64::MAX;
    }
    start.elapsed().as_secs_f64()
}

fn main() {
    let text = feed();
    let mb = text.len() as f64 / 1e6;
    if !same(&text) {
        println!("the two readers do not agree");
        std::process::exit(1);
    }
    let (mut a, mut b) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        a = a.min(best(|| ours(&text).is_some()));
        b = b.min(best(|| theirs(&text).is_some()));
    }
    println!("{mb:.1} MB, {ITEMS} items, best of {ROUNDS}");
    println!("wiredesk {:.0} MB/s", mb / a);
    println!("feed-rs  {:.0} MB/s", mb / b);
    println!("ratio    {:.2}", b / a);
    if b / a < 0.8 {
        std::process::exit(1);
    }
}
