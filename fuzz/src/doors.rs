//! What strangers send by HTTP: queries of the API, pushes, compressed bodies, pages that name feeds; and lists of sources.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use chrono::DateTime;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;
use wiredesk_api::cursor::Cursor;
use wiredesk_api::items::{ListQuery, OneQuery, read_change};
use wiredesk_api::live::{read_place, write_place};
use wiredesk_api::stories::StoryQuery;
use wiredesk_api::stream::Wanted;
use wiredesk_contract::{Item, Timestamp};
use wiredesk_fetcher::discover::page as pages;
use wiredesk_fetcher::listing::{self, Form, Mode, write};
use wiredesk_fetcher::push::signature::{Signature, sign};
use wiredesk_fetcher::push::webhook;
use wiredesk_fetcher::push::websub::{callback, offered};
use wiredesk_fetcher::read::FeedMeta;
use wiredesk_fetcher::{SourceConfig, opml};
use wiredesk_store::read::Words;

const ITEM: &str = include_str!("../../shared/contract/tests/golden/item.v1.full.json");
static WHOLE: LazyLock<Option<Item>> = LazyLock::new(|| serde_json::from_str(ITEM).ok());

/// Most items of a page.
const MOST: u32 = 200;

fn query<T: DeserializeOwned>(text: &str) -> Option<T> {
    let uri: Uri = format!("/v1/x?{text}").parse().ok()?;
    Query::<T>::try_from_uri(&uri).ok().map(|Query(query)| query)
}

/// May Postgres be given this? It has no NUL in texts, and instants from 4713 BC on.
fn storable(text: &str) -> bool {
    !text.contains('\0')
}

fn an_instant(at: Timestamp) -> bool {
    (-210_866_803_200..9_224_318_016_000).contains(&at.timestamp())
}

/// A query string, a cursor, or an event id, by the first byte. What is accepted can be given to Postgres, and what we give
/// out comes back as itself.
pub fn asked(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match first % 6 {
        0 => {
            let Some(list) = query::<ListQuery>(&text) else { return };
            let Ok(filter) = list.filter(MOST) else { return };
            assert!((1..=i64::from(MOST)).contains(&filter.limit));
            let words = filter.words.as_ref().map(|words| match words {
                Words::Exact(text) | Words::Alike(text) => text,
            });
            let texts = [&filter.kind, &filter.story, &filter.entity, &filter.place]
                .into_iter()
                .flatten()
                .chain(words);
            let lists = filter.sources.iter().chain(&filter.languages).chain(&filter.topics).flatten();
            assert!(
                filter
                    .near
                    .is_none_or(|circle| [circle.lat, circle.lon, circle.km].iter().all(|n| n.is_finite()))
            );
            assert!(texts.chain(lists).all(|t| storable(t)), "a text that Postgres does not take");
            assert!(filter.since.is_none_or(an_instant), "an instant that Postgres does not take");
            let place = list.cursor.as_deref().and_then(|c| Cursor::read(c).ok());
            assert!(place.is_none_or(|c| storable(&c.id) && an_instant(c.at)));
        }
        1 => {
            let Ok(cursor) = Cursor::read(&text) else { return };
            assert!(
                storable(&cursor.id) && an_instant(cursor.at),
                "a place that Postgres does not take: {cursor:?}"
            );
            assert_eq!(Cursor::read(&cursor.write()).ok(), Some(cursor), "a cursor comes back as another");
        }
        2 => {
            let Some(place) = read_place(&text) else { return };
            assert!(place.values().all(|offset| *offset >= 0));
            assert_eq!(read_place(&write_place(&place)), Some(place), "an event id comes back as another");
        }
        3 => {
            let Ok((tx, seq)) = read_change(&text) else { return };
            assert!(tx.parse::<u64>().is_ok());
            assert_eq!(read_change(&format!("{tx}.{seq}")).ok(), Some((tx, seq)));
        }
        4 => {
            let Some(wanted) = query::<Wanted>(&text) else { return };
            if let Some(item) = WHOLE.as_ref() {
                let _ = wanted.takes(item);
            }
            let _ = wanted.last_event_id.as_deref().and_then(read_place);
        }
        _ => {
            let _ = query::<OneQuery>(&text);
            let Some(stories) = query::<StoryQuery>(&text) else { return };
            let place = stories.cursor.as_deref().and_then(|c| Cursor::read(c).ok());
            assert!(place.is_none_or(|c| storable(&c.id) && an_instant(c.at)));
        }
    }
}

/// A request to the listener: lines of headers, an empty line, the body. No stranger's signature is right, ours is; hubs are
/// web addresses.
pub fn push(data: &[u8]) {
    let Some(now) = DateTime::from_timestamp(1_800_000_000, 0) else { return };
    let at = data.windows(2).position(|two| two == b"\n\n").unwrap_or(data.len());
    let (head, body) = (&data[..at], data.get(at + 2..).unwrap_or_default());
    let mut headers = HeaderMap::new();
    let mut links = Vec::new();
    for line in head.split(|b| *b == b'\n').take(64) {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) else {
            continue;
        };
        if name == "link" {
            links.push(String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        headers.append(name, value);
    }
    let secret = b"a secret that nobody knows";
    for signature in [webhook::signature(&headers, now), callback::signature(&headers)].into_iter().flatten()
    {
        assert!(signature.check(secret, body).is_err(), "a stranger's signature is right");
    }
    let ours =
        Signature::of_sender(&sign(secret, now.timestamp(), body), now).expect("our own signature is read");
    assert_eq!(ours.check(secret, body), Ok(()), "our own signature is wrong");
    if let Ok(Some(kind)) = webhook::media_type(&headers) {
        assert!(!kind.to_ascii_lowercase().trim_start().starts_with("image/"));
    }
    let reason = callback::denial(&String::from_utf8_lossy(body));
    assert!(reason.chars().count() <= 300 && !reason.contains(char::is_control));
    let (this, meta) = ("https://wire.example/feeds/all.xml", FeedMeta::default());
    if let Some(offered) = offered(&links, &meta, this) {
        assert!((1..=4).contains(&offered.hubs.len()));
        for address in offered.hubs.iter().chain([&offered.topic]) {
            let url = Url::parse(address).expect("an address");
            assert!(
                web(&url)
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.fragment().is_none()
            );
        }
    }
    let Ok(base) = Url::parse(this) else { return };
    assert!(pages::named_by_headers(&links, &base).iter().all(web));
}

fn web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// The feeds that a page names: web addresses, the same each time.
pub fn discover(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let Ok(at) = Url::parse("https://www.wire.example/a/b.html") else { return };
    let named = pages::read(&html, &at);
    assert!(named.declared.iter().chain(&named.linked).all(web));
    assert_eq!(pages::read(&html, &at), named, "the same page, other feeds");
}

/// A body in the codings that the first byte names: never more than its cap, the same each time.
pub fn coded(data: &[u8]) {
    const CODINGS: [&str; 8] =
        ["gzip", "br", "zstd", "deflate", "gzip, br", "zstd, gzip", "deflate, deflate, gzip", "gzip, gzip"];
    const CAP: usize = 1 << 20;
    let Some((first, rest)) = data.split_first() else { return };
    let codings = CODINGS[usize::from(*first) % CODINGS.len()];
    let once = wiredesk_net::decoded(codings, rest, CAP);
    match &once {
        Ok(body) => assert!(body.len() <= CAP, "{} bytes", body.len()),
        Err(why) => assert!(!why.is_empty() && why.len() < 300, "{why}"),
    }
    if first & 0x80 > 0 {
        assert_eq!(wiredesk_net::decoded(codings, rest, CAP), once, "the same body, another answer");
    }
}

/// A list of sources in the form that the first byte names. What is read is sound, and written in each form it is read as
/// the same sources.
pub fn listed(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let form = [Form::Toml, Form::Opml, Form::Json, Form::of_bytes(rest)][usize::from(*first) % 4];
    let (file, taken): (Arc<str>, _) = ("list".into(), BTreeSet::from(["a".to_owned()]));
    let mode = if first & 4 > 0 { Mode::Strict } else { Mode::Lenient(&taken) };
    let Ok(entries) = listing::read(rest, form, &file, mode) else { return };
    let sources: Vec<SourceConfig> = entries.into_iter().flatten().collect();
    let values = |all: &[SourceConfig]| all.iter().map(|s| s.portable().values).collect::<Vec<_>>();
    let before = values(&sources);
    for (form, text) in [
        (Form::Toml, write::toml(&sources, "[[sources]]")),
        (Form::Json, write::json(&sources)),
        (Form::Opml, opml::write(&sources, "list")),
    ] {
        let again = listing::read(text.as_bytes(), form, &file, Mode::Strict);
        let again = again.unwrap_or_else(|e| panic!("{form:?} of our own is not read: {e}\n{text}"));
        let again: Vec<SourceConfig> = again
            .into_iter()
            .map(|s| s.unwrap_or_else(|e| panic!("{form:?} of our own is not read: {e}\n{text}")))
            .collect();
        // An attribute keeps no spaces at its ends, and a list in one no empty words.
        let plain = |all: Vec<Map<String, Value>>| -> Vec<Value> {
            if form == Form::Opml {
                all.into_iter().map(|v| trimmed(Value::Object(v))).collect()
            } else {
                all.into_iter().map(Value::Object).collect()
            }
        };
        assert_eq!(plain(values(&again)), plain(before.clone()), "{form:?} is read as another list\n{text}");
    }
}

fn trimmed(value: Value) -> Value {
    match value {
        Value::String(text) => text.trim().into(),
        Value::Array(list) => list.into_iter().map(trimmed).filter(|v| v.as_str() != Some("")).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(k, v)| (k, trimmed(v)));
            members
                .filter(|(_, v)| v.as_str() != Some("") && v.as_array().is_none_or(|l| !l.is_empty()))
                .collect()
        }
        other => other,
    }
}
