//! A fetcher's push side with sources of a test's own, and a sender that speaks HTTP by hand.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wiredesk_contract::{SourceId, Timestamp, TopicTable};
use wiredesk_fetcher::pages::Crawl;
use wiredesk_fetcher::poll::{Poller, Wire};
use wiredesk_fetcher::push::{Intake, serve_on};
use wiredesk_fetcher::{Config, SourceConfig};
use wiredesk_net::{Client, NetConfig};
use wiredesk_runtime::{Deps, Emitter, Health};
use wiredesk_store::source::{self as table, Listed};
use wiredesk_testkit::TestPostgres;

use crate::common::TakingBus;

thread_local! {
    // Each test runs on a thread of its own, with all of its tasks.
    static NOW: Cell<i64> = const { Cell::new(1_772_443_800) };
}

/// The test's clock.
pub fn clock() -> Timestamp {
    DateTime::from_timestamp(NOW.get(), 0).unwrap()
}

/// Moves the test's clock.
pub fn pass(time: Duration) {
    NOW.set(NOW.get() + time.num_seconds());
}

pub struct Desk {
    pub postgres: TestPostgres,
    pub bus: TakingBus,
    pub intake: Intake,
    pub client: Client,
    pub at: SocketAddr,
    pub shutdown: CancellationToken,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

pub fn deps(postgres: &TestPostgres, bus: &TakingBus) -> Deps {
    Deps {
        bus: Arc::new(bus.clone()),
        db: postgres.pool().clone(),
        topics: Arc::new(TopicTable::load("wiredesk", None).unwrap()),
        health: Health::default(),
        shutdown: CancellationToken::new(),
        clock,
    }
}

impl Desk {
    /// With a `[push]` section and `[[sources]]` in TOML; `PORT` in it is the listener's.
    pub async fn open(toml: &str) -> Option<Self> {
        let postgres = wiredesk_testkit::postgres().await?;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let config: Config = toml::from_str(&toml.replace("PORT", &at.port().to_string())).unwrap();
        config.push.check(&config.sources).unwrap();
        let bus = TakingBus::default();
        let deps = deps(&postgres, &bus);
        let net = NetConfig { allow: vec!["127.0.0.1/32".into()], ..NetConfig::default() };
        let client = Client::new(&net, "wiredesk-test").unwrap();
        let listed: Vec<Listed> = config.sources.iter().map(listed).collect();
        table::sync(postgres.pool(), &listed, clock()).await.unwrap();
        let wires: BTreeMap<String, Arc<Wire>> = config
            .sources
            .iter()
            .map(|s| {
                let (client, page_client) = (client.clone(), client.clone());
                (s.id.clone(), Arc::new(Wire { config: s.clone(), client, page_client }))
            })
            .collect();
        let emitter = Emitter::new(&deps).await.unwrap();
        let crawl = Arc::new(Crawl::new(&config, clock));
        let poller = Poller { db: postgres.pool().clone(), emitter, config: Arc::new(config), crawl, clock };
        let shutdown = deps.shutdown.clone();
        let intake = Intake::new(poller, wires, shutdown.clone());
        tokio::spawn(serve_on(listener, intake.clone()));
        Some(Self { postgres, bus, intake, client, at, shutdown })
    }

    /// Sends a request by hand and reads the answer to its end.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(self.at, method, path, headers, body).await
    }

    /// Titles and revisions, as published.
    pub fn published(&self) -> Vec<(String, u32)> {
        self.bus.raws().into_iter().map(|r| (r.entry.title, r.revision)).collect()
    }
}

pub fn listed(source: &SourceConfig) -> Listed {
    Listed {
        id: SourceId::new(&source.id),
        name: source.shown().to_owned(),
        url: source.url.clone(),
        config: serde_json::json!({}),
        interval_seconds: 60,
    }
}

pub async fn send(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n");
    if !headers.iter().any(|(n, _)| *n == "content-length") {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // A server that refuses early closes early.
    let _ = stream.write_all(body).await;
    read_answer(&mut stream).await
}

pub async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

pub fn item(guid: &str, title: &str) -> String {
    format!("<item><title>{title}</title><guid isPermaLink=\"false\">{guid}</guid></item>")
}

pub fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>Agencia Ñu</title>{items}</channel></rss>")
}

pub fn told(pairs: &[(&str, u32)]) -> Vec<(String, u32)> {
    pairs.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect()
}
