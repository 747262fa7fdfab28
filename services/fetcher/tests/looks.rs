//! Wires that somebody at the page wants to see: a fetcher looks at them and lists them, on a real Postgres and a site on loopback. The
//! API's half is in services/api/tests/looks.rs.
use std::sync::Arc;

use crate::common::{TakingBus, WireServer};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::source::Rights;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{SourceId, TopicTable};
use wiredesk_fetcher::Config;
use wiredesk_net::NetConfig;
use wiredesk_runtime::{Deps, Health};
use wiredesk_store::source::look::{self as table, LookState, SourceLook, Wish};

/// A look, once a fetcher has answered.
async fn answered(db: &PgPool, id: &str) -> SourceLook {
    let waiting = async {
        loop {
            let look = table::find(db, id).await.unwrap().unwrap();
            if !look.state.waits() {
                return look;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect("nobody has answered")
}

async fn look(db: &PgPool, id: &str, url: &str) -> SourceLook {
    table::ask(db, id, url, "an editor", wall_clock()).await.unwrap();
    answered(db, id).await
}

fn wish(url: &str) -> Wish {
    Wish { url: url.to_owned(), name: String::new(), language: None, rights: Rights::Headline, pages: false }
}

async fn want(db: &PgPool, id: &str, wish: &Wish) -> SourceLook {
    assert!(table::want(db, id, wish, wall_clock()).await.unwrap());
    answered(db, id).await
}

#[tokio::test]
async fn a_site_is_looked_at_listed_and_polled() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let db = postgres.pool();
    let server = WireServer::start().await;
    let page = "<html><head><link rel=alternate type=application/rss+xml href=/rss>\
        <link rel=alternate type=application/rss+xml href=/sport></head><body>Hola</body></html>";
    server.put("/", "200 OK", "content-type: text/html; charset=utf-8\r\n", page.as_bytes());
    let item = "<item><title>La &lt;b&gt;ñu&lt;/b&gt; vuelve</title><guid>a</guid><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate></item>";
    server.feed("/rss", "1", &format!("<language>es-ES</language>{item}"));
    server.feed("/sport", "1", "<item><title>Gol</title><guid>b</guid></item>");

    let bus = TakingBus::default();
    let deps = Deps {
        bus: Arc::new(bus.clone()),
        db: db.clone(),
        topics: Arc::new(TopicTable::load("wiredesk", None).unwrap()),
        health: Health::default(),
        shutdown: CancellationToken::new(),
        clock: wall_clock,
    };
    let net = NetConfig { allow: vec!["127.0.0.1".to_owned()], ..NetConfig::default() };
    let config = Config { lease_seconds: 1, net, ..Config::default() };
    let running = tokio::spawn(wiredesk_fetcher::run(config, deps.clone()));

    let seen = look(db, "site", &server.url("/")).await;
    let preview = seen.preview.expect("a preview");
    assert_eq!((seen.state, preview.url.as_str()), (LookState::Seen, server.url("/rss").as_str()));
    assert_eq!(preview.title.as_deref(), Some("Agencia Ñu"));
    assert_eq!((preview.language.as_deref(), preview.items), (Some("es-ES"), 1));
    assert_eq!(preview.headlines, ["La ñu vuelve"]);
    assert_eq!(preview.newest.unwrap().to_rfc3339(), "2026-11-24T10:00:00+00:00");
    let others: Vec<&str> = preview.others.iter().map(|other| other.url.as_str()).collect();
    assert_eq!(others, [server.url("/sport")]);
    assert!(wiredesk_store::source::known(db).await.unwrap().is_empty(), "nothing is listed by looking");

    let listed = want(db, "site", &wish(&server.url("/rss"))).await;
    assert_eq!(
        (listed.state, listed.source),
        (LookState::Listed, Some(SourceId::new("agencia-nu"))),
        "{:?}",
        listed.error
    );
    let known = wiredesk_store::source::find(db, "agencia-nu").await.unwrap().unwrap();
    assert_eq!((known.origin.as_str(), &known.config["language"]), ("desk", &"es-ES".into()));
    let polled = async {
        while bus.raws().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), polled).await.expect("it is polled");
    assert_eq!(bus.raws()[0].source.id.as_str(), "agencia-nu");

    // The same feed again, and then the other one of its site.
    look(db, "again", &server.url("/")).await;
    let twice = want(db, "again", &wish(&server.url("/rss"))).await;
    assert_eq!(twice.state, LookState::Refused);
    assert!(twice.error.unwrap().contains("is listed already: \"agencia-nu\""));
    let strange = Wish { language: Some("castellano antiguo".to_owned()), ..wish(&server.url("/sport")) };
    let refused = want(db, "again", &strange).await;
    assert!(refused.error.unwrap().contains("is no language tag"));
    let named = Wish {
        name: "Ñu Deporte".to_owned(),
        rights: Rights::FullText,
        pages: true,
        ..wish(&server.url("/sport"))
    };
    let listed = want(db, "again", &named).await;
    assert_eq!(listed.source, Some(SourceId::new("nu-deporte")), "{:?}", listed.error);
    let known = wiredesk_store::source::find(db, "nu-deporte").await.unwrap().unwrap();
    assert_eq!((&known.config["rights"], &known.config["pages"]), (&"full_text".into(), &true.into()));
    assert_eq!(known.config.get("language"), None, "the other feed's language is not its own");

    // What cannot be seen is said in a sentence; what is nobody's business is not reached.
    let silent = WireServer::start().await;
    silent.put("/empty", "200 OK", "content-type: text/html\r\n", b"<html><body>Nada</body></html>");
    for (id, url, words) in [
        ("gone", server.url("/nothing"), "cannot be fetched"),
        ("empty", silent.url("/empty"), "no feed was found on its site"),
        ("inner", "http://169.254.169.254/latest".to_owned(), "cannot be fetched"),
        ("strange", "ftp://nu.example/".to_owned(), "http"),
    ] {
        let unseen = look(db, id, &url).await;
        let why = unseen.error.unwrap_or_default();
        assert!(unseen.state == LookState::Unseen && why.contains(words), "{url}: {:?}: {why}", unseen.state);
    }
    deps.shutdown.cancel();
    running.await.unwrap().unwrap();
}
