//! Whole polls: a wire on loopback, a real Postgres, a bus that keeps what was acknowledged.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::common::{TakingBus, WireServer};
use chrono::Duration;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{SourceId, TopicTable};
use wiredesk_fetcher::pages::Crawl;
use wiredesk_fetcher::poll::{Poll, Poller, Wire};
use wiredesk_fetcher::queue::Turns;
use wiredesk_fetcher::{Config, SourceConfig};
use wiredesk_net::{Client, NetConfig};
use wiredesk_runtime::{Deps, Emitter, Health};
use wiredesk_store::source::{self as table, Listed, SourceHealth};
use wiredesk_testkit::TestPostgres;

struct Desk {
    postgres: TestPostgres,
    server: WireServer,
    bus: TakingBus,
    poller: Poller,
    wire: Wire,
}

fn deps(postgres: &TestPostgres, bus: &TakingBus) -> Deps {
    Deps {
        bus: Arc::new(bus.clone()),
        db: postgres.pool().clone(),
        topics: Arc::new(TopicTable::load("wiredesk", None).unwrap()),
        health: Health::default(),
        shutdown: CancellationToken::new(),
        clock: wall_clock,
    }
}

impl Desk {
    async fn open(extra: &str) -> Option<Self> {
        let postgres = wiredesk_testkit::postgres().await?;
        let server = WireServer::start().await;
        let bus = TakingBus::default();
        let toml = format!(
            "id = \"nu\"\nurl = \"{}\"\nallow = [\"127.0.0.1/32\"]\ninterval_seconds = 60\n{extra}",
            server.url("/feed")
        );
        let source: SourceConfig = toml::from_str(&toml).unwrap();
        let net = NetConfig { allow: source.allow.clone(), max_body_bytes: 200_000, ..NetConfig::default() };
        let client = Client::new(&net, "wiredesk-test").unwrap();
        let mut config = Config::default();
        config.pages.retry_seconds = 0;
        let emitter = Emitter::new(&deps(&postgres, &bus)).await.unwrap();
        let crawl = Arc::new(Crawl::new(&config, wall_clock));
        let config = Arc::new(config);
        let poller = Poller { db: postgres.pool().clone(), emitter, config, crawl, clock: wall_clock };
        let listed = Listed {
            id: SourceId::new("nu"),
            name: "Ñu".into(),
            url: source.url.clone(),
            config: serde_json::json!({}),
            interval_seconds: 60,
        };
        table::sync(postgres.pool(), &[listed], wall_clock()).await.unwrap();
        let wire = Wire { config: source, page_client: client.clone(), client };
        Some(Self { postgres, server, bus, poller, wire })
    }

    /// One poll, not saved, by a fetcher that holds all leases.
    async fn poll(&self, owner: &str) -> Result<Poll, wiredesk_runtime::StageError> {
        let db = self.postgres.pool();
        let unplaced = table::unplaced(db, 10).await.unwrap();
        let places: Vec<_> = unplaced.into_iter().map(|s| (s.id, s.url, "own:wire".to_owned())).collect();
        table::place(db, &places).await.unwrap();
        table::beat(db, owner, 30).await.unwrap();
        table::take(db, owner, 10).await.unwrap();
        let rows = table::leased(db, owner, &["nu"]).await.unwrap();
        self.poller.poll(&self.wire, rows.first().expect("the source is leased"), &Turns::default()).await
    }

    async fn poll_and_save(&self) -> SourceHealth {
        let polled = self.poll("me").await.unwrap().polled;
        assert_eq!(table::save(self.postgres.pool(), "me", &[polled]).await.unwrap(), [true]);
        self.health().await
    }

    async fn health(&self) -> SourceHealth {
        table::health(self.postgres.pool()).await.unwrap().remove(0)
    }

    /// Item title and revision, as published.
    fn published(&self) -> Vec<(String, u32)> {
        self.bus.raws().into_iter().map(|r| (r.entry.title, r.revision)).collect()
    }
}

fn item(guid: &str, title: &str) -> String {
    format!(
        "<item><title>{title}</title><guid isPermaLink=\"false\">{guid}</guid><link>https://wire.example/{guid}</link></item>"
    )
}

fn told(pairs: &[(&str, u32)]) -> Vec<(String, u32)> {
    pairs.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect()
}

#[tokio::test]
async fn new_changed_and_unchanged() {
    let Some(desk) = Desk::open("").await else { return };
    desk.server.feed("/feed", "1", &(item("a", "Uno") + &item("b", "Dos")));
    let health = desk.poll_and_save().await;
    assert_eq!((health.last_status, health.last_error, health.items_seen), (Some(200), None, 2));
    assert_eq!(desk.published(), told(&[("Dos", 1), ("Uno", 1)]));
    assert_eq!(desk.poll_and_save().await.last_status, Some(304));
    assert_eq!(desk.published().len(), 2);
    desk.server.feed("/feed", "2", &(item("c", "Tres") + &item("a", "Uno, corregido") + &item("b", "Dos")));
    desk.poll_and_save().await;
    assert_eq!(desk.published()[2..], told(&[("Uno, corregido", 2), ("Tres", 1)]));
    let asked = desk.server.requests.lock().unwrap().clone();
    assert!(asked[1].contains("if-none-match: \"1\""), "{}", asked[1]);
}

#[tokio::test]
async fn a_crash_before_the_save_sends_the_same_revision_again() {
    let Some(desk) = Desk::open("").await else { return };
    desk.server.feed("/feed", "1", &item("a", "Uno"));
    let lost = desk.poll("dies").await.unwrap();
    assert_eq!(desk.published(), told(&[("Uno", 1)]));
    assert_eq!(desk.health().await.last_poll, None, "nothing is saved before the acknowledgement counts");
    // Its lease runs out, another takes over, and what the dead one would have saved is refused.
    sqlx::query("UPDATE fetcher SET alive_until = now()").execute(desk.postgres.pool()).await.unwrap();
    desk.poll_and_save().await;
    assert_eq!(desk.published(), told(&[("Uno", 1), ("Uno", 1)]));
    assert_eq!(desk.bus.raws()[0].item_id, desk.bus.raws()[1].item_id);
    assert_eq!(table::save(desk.postgres.pool(), "dies", &[lost.polled]).await.unwrap(), [false]);
}

#[tokio::test]
async fn no_validator_is_kept_while_the_bus_is_down() {
    let Some(desk) = Desk::open("").await else { return };
    desk.server.feed("/feed", "1", &item("a", "Uno"));
    desk.bus.down.store(true, Ordering::SeqCst);
    assert!(desk.poll("me").await.unwrap_err().is_transient());
    table::release(desk.postgres.pool(), "me").await.unwrap();
    desk.bus.down.store(false, Ordering::SeqCst);
    desk.poll_and_save().await;
    assert_eq!(desk.published(), told(&[("Uno", 1)]));
    assert!(!desk.server.requests.lock().unwrap()[1].contains("if-none-match"));
}

#[tokio::test]
async fn an_item_goes_without_its_page_and_the_page_follows() {
    let Some(desk) = Desk::open("pages = true\n").await else { return };
    let linked =
        |path: &str| format!("<item><title>{path}</title><link>{}</link></item>", desk.server.url(path));
    desk.server.feed("/feed", "1", &(linked("/good") + &linked("/late")));
    desk.server.put(
        "/good",
        "200 OK",
        "content-type: text/html; charset=iso-8859-1\r\n",
        b"<p>ma\xf1ana</p>",
    );
    desk.server.put("/late", "503 Busy", "", b"");
    desk.poll_and_save().await;
    let raws = desk.bus.raws();
    let page = |n: usize| raws[n].page.as_ref().map(|p| p.html.clone());
    assert_eq!((raws[0].entry.title.as_str(), page(0)), ("/late", None));
    assert_eq!((raws[1].entry.title.as_str(), page(1)), ("/good", Some("<p>mañana</p>".to_owned())));
    desk.server.put("/late", "200 OK", "content-type: text/html\r\n", b"<p>tarde</p>");
    assert_eq!(desk.poll_and_save().await.last_status, Some(304));
    let late = desk.bus.raws().remove(2);
    assert_eq!((late.entry.title.as_str(), late.revision), ("/late", 2));
    assert_eq!(late.page.unwrap().html, "<p>tarde</p>");
    desk.poll_and_save().await;
    assert_eq!(desk.bus.raws().len(), 3, "a page that was had is not fetched again");
}

#[tokio::test]
async fn what_is_wrong_with_a_wire_is_said_once_in_words() {
    let Some(desk) = Desk::open("").await else { return };
    desk.server.put(
        "/feed",
        "200 OK",
        "content-type: text/html\r\n",
        b"<html><body>Mantenimiento</body></html>",
    );
    let health = desk.poll_and_save().await;
    assert!(health.last_error.unwrap().contains("a web page, not a feed"));
    assert_eq!(desk.poll_and_save().await.failures, 2);
    assert_eq!(desk.bus.dead().len(), 1, "one letter for each different document");
    desk.server.put("/feed", "200 OK", "", &vec![b'x'; 300_000]);
    assert!(
        desk.poll_and_save()
            .await
            .last_error
            .unwrap()
            .contains("larger than the 200000 bytes allowed (300000 bytes declared)")
    );
    desk.server.feed(
        "/feed",
        "1",
        &(item("a", "Uno") + "<item><title><b></title></b><x</item>" + &item("b", "Dos")),
    );
    let health = desk.poll_and_save().await;
    assert_eq!((health.last_error, health.failures), (None, 0));
    let reasons: Vec<String> = desk.bus.dead().into_iter().map(|d| d.reason).collect();
    assert_eq!(reasons, ["not_a_feed", "too_large", "broken_entry"]);
    assert_eq!(desk.published(), told(&[("Dos", 1), ("Uno", 1)]));
    desk.server.put("/feed", "429 Slow down", "retry-after: 4000\r\n", b"");
    let health = desk.poll_and_save().await;
    assert!(health.next_poll > wall_clock() + Duration::seconds(3990));
    desk.server.put("/feed", "410 Gone", "", b"");
    let health = desk.poll_and_save().await;
    assert!(health.stopped.unwrap().contains("gone for good"));
}

#[tokio::test]
async fn a_truncated_feed_in_latin_1_gives_its_whole_items() {
    let Some(desk) = Desk::open("").await else { return };
    let text =
        format!("<rss version=\"2.0\"><channel>{}{}<item><title>Tre", item("a", "Mañana"), item("b", "Año"));
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    desk.server.put(
        "/feed",
        "200 OK",
        "etag: \"1\"\r\ncontent-type: text/xml; charset=iso-8859-1\r\n",
        &latin,
    );
    assert!(desk.poll_and_save().await.partial);
    assert_eq!(desk.published(), told(&[("Año", 1), ("Mañana", 1)]));
    let raw = desk.bus.raws().remove(0);
    assert!(raw.partial && raw.repairs.iter().any(|r| r.kind == "truncated"));
    // Its validators are not kept: the rest may come under the same.
    desk.poll_and_save().await;
    assert!(!desk.server.requests.lock().unwrap()[1].contains("if-none-match"));
    assert_eq!(desk.published().len(), 2);
}

#[tokio::test]
async fn two_fetchers_share_the_sources_and_stop_when_told() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let server = WireServer::start().await;
    let bus = TakingBus::default();
    let mut config = Config { concurrency: 3, ..Config::default() };
    for n in 0..6 {
        server.feed(&format!("/{n}"), "1", &item("a", &format!("De {n}")));
        let toml = format!(
            "id = \"w{n}\"\nurl = \"{}\"\nallow = [\"127.0.0.1\"]\ninterval_seconds = 3600\n",
            server.url(&format!("/{n}"))
        );
        config.sources.push(toml::from_str(&toml).unwrap());
    }
    // Nobody listens there: it must not hold the others up.
    config.sources.push(
        toml::from_str("id = \"dead\"\nurl = \"http://127.0.0.1:1/\"\nallow = [\"127.0.0.1\"]\n").unwrap(),
    );
    let deps = deps(&postgres, &bus);
    let fetchers = [0, 1].map(|_| tokio::spawn(wiredesk_fetcher::run(config.clone(), deps.clone())));
    let all = async {
        loop {
            let health = table::health(postgres.pool()).await.unwrap();
            if health.len() == 7 && health.iter().all(|h| h.last_poll.is_some()) {
                break health;
            }
            tokio::task::yield_now().await;
        }
    };
    let health =
        tokio::time::timeout(std::time::Duration::from_secs(60), all).await.expect("all sources are polled");
    deps.shutdown.cancel();
    for fetcher in fetchers {
        fetcher.await.unwrap().unwrap();
    }
    let mut titles: Vec<String> = bus.raws().into_iter().map(|r| r.entry.title).collect();
    titles.sort();
    assert_eq!(
        titles,
        (0..6).map(|n| format!("De {n}")).collect::<Vec<_>>(),
        "each source was polled by one"
    );
    let dead = health.iter().find(|h| h.id.as_str() == "dead").unwrap();
    assert!(dead.last_error.as_ref().unwrap().starts_with("unreachable: "));
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM source_domain WHERE lease_owner IS NOT NULL")
        .fetch_one(postgres.pool())
        .await
        .unwrap();
    assert_eq!(held, 0);
    // A list without them: they are kept, and inactive.
    table::sync(postgres.pool(), &[], wall_clock()).await.unwrap();
    assert!(table::health(postgres.pool()).await.unwrap().iter().all(|h| !h.active));
}

#[tokio::test]
async fn both_validators_are_sent_and_neither_once_a_day() {
    let Some(desk) = Desk::open("").await else { return };
    let date = "Mon, 02 Mar 2026 09:30:00 GMT";
    let body = format!("<rss version=\"2.0\"><channel>{}</channel></rss>", item("a", "Uno"));
    let headers = format!("etag: \"1\"\r\nlast-modified: {date}\r\n");
    desk.server.put("/feed", "200 OK", &headers, body.as_bytes());
    desk.poll_and_save().await;
    desk.poll_and_save().await;
    // A server that says 304 for ever, whatever is new.
    let body = format!("<rss version=\"2.0\"><channel>{}</channel></rss>", item("b", "Dos"));
    desk.server.put("/feed", "200 OK", &headers, body.as_bytes());
    assert_eq!(desk.poll_and_save().await.last_status, Some(304));
    sqlx::query("UPDATE source SET full_at = now() - interval '25 hours'")
        .execute(desk.postgres.pool())
        .await
        .unwrap();
    assert_eq!(desk.poll_and_save().await.last_status, Some(200));
    assert_eq!(desk.published(), told(&[("Uno", 1), ("Dos", 1)]));
    let asked = desk.server.requests.lock().unwrap().clone();
    let conditional = |n: usize| {
        let head: &String = &asked[n];
        (head.contains("if-none-match: \"1\""), head.contains(&format!("if-modified-since: {date}")))
    };
    assert_eq!(
        [conditional(0), conditional(1), conditional(2), conditional(3)],
        [(false, false), (true, true), (true, true), (false, false)]
    );
}

#[tokio::test]
async fn a_permanent_redirect_is_believed_after_three_sightings_over_a_day() {
    let Some(desk) = Desk::open("").await else { return };
    let location = format!("location: {}\r\n", desk.server.url("/new"));
    desk.server.feed("/new", "1", &item("a", "Uno"));
    let last = |desk: &Desk| {
        let asked = desk.server.requests.lock().unwrap();
        let path = |head: &String| head.split(' ').nth(1).unwrap().to_owned();
        asked.iter().map(path).collect::<Vec<_>>()
    };
    desk.server.put("/feed", "301 Moved", &location, b"");
    for _ in 0..4 {
        desk.poll_and_save().await;
    }
    assert_eq!(last(&desk).last().unwrap(), "/new");
    assert_eq!(last(&desk).iter().filter(|p| *p == "/feed").count(), 4, "not within one day");
    let a_day_ago = "UPDATE source SET moved_since = moved_since - interval '25 hours'";
    sqlx::query(a_day_ago).execute(desk.postgres.pool()).await.unwrap();
    desk.poll_and_save().await;
    desk.poll_and_save().await;
    assert_eq!(last(&desk).iter().filter(|p| *p == "/feed").count(), 5, "now the new address is polled");
    // An edited address starts afresh, whoever edits it.
    sqlx::query("UPDATE source SET url = url || '?2', failures = 3, stopped = 'gone'")
        .execute(desk.postgres.pool())
        .await
        .unwrap();
    let row: (Option<String>, Option<String>, i32, Option<String>, String) =
        sqlx::query_as("SELECT moved_url, etag, failures, stopped, domain FROM source")
            .fetch_one(desk.postgres.pool())
            .await
            .unwrap();
    assert_eq!(row, (None, None, 0, None, String::new()));
}

#[tokio::test]
async fn a_temporary_redirect_is_never_saved() {
    let Some(desk) = Desk::open("").await else { return };
    desk.server.feed("/new", "1", &item("a", "Uno"));
    desk.server.put("/feed", "302 Found", &format!("location: {}\r\n", desk.server.url("/new")), b"");
    for _ in 0..4 {
        desk.poll_and_save().await;
        let since = "UPDATE source SET moved_since = moved_since - interval '25 hours'";
        sqlx::query(since).execute(desk.postgres.pool()).await.unwrap();
    }
    let moved: (Option<String>, Option<String>) = sqlx::query_as("SELECT moved_to, moved_url FROM source")
        .fetch_one(desk.postgres.pool())
        .await
        .unwrap();
    assert_eq!(moved, (None, None));
}

#[tokio::test]
async fn what_is_pushed_goes_the_way_of_what_is_polled() {
    use wiredesk_fetcher::poll::Via;
    let Some(desk) = Desk::open("").await else { return };
    let document = |items: &str| {
        let text = format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
        bytes::Bytes::from(text)
    };
    let push = |body| desk.poller.ingest(&desk.wire, body, Some("application/rss+xml"), Via::WebSub);
    let first = push(document(&(item("a", "Uno") + &item("b", "Dos")))).await.unwrap();
    assert_eq!((first.new, first.changed, first.unchanged), (2, 0, 0));
    desk.server.feed("/feed", "1", &(item("a", "Uno") + &item("b", "Dos") + &item("c", "Tres")));
    desk.poll_and_save().await;
    assert_eq!(desk.published().len(), 3, "a poll sends what was not pushed");
    let second = push(document(&(item("a", "Uno, corregido") + &item("c", "Tres")))).await.unwrap();
    assert_eq!((second.new, second.changed, second.unchanged), (0, 1, 1));
    assert_eq!(desk.published()[3..], told(&[("Uno, corregido", 2)]));
    let health = desk.health().await;
    assert_eq!((health.items_seen, health.last_status), (4, Some(200)));
    let broken = push(bytes::Bytes::from_static(b"<html><body>no</body></html>")).await.unwrap();
    assert!(broken.unreadable.unwrap().contains("a web page"));
    assert_eq!(desk.bus.dead().len(), 1);
    desk.bus.down.store(true, Ordering::SeqCst);
    assert!(push(document(&item("d", "Cuatro"))).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_site_that_goes_to_https_sends_nothing_again_and_a_real_edit_is_the_same_item() {
    let Some(desk) = Desk::open("").await else { return };
    let entry = |base: &str, n: u8, words: &str| {
        format!(
            "<item><title>Nota {n}</title><guid>{base}/?p={n}</guid><link>{base}/2026/nota-{n}/?utm_source=rss</link><description>{words}</description></item>"
        )
    };
    let (http, https) = ("http://www.wire.example", "https://wire.example");
    desk.server.feed("/feed", "1", &(entry(http, 1, "&lt;p&gt;Uno&lt;/p&gt;") + &entry(http, 2, "Dos")));
    desk.poll_and_save().await;
    let before = desk.bus.raws();
    desk.server.feed(
        "/feed",
        "2",
        &(entry(https, 1, "&lt;p class=x&gt; Uno &lt;/p&gt;")
            + &entry(https, 2, "Dos heridos")
            + &entry(https, 3, "Tres")),
    );
    desk.poll_and_save().await;
    let raws = desk.bus.raws();
    let of = |title: &str| raws.iter().filter(|r| r.entry.title == title).collect::<Vec<_>>();
    assert_eq!(of("Nota 1").len(), 1, "another scheme and another class are no edit");
    let second = of("Nota 2");
    assert_eq!((second.len(), second[1].revision), (2, 2));
    assert_eq!(second[0].item_id, second[1].item_id);
    assert_eq!(of("Nota 3")[0].revision, 1);
    // It keeps the id that it had, poll after poll.
    desk.server.feed("/feed", "3", &(entry(https, 1, "Uno, y más") + &entry(https, 2, "Dos heridos")));
    desk.poll_and_save().await;
    let first = before.iter().find(|r| r.entry.title == "Nota 1").unwrap();
    let last = desk.bus.raws().pop().unwrap();
    assert_eq!((&last.item_id, last.revision), (&first.item_id, 2));
}

#[tokio::test]
async fn of_a_sitemap_index_the_newest_that_changed_are_read() {
    let Some(desk) = Desk::open("").await else { return };
    let index = |months: &[(&str, &str)]| {
        let entry = |(name, day): &(&str, &str)| {
            format!("<sitemap><loc>{}</loc><lastmod>{day}</lastmod></sitemap>", desk.server.url(name))
        };
        let all: String = months.iter().map(entry).collect();
        format!("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{all}</sitemapindex>")
    };
    let map = |titles: &[&str]| {
        let page = |t: &&str| {
            format!(
                "<url><loc>https://wire.example/{t}</loc><news:news><news:publication><news:name>Ñu</news:name>\
                 <news:language>es</news:language></news:publication><news:publication_date>2026-03-02</news:publication_date>\
                 <news:title>{t}</news:title></news:news></url>"
            )
        };
        let all: String = titles.iter().map(page).collect();
        format!(
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
             xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{all}</urlset>"
        )
    };
    let xml = "content-type: application/xml\r\n";
    let days: Vec<(String, String)> =
        (1..=8).map(|d| (format!("/map{d}"), format!("2026-03-0{d}"))).collect();
    let mut listed: Vec<(&str, &str)> = days.iter().map(|(n, d)| (n.as_str(), d.as_str())).collect();
    for (name, _) in &listed {
        desk.server.put(name, "200 OK", xml, map(&[&format!("de{}", &name[4..])]).as_bytes());
    }
    desk.server.put("/feed", "200 OK", xml, index(&listed).as_bytes());
    assert_eq!(desk.poll_and_save().await.last_error, None);
    let titles = |desk: &Desk| {
        let mut all: Vec<String> = desk.bus.raws().into_iter().map(|r| r.entry.title).collect();
        all.sort();
        all
    };
    assert_eq!(titles(&desk), ["de4", "de5", "de6", "de7", "de8"], "the newest five; the rest is an archive");
    let asked = desk.server.requests.lock().unwrap().len();
    desk.poll_and_save().await;
    assert_eq!(desk.server.requests.lock().unwrap().len(), asked + 1, "the index alone");
    // One of the archive changes, and one is new.
    listed[1].1 = "2026-03-09";
    listed.push(("/map9", "2026-03-09"));
    desk.server.put("/map9", "200 OK", xml, map(&["de9"]).as_bytes());
    desk.server.put("/map2", "200 OK", xml, map(&["de2", "de2bis"]).as_bytes());
    desk.server.put("/feed", "200 OK", xml, index(&listed).as_bytes());
    let health = desk.poll_and_save().await;
    assert_eq!(titles(&desk)[..2], ["de2", "de2bis"]);
    assert_eq!((titles(&desk).len(), health.items_seen, health.newest_item.is_some()), (8, 8, true));
}
