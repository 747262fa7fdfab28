//! The cleaner: pages, wire copy, JSON-LD.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::json;
use wiredesk_cleaner::strip::memory::InForce;
use wiredesk_cleaner::strip::{Rules, Stripped, strip};
use wiredesk_cleaner::tool;
use wiredesk_contract::message::Message;
use wiredesk_contract::raw::{FeedEntry, Page};
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::{ItemId, Outcome, RawItem, SourceId};

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

/// What a page may grow to: a reference of a few letters stands for two characters of three bytes.
const GROWTH: usize = 3;

fn raw(title: &str, html: &str) -> RawItem {
    let source = SourceId::new("fuzz");
    let at = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    RawItem {
        schema_version: RawItem::VERSION,
        item_id: ItemId::derive(&source, "a"),
        revision: 1,
        source: SourceRef {
            id: source,
            name: "Fuzz".into(),
            url: None,
            language: Some("es".into()),
            country: None,
            time_zone: Some("Europe/Madrid".into()),
            agency: None,
            rights: Rights::FullText,
        },
        entry: FeedEntry { title: title.to_owned(), published: Some(at), ..FeedEntry::default() },
        page: Some(Page { url: "https://wire.example/a".into(), content_type: None, html: html.to_owned() }),
        fetched_at: at,
        repairs: Vec::new(),
        partial: false,
    }
}

fn stripped(raw: &RawItem) -> Option<Stripped> {
    match strip(raw, &RULES, &InForce::default(), raw.fetched_at) {
        Outcome::Emit(mut copies) => {
            assert_eq!(copies.len(), 1, "one entry, one copy");
            copies.pop()
        }
        Outcome::Skip(_) => None,
        Outcome::Dead(why) => panic!("dead: {}", why.explanation),
    }
}

/// An article page, in one of a few frames.
pub fn extract(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let inner = String::from_utf8_lossy(rest);
    let prose = "<p>El pleno aprobó la reforma de la plaza con los votos de todos los grupos, según dijo la alcaldesa.</p>";
    let html = match first % 5 {
        0 => inner.into_owned(),
        1 => format!(
            "<html lang=es><body><article><h1>Un título</h1>{prose}{inner}{prose}</article></body></html>"
        ),
        2 => format!("<head>{inner}</head><body><main>{prose}{prose}</main></body>"),
        3 => {
            format!("<div class=\"b-post__content\"><p>MADRID, 15 février (EUROPA PRESS) - {inner}</p></div>")
        }
        _ => format!(
            "<body><div class=\"article-body\" itemprop=\"articleBody\">{prose}<p>{inner}</p></div></body>"
        ),
    };
    page(&html, first & 8 > 0);
}

/// JSON-LD within a page.
pub fn jsonld(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let inner = String::from_utf8_lossy(rest);
    let inner = match first % 3 {
        0 => inner.into_owned(),
        1 => format!("{{\"@type\":\"NewsArticle\",\"headline\":\"Un título\",{inner}}}"),
        _ => format!("{{\"@graph\":[{{\"@type\":\"NewsArticle\",\"articleBody\":\"{inner}\"}}]}}"),
    };
    let html = format!(
        "<script type=\"application/ld+json\">{inner}</script><article><p>Un texto de la noticia que basta para dos líneas de la página.</p></article>"
    );
    page(&html, first & 8 > 0);
}

fn page(html: &str, again: bool) {
    let raw = raw("Un título", html);
    let Some(one) = stripped(&raw) else { return };
    let copy = &one.copy;
    if let Some(Err(why)) = copy.html.as_deref().map(crate::html::check) {
        panic!("{why} in {:?}", copy.html);
    }
    assert!(copy.text.len() <= html.len() * GROWTH, "{} bytes of {}", copy.text.len(), html.len());
    assert!((0.0..=1.0).contains(&copy.language_confidence) && (1..=9).contains(&copy.urgency));
    assert!(!copy.text.contains(|c: char| c.is_control() && c != '\n'), "a control character");
    if again {
        assert_eq!(stripped(&raw).as_ref(), Some(&one), "the same page, another copy");
    }
}

/// Wire copy: the first line is the title.
pub fn clean(data: &[u8]) {
    let all = String::from_utf8_lossy(data);
    let (title, text) = all.split_once('\n').unwrap_or(("", &all));
    let out =
        tool::clean(&json!({"id": "a", "title": title, "text": text, "published": "2026-11-24T10:00:00Z"}));
    let told = out["text"].as_str().unwrap_or_default();
    // What is mended (references, tags, other encodings, invisible characters) is not as it was written.
    let plain = text.chars().all(|c| c.is_alphanumeric() && c.is_ascii() || " \n.,;:()-/'\"!?".contains(c));
    if plain {
        for word in told.split_whitespace() {
            assert!(text.contains(word), "{word:?} is not in the input");
        }
    }
}
