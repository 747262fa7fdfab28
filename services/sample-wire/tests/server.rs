//! The server on a real socket.
use std::collections::BTreeSet;

use crate::support::{get, request, set_clock};
use tokio_util::sync::CancellationToken;
use wiredesk_sample_wire::wires::{Format, WIRES};
use wiredesk_sample_wire::{Config, Manifest, Served, manifest, serve};

fn manual() -> Config {
    Config { listen: "127.0.0.1:0".to_owned(), manual: true, ..Config::default() }
}

async fn start(config: Config) -> (Served, tokio_util::sync::DropGuard) {
    let shutdown = CancellationToken::new();
    let served = serve(config, shutdown.clone()).await.unwrap();
    (served, shutdown.drop_guard())
}

#[tokio::test]
async fn every_feed_parses_and_carries_what_the_manifest_says() {
    let (served, _guard) = start(manual()).await;
    let expected = manifest(&served.settings).unwrap();
    set_clock(served.addr, 10_000).await;
    for wire in WIRES {
        let answer = get(served.addr, &wire.feed_path()).await;
        match wire.format {
            Format::Gone => assert_eq!(answer.status, 410),
            Format::Login => assert!(feed_rs::parser::parse(&answer.body[..]).is_err()),
            Format::RssBroken | Format::RssTruncated => {
                assert!(
                    feed_rs::parser::parse(&answer.body[..]).is_err(),
                    "{} should not parse whole",
                    wire.id
                );
                let text = String::from_utf8(answer.body).unwrap();
                let items = expected.items.iter().filter(|item| item.source.as_str() == wire.id);
                assert!(
                    items.clone().all(|item| text.contains(&format!("<link>{}</link>", item.link))),
                    "{}",
                    wire.id
                );
                assert_eq!(text.matches("<item>").count(), items.count() + 1);
            }
            _ => {
                let feed = feed_rs::parser::parse(&answer.body[..])
                    .unwrap_or_else(|error| panic!("{}: {error}", wire.id));
                let total = expected.items.iter().filter(|item| item.source.as_str() == wire.id).count();
                assert_eq!(feed.entries.len(), total.min(wire.window), "{}", wire.id);
                for entry in &feed.entries {
                    let link = &entry.links[0].href;
                    let item = expected.items.iter().find(|item| item.link == link.trim()).unwrap();
                    assert_eq!(entry.published.unwrap(), item.published, "{}", item.slug);
                    let headline = &item.versions.last().unwrap().headline;
                    assert!(entry.title.as_ref().unwrap().content.contains(headline.as_str()), "{headline}");
                }
            }
        }
    }
}

#[tokio::test]
async fn latin1_is_declared_and_sent() {
    let (served, _guard) = start(manual()).await;
    set_clock(served.addr, 10_000).await;
    let answer = get(served.addr, "/ansa/rss.xml").await;
    assert!(answer.header("content-type").unwrap().contains("ISO-8859-1"));
    assert!(answer.body.contains(&0xe8) && String::from_utf8(answer.body.clone()).is_err(), "è is one byte");
    assert!(answer.body.iter().all(|byte| !(0x80..0xa0).contains(byte)), "only characters of ISO-8859-1");
    assert!(
        !String::from_utf8_lossy(&answer.body).contains("&#8"),
        "nothing had to be written as a reference"
    );
}

#[tokio::test]
async fn europa_press_looks_the_part() {
    let (served, _guard) = start(manual()).await;
    set_clock(served.addr, 10_000).await;
    let text = String::from_utf8(get(served.addr, "/europapress/rss/rss.aspx").await.body).unwrap();
    assert!(text.contains("<ttl>2</ttl>") && text.contains("length=\"4096\""));
    assert_eq!(text.matches("<item>").count(), 10);
    assert_eq!(text.matches("<description>&amp;nbsp;&amp;nbsp;&amp;nbsp;").count(), 10);
    assert_eq!(text.matches("<guid isPermaLink=\"true\">\n      http").count(), 10);
    let expected = manifest(&served.settings).unwrap();
    let zone = chrono_tz::Europe::Madrid;
    for item in expected.items.iter().filter(|item| item.source.as_str() == "sample-europapress") {
        let stamp = item.published.with_timezone(&zone).format("-%Y%m%d%H%M%S.html").to_string();
        assert!(item.link.ends_with(&stamp), "{}", item.link);
    }
}

#[tokio::test]
async fn validators_answer_304_until_something_changes() {
    let (served, _guard) = start(manual()).await;
    let path = "/europapress/rss/rss.aspx";
    let first = get(served.addr, path).await;
    let (etag, date) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    for (name, value) in [("If-None-Match", &etag), ("If-Modified-Since", &date)] {
        let again = request(served.addr, "GET", path, &[(name, value)], "").await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
    }
    set_clock(served.addr, 60).await;
    for (name, value) in [("If-None-Match", &etag), ("If-Modified-Since", &date)] {
        let changed = request(served.addr, "GET", path, &[(name, value)], "").await;
        assert_eq!(changed.status, 200, "{name}");
        assert_ne!(changed.header("etag").unwrap(), etag);
    }
}

#[tokio::test]
async fn every_step_of_the_clock_shows_in_a_feed_and_every_page_is_there() {
    let (served, _guard) = start(manual()).await;
    let expected = manifest(&served.settings).unwrap();
    for second in expected.steps() {
        set_clock(served.addr, second).await;
        for item in expected.items.iter() {
            let Some(version) =
                item.versions.iter().find(|version| version.at == second && !version.by_ledger)
            else {
                continue;
            };
            let wire = WIRES.iter().find(|wire| wire.id == item.source.as_str()).unwrap();
            let feed = get(served.addr, &wire.feed_path()).await;
            let feed = encoding_rs::WINDOWS_1252.decode(&feed.body).0.into_owned()
                + &String::from_utf8_lossy(&feed.body);
            assert!(feed.contains(&item.link), "{} at {second}", item.slug);
            let page = get(served.addr, item.link.strip_prefix(&served.base_url()).unwrap()).await;
            assert_eq!(page.status, 200, "{}", item.link);
            let page = String::from_utf8(page.body).unwrap();
            for phrase in &version.body_contains {
                assert!(page.contains(phrase.as_str()), "{} at {second}: {phrase}", item.slug);
            }
        }
    }
}

#[tokio::test]
async fn wherever_pages_carry_the_text_a_new_version_changes_the_feed() {
    let (served, _guard) = start(manual()).await;
    let expected = manifest(&served.settings).unwrap();
    for wire in WIRES.iter().filter(|wire| !wire.full) {
        let mut seen = BTreeSet::new();
        let steps = expected.items.iter().filter(|item| item.source.as_str() == wire.id);
        let mut steps: Vec<i64> = steps
            .flat_map(|item| &item.versions)
            .filter(|version| !version.by_ledger)
            .map(|version| version.at)
            .collect();
        steps.sort_unstable();
        steps.dedup();
        // A server for each wire: a manual clock never goes back.
        let (again, _guard) = start(manual()).await;
        for second in &steps {
            set_clock(again.addr, *second).await;
            seen.insert(get(again.addr, &wire.feed_path()).await.body);
        }
        assert_eq!(seen.len(), steps.len(), "{}", wire.id);
    }
}

#[tokio::test]
async fn the_manifest_is_served() {
    let (served, _guard) = start(manual()).await;
    let body = get(served.addr, "/manifest.json").await.body;
    let read: Manifest = serde_json::from_slice(&body).unwrap();
    assert_eq!(read, manifest(&served.settings).unwrap());
}

#[tokio::test]
async fn a_running_clock_cannot_be_set() {
    let (served, _guard) = start(Config { manual: false, ..manual() }).await;
    assert_eq!(set_clock(served.addr, 5).await.status, 409);
}

#[tokio::test]
async fn a_restart_with_the_same_epoch_goes_on_where_it_was() {
    let folder = std::env::temp_dir().join(format!("sample-wire-{}", std::process::id()));
    let epoch_file = Some(folder.join("epoch"));
    let (first, guard) = start(Config { epoch_file: epoch_file.clone(), ..manual() }).await;
    set_clock(first.addr, 300).await;
    let mut before = Vec::new();
    for wire in WIRES {
        before.push(get(first.addr, &wire.feed_path()).await.body);
    }
    drop(guard);
    // The address is part of every link, so the second server needs the same port once the first let go of it.
    let listen = first.addr.to_string();
    let config = Config { epoch_file, listen, ..manual() };
    let shutdown = CancellationToken::new();
    let second = loop {
        match serve(config.clone(), shutdown.clone()).await {
            Ok(served) => break served,
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(second.settings, first.settings);
    set_clock(second.addr, 300).await;
    for (wire, bytes) in WIRES.iter().zip(before) {
        assert_eq!(get(second.addr, &wire.feed_path()).await.body, bytes, "{}", wire.id);
    }
    shutdown.cancel();
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_links_say_where_others_reach_it() {
    let url = Some("http://sample-wire:8090/".to_owned());
    let (served, _guard) = start(Config { url, ..manual() }).await;
    set_clock(served.addr, 300).await;
    assert_eq!(served.base_url(), "http://sample-wire:8090");
    for item in manifest(&served.settings).unwrap().items {
        assert!(item.link.starts_with("http://sample-wire:8090/"), "{}", item.link);
    }
    for wire in WIRES.iter().filter(|wire| !matches!(wire.format, Format::Gone | Format::Login)) {
        let text = String::from_utf8_lossy(&get(served.addr, &wire.feed_path()).await.body).into_owned();
        assert!(text.contains("http://sample-wire:8090/"), "{}", wire.id);
        assert!(!text.contains(&served.addr.to_string()), "{}", wire.id);
    }
}
