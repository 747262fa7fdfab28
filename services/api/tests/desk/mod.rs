//! The API served in this process, on a real Postgres with the Postgres bus.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use wiredesk_api::Config;
use wiredesk_api::auth::token::Token;
use wiredesk_bus::{Bus, Record};
use wiredesk_contract::item::RoleText;
use wiredesk_contract::{Item, ItemId, SourceId, Timestamp, TopicTable};
use wiredesk_runtime::{Deps, Health};
use wiredesk_store::token::TokenRow;
use wiredesk_testkit::TestPostgres;

const MINIMAL: &str = include_str!("../../../../shared/contract/tests/golden/item.v1.minimal.json");

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

pub fn item(n: u32, language: &str, headline: &str) -> Item {
    let mut item: Item = serde_json::from_str(MINIMAL).unwrap();
    item.item_id = ItemId::derive(&SourceId::new("test"), &n.to_string());
    item.uri = Item::uri_of(&item.item_id);
    item.verdict.cluster = item.item_id.clone();
    item.source.id = SourceId::new(if n.is_multiple_of(2) { "even" } else { "odd" });
    item.language = language.to_owned();
    item.headlines = vec![RoleText { role: "main".to_owned(), value: headline.to_owned() }];
    item.version_created = at(i64::from(n));
    item.first_created = at(i64::from(n));
    item
}

pub fn headlines(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|i| i["headlines"][0]["value"].as_str().unwrap()).collect()
}

pub async fn insert(db: &sqlx::PgPool, item: &Item) {
    sqlx::query(
        "INSERT INTO item (item_id, version, revision, content_hash, source_id, language, kind, urgency, pub_status,
            first_created, version_created, fetched_at, headline, duplicate_of, cluster, doc)
         VALUES ($1,$2,1,$3,$4,$5,'news',$12,'usable',$6,$7,$7,$8,$9,$10,$11)
         ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, headline = excluded.headline, doc = excluded.doc,
            version_created = excluded.version_created, tx = pg_current_xact_id(), change_seq = nextval('item_change_seq')",
    )
    .bind(item.item_id.as_str())
    .bind(item.version as i32)
    .bind(item.content_hash.as_str())
    .bind(item.source.id.as_str())
    .bind(&item.language)
    .bind(item.first_created)
    .bind(item.version_created)
    .bind(item.headline())
    .bind(item.verdict.duplicate_of.as_ref().map(ItemId::as_str))
    .bind(item.verdict.cluster.as_str())
    .bind(sqlx::types::Json(item))
    .bind(i16::from(item.urgency))
    .execute(db)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO item_version (item_id, version, content_hash, revision, change, pub_status, doc, digest, created)
         VALUES ($1,$2,$3,1,'new','usable',$4,'',$5)",
    )
    .bind(item.item_id.as_str())
    .bind(item.version as i32)
    .bind(item.content_hash.as_str())
    .bind(sqlx::types::Json(item))
    .bind(item.version_created)
    .execute(db)
    .await
    .unwrap();
}

/// A token as `wiredesk token create` keeps it.
pub async fn token(desk: &Desk, scopes: &[&str], rate: i32, good_for: chrono::Duration) -> Token {
    let token = Token::generate();
    let row = TokenRow {
        id: token.id().to_owned(),
        name: "test".to_owned(),
        hash: token.hash().to_vec(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        rate_per_minute: rate,
        created: wiredesk_contract::time::wall_clock(),
        expires: Some(wiredesk_contract::time::wall_clock() + good_for),
        last_used: None,
        revoked: None,
    };
    wiredesk_store::token::insert(desk.pg.pool(), &row).await.unwrap();
    token
}

/// The API on a database of its own.
pub struct Desk {
    pub pg: TestPostgres,
    pub base: String,
    pub http: reqwest::Client,
    pub bus: Arc<dyn Bus>,
    pub topics: Arc<TopicTable>,
    pub shutdown: CancellationToken,
}

impl Desk {
    pub async fn open() -> Option<Self> {
        Self::open_with(Config::default()).await
    }

    pub async fn open_with(config: Config) -> Option<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pg = wiredesk_testkit::postgres().await?;
        let topics = Arc::new(TopicTable::load("wiredesk", Some(3)).unwrap());
        let bus = wiredesk_bus::connect(&wiredesk_bus::Config::default(), pg.pool(), &topics).await.unwrap();
        bus.ensure_topics(topics.specs()).await.unwrap();
        let shutdown = CancellationToken::new();
        let deps = Deps {
            bus: bus.clone(),
            db: pg.pool().clone(),
            topics: topics.clone(),
            health: Health::default(),
            shutdown: shutdown.clone(),
            clock: wiredesk_contract::time::wall_clock,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let health = deps.health.clone();
        tokio::spawn(wiredesk_api::serve::serve(listener, config, deps));
        while !health.is_ready() || health.snapshot().len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Some(Self { pg, base, http, bus, topics, shutdown })
    }

    /// What has changed after `cursor`, when it is so many items: the open transactions of other tests on this server hold
    /// it back, too.
    pub async fn changed(&self, cursor: &str, count: usize) -> Value {
        loop {
            let (_, list) = self.get(&format!("/v1/items?changed_after={cursor}")).await;
            if list["items"].as_array().is_some_and(|items| items.len() >= count) {
                return list;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let (status, text) = self.text(path).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}: {text}")))
    }

    pub async fn text(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        let mut answer = answer;
        while let Some(chunk) = answer.chunk().await.unwrap() {
            body.extend_from_slice(&chunk);
        }
        (status, String::from_utf8(body).unwrap())
    }

    pub async fn publish(&self, item: &Item) {
        let producer = self.bus.producer().await.unwrap();
        producer
            .send(vec![Record::of(item, &self.topics, item.version_created, None).unwrap()])
            .await
            .unwrap();
    }

    /// Opens the live stream and hands back its events as they come.
    pub async fn stream(&self, query: &str, last_id: Option<&str>) -> Events {
        let mut request = self.http.get(format!("{}/v1/stream{query}", self.base));
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Events { answer, buffer: String::new() }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub struct Events {
    pub answer: reqwest::Response,
    pub buffer: String,
}

impl Events {
    pub async fn next(&mut self) -> BTreeMap<String, String> {
        loop {
            if let Some(end) = self.buffer.find("\n\n") {
                let event: String = self.buffer.drain(..end + 2).collect();
                return event
                    .lines()
                    .filter_map(|line| line.split_once(':'))
                    .map(|(k, v)| (k.to_owned(), v.trim_start().to_owned()))
                    .collect();
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.answer.chunk()).await;
            let chunk = chunk.expect("an event within 20 s").unwrap().expect("the stream goes on");
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
