//! A wire on loopback that answers as a test tells it, and a bus that keeps what was acknowledged.

#![allow(dead_code, reason = "each test file takes its part")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiredesk_bus::*;
use wiredesk_contract::{DeadLetter, Kind, Message, RawItem, TopicSpec, TopicTable};

/// Path to raw answer.
pub type Answers = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

pub struct WireServer {
    pub at: SocketAddr,
    pub answers: Answers,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl WireServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let answers: Answers = Arc::default();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let (table, log) = (answers.clone(), requests.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (table, log) = (table.clone(), log.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
                    let answer = table.lock().unwrap().get(&path).cloned();
                    // As a server that keeps its own validators: the same ETag is a 304.
                    let etag =
                        head.lines().find_map(|l| l.strip_prefix("if-none-match: ").map(str::to_owned));
                    let same = |a: &Vec<u8>| {
                        etag.as_ref()
                            .is_some_and(|e| String::from_utf8_lossy(a).contains(&format!("etag: {e}\r\n")))
                    };
                    let bytes = match answer {
                        Some(a) if same(&a) => {
                            b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_vec()
                        }
                        Some(a) => a,
                        None => b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                            .to_vec(),
                    };
                    log.lock().unwrap().push(head);
                    let _ = stream.write_all(&bytes).await;
                });
            }
        });
        Self { at, answers, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    pub fn put(&self, path: &str, status: &str, headers: &str, body: &[u8]) {
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend_from_slice(body);
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub fn feed(&self, path: &str, etag: &str, items: &str) {
        let body = format!("<rss version=\"2.0\"><channel><title>Agencia Ñu</title>{items}</channel></rss>");
        self.put(
            path,
            "200 OK",
            &format!("etag: \"{etag}\"\r\ncontent-type: text/xml; charset=utf-8\r\n"),
            body.as_bytes(),
        );
    }
}

/// A bus that only takes records, and refuses while it is told to.
#[derive(Clone, Default)]
pub struct TakingBus {
    pub records: Arc<Mutex<Vec<Record>>>,
    pub down: Arc<AtomicBool>,
}

impl TakingBus {
    fn of<M: Message>(&self, kind: Kind) -> Vec<M> {
        let table = TopicTable::load("wiredesk", None).unwrap();
        let all = self.records.lock().unwrap();
        all.iter()
            .filter(|r| r.topic == table.name(kind))
            .map(|r| wiredesk_contract::decode(&r.payload).unwrap())
            .collect()
    }

    pub fn raws(&self) -> Vec<RawItem> {
        self.of(Kind::Raw)
    }

    pub fn dead(&self) -> Vec<DeadLetter> {
        self.of(Kind::Dead)
    }
}

#[async_trait]
impl Producer for TakingBus {
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(BusError::Unavailable("a test said so".to_owned()));
        }
        let mut all = self.records.lock().unwrap();
        all.extend(records.iter().cloned());
        Ok(records.iter().map(|r| Position { topic: r.topic.clone(), partition: 0, offset: 0 }).collect())
    }
}

fn unused<T>() -> Result<T, BusError> {
    Err(BusError::Config("the fetcher only sends".to_owned()))
}

#[async_trait]
impl Bus for TakingBus {
    fn name(&self) -> &'static str {
        "taking"
    }
    async fn ensure_topics(&self, _: &[TopicSpec]) -> Result<(), BusError> {
        Ok(())
    }
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Ok(Box::new(self.clone()))
    }
    async fn subscribe(&self, _: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        unused()
    }
    async fn publisher(&self, _: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Err(PublishError::Bus(BusError::Config("the fetcher only sends".to_owned())))
    }
    async fn reader(&self, _: &str, _: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        unused()
    }
    async fn end_offsets(&self, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        unused()
    }
    async fn describe(&self, _: &str) -> Result<TopicFacts, BusError> {
        unused()
    }
    async fn committed(&self, _: &str, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        unused()
    }
}
