//! How many documents a second come in by themselves, each of one item, all of it durable in Postgres before it counts:
//!
//! `WIREDESK_TEST_DATABASE_URL=… cargo run --release -p wiredesk-fetcher --example push -- [posts] [files]`

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wiredesk_bus::Bus;
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{SourceId, TopicTable};
use wiredesk_fetcher::Config;
use wiredesk_fetcher::pages::Crawl;
use wiredesk_fetcher::poll::{Poller, Wire};
use wiredesk_fetcher::push::folder::watch::Folder;
use wiredesk_fetcher::push::signature::sign;
use wiredesk_fetcher::push::{Intake, serve_on};
use wiredesk_net::{Client, NetConfig};
use wiredesk_runtime::{Deps, Emitter, Health};
use wiredesk_store::source::{self as table, Listed};

const SECRET: &str = "an invented secret of the desk";
const SOURCES: usize = 8;

fn document(n: usize) -> String {
    let text = "Un texto inventado de una agencia inventada. ".repeat(30);
    format!(
        "<rss version=\"2.0\"><channel><title>Agencia</title><item><title>Noticia {n}</title><guid>g{n}</guid><description>{text}</description></item></channel></rss>"
    )
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|a| a.parse::<usize>().expect("a number"));
    let (posts, files) = (numbers.next().unwrap_or(4000), numbers.next().unwrap_or(2000));
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let topics = Arc::new(TopicTable::load("wiredesk", None).unwrap());
    let bus = PostgresBus::new(PostgresBusConfig::default(), postgres.pool().clone());
    bus.ensure_topics(topics.specs()).await.unwrap();
    let folder = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-push"));
    std::fs::create_dir(&folder).unwrap();
    let mut toml = format!(
        "[push]\nper_second = 1000000\nburst = 1000000\nsettle_ms = 0\n[[sources]]\nid = \"folder\"\nkind = \"folder\"\nfolder = \"{}\"\n",
        folder.display()
    );
    for n in 0..SOURCES {
        toml += &format!("[[sources]]\nid = \"w{n}\"\nkind = \"webhook\"\nsecret = \"{SECRET}\"\n");
    }
    let config: Config = toml::from_str(&toml).unwrap();
    let listed: Vec<Listed> = config
        .sources
        .iter()
        .map(|s| Listed {
            id: SourceId::new(&s.id),
            name: s.id.clone(),
            url: String::new(),
            config: serde_json::json!({}),
            interval_seconds: 60,
        })
        .collect();
    table::sync(postgres.pool(), &listed, wall_clock()).await.unwrap();
    let client = Client::new(&NetConfig::default(), "wiredesk-bench").unwrap();
    let wires: BTreeMap<String, Arc<Wire>> = config
        .sources
        .iter()
        .map(|s| {
            let (client, page_client) = (client.clone(), client.clone());
            (s.id.clone(), Arc::new(Wire { config: s.clone(), client, page_client }))
        })
        .collect();
    let shutdown = CancellationToken::new();
    let deps = Deps {
        bus: Arc::new(bus),
        db: postgres.pool().clone(),
        topics,
        health: Health::default(),
        shutdown: shutdown.clone(),
        clock: wall_clock,
    };
    let emitter = Emitter::new(&deps).await.unwrap();
    let crawl = Arc::new(Crawl::new(&config, wall_clock));
    let poller =
        Poller { db: postgres.pool().clone(), emitter, config: Arc::new(config), crawl, clock: wall_clock };
    let intake = Intake::new(poller, wires, shutdown.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let serving = tokio::spawn(serve_on(listener, intake.clone()));

    for (label, sources, first) in [("one source", 1, 0), ("eight sources", SOURCES, 1)] {
        let started = Instant::now();
        let each = posts / sources;
        let senders: Vec<_> = (0..sources)
            .map(|s| tokio::spawn(send_all(at, (s + first) % SOURCES, first * posts, each)))
            .collect();
        for sender in senders {
            sender.await.unwrap();
        }
        say(&format!("posts, {label}"), each * sources, started.elapsed());
    }
    let published: i64 =
        sqlx::query_scalar("SELECT count(*) FROM bus_record").fetch_one(postgres.pool()).await.unwrap();

    for n in 0..files {
        std::fs::write(folder.join(format!("{n:06}.xml")), document(n)).unwrap();
    }
    let mut watched =
        Folder::new(intake.clone(), intake.wire("folder").await.unwrap().unwrap(), folder.clone(), "bench");
    watched.round().await.unwrap();
    let started = Instant::now();
    let taken = watched.round().await.unwrap().unwrap();
    say("files, one folder", taken, started.elapsed());
    let all: i64 =
        sqlx::query_scalar("SELECT count(*) FROM bus_record").fetch_one(postgres.pool()).await.unwrap();
    println!("in the topic: {published} of posts, {} of files", all - published);
    shutdown.cancel();
    serving.await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// One sender of one source: each post waits for the answer to the one before, on one connection.
async fn send_all(to: SocketAddr, source: usize, base: usize, count: usize) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for n in 0..count {
        let body = document(base + n);
        let signature = sign(SECRET.as_bytes(), wall_clock().timestamp(), body.as_bytes());
        let request = format!(
            "POST /v1/ingest/w{source} HTTP/1.1\r\nhost: x\r\nx-wiredesk-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            let mut some = [0_u8; 1024];
            let read = stream.read(&mut some).await.unwrap();
            assert!(read > 0, "the server hung up");
            answer.extend_from_slice(&some[..read]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer));
    }
}

fn say(what: &str, count: usize, time: Duration) {
    println!("{what}: {count} in {:.2} s, {:.0}/s", time.as_secs_f64(), count as f64 / time.as_secs_f64());
}
