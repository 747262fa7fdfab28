//! Real listeners, and names that lead where a test wants.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wiredesk_net::resolve::Found;
use wiredesk_net::{Client, Lookup, NetConfig, NetError, Request, Response};

type Done = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A server; what it answers is a test's choice.
pub struct Server {
    pub at: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
}

impl Server {
    /// Answers each path with raw bytes, then perhaps with silence over the open connection.
    pub async fn start(answer: impl Fn(&str) -> (Vec<u8>, bool) + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", answer).await.unwrap()
    }

    pub async fn at(
        place: &str,
        answer: impl Fn(&str) -> (Vec<u8>, bool) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let answer = Arc::new(answer);
        Self::serve(place, move |path, mut stream: TcpStream| {
            let answer = answer.clone();
            Box::pin(async move {
                let (bytes, hang) = answer(&path);
                let _ = stream.write_all(&bytes).await;
                if hang {
                    let _ = stream.read_u8().await;
                }
            })
        })
        .await
    }

    /// Hands each connection over, once the head of its first request is read.
    pub async fn serve(
        place: &str,
        handle: impl Fn(String, TcpStream) -> Done + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(place).await?;
        let at = listener.local_addr()?;
        let (requests, connections, closed) =
            (Arc::<Mutex<Vec<String>>>::default(), Arc::default(), Arc::default());
        let (log, count, gone): (_, Arc<AtomicUsize>, Arc<AtomicUsize>) =
            (requests.clone(), Arc::clone(&connections), Arc::clone(&closed));
        let handle = Arc::new(handle);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (log, handle, gone) = (log.clone(), handle.clone(), gone.clone());
                tokio::spawn(async move {
                    if let Some(head) = head(&mut stream).await {
                        let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
                        log.lock().unwrap().push(head);
                        handle(path, stream).await;
                    }
                    gone.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Ok(Self { at, requests, connections, closed })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// Heads of the requests so far.
    pub fn seen(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Connections so far, whether anything was asked on them or not.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Connections that were served to their end.
    pub fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }
}

/// The head of a request, its body left unread.
pub async fn head(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

pub fn ok(body: &[u8], headers: &str) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

pub fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Moved\r\nconnection: close\r\ncontent-length: 0\r\nlocation: {to}\r\n\r\n")
        .into_bytes()
}

pub fn config() -> NetConfig {
    allowing(&["127.0.0.1/32"])
}

pub fn allowing(allow: &[&str]) -> NetConfig {
    NetConfig { allow: allow.iter().map(|a| (*a).to_owned()).collect(), ..NetConfig::default() }
}

pub async fn get(config: &NetConfig, url: &str) -> Result<Response, NetError> {
    Client::new(config, "wiredesk-test").unwrap().get(&to(url)).await
}

pub fn to(url: &str) -> Request {
    Request { url: url.to_owned(), ..Request::default() }
}

/// Names with their answers: one after the other, the last one for ever.
#[derive(Default)]
pub struct Names {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    asked: Mutex<HashMap<String, usize>>,
}

impl Names {
    pub fn with(mut self, name: &str, answers: &[&[&str]]) -> Self {
        let read = |a: &&[&str]| a.iter().map(|a| a.parse().unwrap()).collect();
        self.answers.insert(name.to_owned(), answers.iter().map(read).collect());
        self
    }

    /// How often a name was asked for.
    pub fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().get(name).copied().unwrap_or(0)
    }
}

impl Lookup for Names {
    fn lookup(&self, host: &str) -> Found {
        let mut asked = self.asked.lock().unwrap();
        let count = asked.entry(host.to_owned()).or_default();
        let answer = match self.answers.get(host) {
            Some(answers) => Ok(answers[(*count).min(answers.len() - 1)].clone()),
            None => Err(io::Error::other("no such name")),
        };
        *count += 1;
        Box::pin(async move { answer })
    }
}
