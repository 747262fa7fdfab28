//! Saved searches on a real PostgreSQL, sent to a server that takes, refuses, or is gone.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_alerts::{Config, run, signature::sign};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{Item, ItemId, SourceId, Timestamp, TopicTable};
use wiredesk_runtime::{Deps, Health};
use wiredesk_store::alert::{self, NewAlert};
use wiredesk_store::read::ItemFilter;
use wiredesk_testkit::TestPostgres;

const MINIMAL: &str = include_str!("../../../shared/contract/tests/golden/item.v1.minimal.json");
const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came: id, and whether the signature was right.
type Came = Arc<Mutex<Vec<(String, Value)>>>;

/// An address that answers each request with what stands next, and 200 when nothing does.
#[derive(Clone, Default)]
struct Hook {
    came: Came,
    answers: Arc<Mutex<Vec<u16>>>,
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, time) = (header("webhook-id"), header("webhook-timestamp").parse().unwrap());
    assert_eq!(Some(header("webhook-signature")), sign(KEY, &id, time, &body), "the signature");
    assert_eq!(headers["content-type"], "application/json");
    hook.came.lock().unwrap().push((id, serde_json::from_slice(&body).unwrap()));
    let mut answers = hook.answers.lock().unwrap();
    let status = if answers.is_empty() { 200 } else { answers.remove(0) };
    StatusCode::from_u16(status).unwrap()
}

impl Hook {
    async fn open(answers: &[u16]) -> (Self, String) {
        let hook = Self { answers: Arc::new(Mutex::new(answers.to_vec())), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().route("/hook", post(take)).with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (hook, address)
    }

    fn headlines(&self) -> Vec<String> {
        let of = |(_, message): &(String, Value)| {
            message["data"]["item"]["headlines"][0]["value"].as_str().unwrap().to_owned()
        };
        self.came.lock().unwrap().iter().map(of).collect()
    }
}

struct Desk {
    pg: TestPostgres,
    shutdown: CancellationToken,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Desk {
    /// A database with `services` deliverers side by side.
    async fn open(services: usize, config: Config) -> Option<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pg = wiredesk_testkit::postgres().await?;
        let topics = Arc::new(TopicTable::load("wiredesk", Some(1)).unwrap());
        let bus = wiredesk_bus::connect(&wiredesk_bus::Config::default(), pg.pool(), &topics).await.unwrap();
        let shutdown = CancellationToken::new();
        for _ in 0..services {
            let deps = Deps {
                bus: bus.clone(),
                db: pg.pool().clone(),
                topics: topics.clone(),
                health: Health::default(),
                shutdown: shutdown.clone(),
                clock: wall_clock,
            };
            tokio::spawn(run(config.clone(), deps));
        }
        Some(Self { pg, shutdown })
    }

    fn db(&self) -> &PgPool {
        self.pg.pool()
    }

    async fn alert(&self, id: &str, url: &str, filter: ItemFilter) {
        let alert = NewAlert {
            id: id.to_owned(),
            name: format!("alert {id}"),
            query: serde_json::json!({}),
            filter,
            url: url.to_owned(),
            host: "127.0.0.1".to_owned(),
            secret: KEY.to_owned(),
            actor: "test".to_owned(),
            created: wall_clock(),
        };
        alert::insert(self.db(), &alert).await.unwrap();
    }

    async fn shown(&self, id: &str) -> alert::Shown {
        alert::list(self.db()).await.unwrap().into_iter().find(|alert| alert.id == id).unwrap()
    }

    async fn until(&self, what: &str, check: impl AsyncFn() -> bool) {
        let wait = async {
            while !check().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(90), wait).await.unwrap_or_else(|_| panic!("{what}"));
    }
}

fn here() -> Config {
    let mut config = Config { first_wait_seconds: 0, ..Config::default() };
    config.net.allow = vec!["127.0.0.1/32".to_owned()];
    config
}

fn item(n: u32, language: &str) -> Item {
    let mut item: Item = serde_json::from_str(MINIMAL).unwrap();
    item.item_id = ItemId::derive(&SourceId::new("test"), &n.to_string());
    item.language = language.to_owned();
    item.headlines[0].value = format!("headline {n}");
    item.version_created = Timestamp::from_timestamp(1_790_000_000 + i64::from(n), 0).unwrap();
    item
}

async fn publish(db: &PgPool, item: &Item) {
    sqlx::query(
        "INSERT INTO item (item_id, version, revision, content_hash, source_id, language, kind, urgency, pub_status,
            first_created, version_created, fetched_at, headline, cluster, doc)
         VALUES ($1, $2, 1, 'x', $3, $4, 'news', 5, 'usable', $5, $5, $5, $6, $1, $7)
         ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, headline = excluded.headline, doc = excluded.doc,
            tx = pg_current_xact_id(), change_seq = nextval('item_change_seq')",
    )
    .bind(item.item_id.as_str())
    .bind(i32::try_from(item.version).unwrap())
    .bind(item.source.id.as_str())
    .bind(&item.language)
    .bind(item.version_created)
    .bind(item.headline())
    .bind(sqlx::types::Json(item))
    .execute(db)
    .await
    .unwrap();
}

fn of(language: &str) -> ItemFilter {
    ItemFilter { languages: Some(vec![language.to_owned()]), ..ItemFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_sent_once_and_in_order_beside_another() {
    let Some(desk) = Desk::open(2, here()).await else { return };
    let (hook, address) = Hook::open(&[]).await;
    publish(desk.db(), &item(0, "es")).await;
    // An alert begins with what may still be committed: what other tests have open on this server would have it begin before.
    let ended = "SELECT pg_snapshot_xmin(pg_current_snapshot()) > tx FROM item";
    let nothing_older = async || sqlx::query_scalar::<_, bool>(ended).fetch_one(desk.db()).await.unwrap();
    desk.until("nothing older is open", nothing_older).await;
    desk.alert("es", &address, of("es")).await;
    let (everything, elsewhere) = Hook::open(&[]).await;
    desk.alert("all", &elsewhere, ItemFilter::default()).await;
    for n in 1..=60 {
        publish(desk.db(), &item(n, if n % 2 == 0 { "es" } else { "fr" })).await;
    }
    desk.until("thirty items", async || hook.came.lock().unwrap().len() >= 30).await;
    desk.until("all items", async || everything.came.lock().unwrap().len() >= 60).await;
    let mut changed = item(2, "es");
    changed.version = 2;
    changed.headlines[0].value = "headline 2, corrected".to_owned();
    publish(desk.db(), &changed).await;
    desk.until("the correction", async || hook.came.lock().unwrap().len() >= 31).await;

    let mut expected: Vec<String> = (1..=30).map(|n| format!("headline {}", n * 2)).collect();
    expected.push("headline 2, corrected".to_owned());
    assert_eq!(
        hook.headlines(),
        expected,
        "what was published before the alert was made is none of its business"
    );
    let ids: std::collections::BTreeSet<String> =
        hook.came.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(ids.len(), 31);
    desk.until("it is noted", async || desk.shown("es").await.delivered == 31).await;
    let message = hook.came.lock().unwrap()[0].1.clone();
    assert_eq!((&message["type"], &message["data"]["alert"]["id"]), (&"wiredesk.alert".into(), &"es".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_sent_again_and_given_up_at_last() {
    let Some(desk) = Desk::open(1, Config { tries: 3, ..here() }).await else { return };
    // The first item is taken at the second try, the second never, the third at once.
    let (hook, address) = Hook::open(&[500, 200, 503, 301, 404]).await;
    desk.alert("es", &address, of("es")).await;
    for n in 1..=3 {
        publish(desk.db(), &item(n, "es")).await;
    }
    desk.until("the last item", async || hook.came.lock().unwrap().len() >= 6).await;
    let [one, two, three] = [1, 2, 3].map(|n| format!("headline {n}"));
    assert_eq!(hook.headlines(), [one.clone(), one, two.clone(), two.clone(), two, three]);
    let came = hook.came.lock().unwrap().clone();
    assert_eq!(came[0].0, came[1].0, "the id says that it is the same");
    desk.until("it is noted", async || desk.shown("es").await.delivered == 2).await;
    let shown = desk.shown("es").await;
    assert_eq!((shown.given_up, shown.failures, shown.active), (1, 0, true));
    let why: String = sqlx::query_scalar("SELECT error FROM alert_dead").fetch_one(desk.db()).await.unwrap();
    assert_eq!(why, "the address answered 404");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_gone_or_not_to_be_reached_is_let_be() {
    let Some(desk) = Desk::open(1, here()).await else { return };
    let (hook, address) = Hook::open(&[410]).await;
    desk.alert("gone", &address, of("es")).await;
    publish(desk.db(), &item(1, "es")).await;
    desk.until("the end", async || !desk.shown("gone").await.active).await;
    publish(desk.db(), &item(2, "es")).await;

    // Networks of our own are reached where the configuration names them alone.
    let Some(closed) = Desk::open(1, Config { tries: 1, ..Config::default() }).await else { return };
    let (inner, private) = Hook::open(&[]).await;
    closed.alert("private", &private, of("es")).await;
    publish(closed.db(), &item(1, "es")).await;
    closed.until("it is given up", async || closed.shown("private").await.given_up == 1).await;
    assert!(closed.shown("private").await.last_error.unwrap().contains("127.0.0.1"));
    assert_eq!(inner.came.lock().unwrap().len(), 0);
    assert_eq!(hook.came.lock().unwrap().len(), 1, "who is gone is asked no more");
}
