//! The client against a server that misbehaves, on loopback.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiredesk_net::{Client, NetConfig, NetError, Request};

/// What the server sends for a path: raw bytes, then perhaps silence with the connection open.
type Answer = Arc<dyn Fn(&str) -> (Vec<u8>, bool) + Send + Sync>;

struct Server {
    at: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answer: impl Fn(&str) -> (Vec<u8>, bool) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, log): (Answer, _) = (Arc::new(answer), requests.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answer, log) = (answer.clone(), log.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
                    log.lock().unwrap().push(head);
                    let (bytes, hang) = answer(&path);
                    let _ = stream.write_all(&bytes).await;
                    if hang {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { at, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    fn seen(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn ok(body: &[u8], headers: &str) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Moved\r\nconnection: close\r\ncontent-length: 0\r\nlocation: {to}\r\n\r\n")
        .into_bytes()
}

fn config() -> NetConfig {
    NetConfig { allow: vec!["127.0.0.1/32".to_owned()], ..NetConfig::default() }
}

async fn get(config: &NetConfig, url: &str) -> Result<wiredesk_net::Response, NetError> {
    let client = Client::new(config, "wiredesk-test").unwrap();
    client.get(&Request { url: url.to_owned(), ..Request::default() }).await
}

#[tokio::test]
async fn a_response_with_what_a_poller_needs() {
    let headers = "etag: \"a1\"\r\nlast-modified: Mon, 02 Mar 2026 10:00:00 GMT\r\ncontent-type: text/xml; charset=iso-8859-1\r\nretry-after: 30\r\n";
    let server = Server::start(move |_| (ok(b"<rss/>", headers), false)).await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    let request = Request {
        url: server.url("/feed"),
        etag: Some("\"a0\"".into()),
        last_modified: Some("Sun, 01 Mar 2026 10:00:00 GMT".into()),
        ..Request::default()
    };
    let response = client.get(&request).await.unwrap();
    assert_eq!((response.status, response.etag.as_deref()), (200, Some("\"a1\"")));
    assert_eq!(response.content_type.as_deref(), Some("text/xml; charset=iso-8859-1"));
    assert_eq!(response.retry_after.as_deref(), Some("30"));
    assert_eq!(&response.body[..], b"<rss/>");
    let head = server.seen()[0].to_lowercase();
    assert!(head.contains("if-none-match: \"a0\""), "{head}");
    assert!(head.contains("if-modified-since: sun, 01 mar 2026 10:00:00 gmt"), "{head}");
    assert!(head.contains("user-agent: wiredesk-test"), "{head}");
}

#[tokio::test]
async fn loopback_is_not_reached_in_any_spelling_unless_allowed() {
    let server = Server::start(|_| (ok(b"inside", ""), false)).await;
    let port = server.at.port();
    let closed = NetConfig::default();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "127.0.0.1.",
        "LOCALHOST",
        "%6c%6f%63%61%6c%68%6f%73%74",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ] {
        let error = get(&closed, &format!("http://{host}:{port}/")).await.unwrap_err();
        assert!(matches!(error, NetError::Forbidden { .. }), "{host}: {error}");
    }
    assert_eq!(server.seen(), Vec::<String>::new(), "the server was reached");
    assert_eq!(&get(&config(), &server.url("/")).await.unwrap().body[..], b"inside");
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    for (to, expected) in [
        ("http://169.254.169.254/latest/meta-data/", "link-local"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("//127.0.0.2/", "loopback"),
        ("file:///etc/passwd", "file:"),
        ("gopher://127.0.0.1/", "gopher:"),
    ] {
        let server = Server::start(move |_| (redirect(302, to), false)).await;
        let error = get(&config(), &server.url("/")).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{to}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let server = Server::start(|path| match path {
        "/a" => (redirect(301, "/b"), false),
        "/b" => (redirect(308, "/end"), false),
        "/temporary" => (redirect(302, "/a"), false),
        "/end" => (ok(b"here", ""), false),
        _ => (redirect(302, "/loop"), false),
    })
    .await;
    let response = get(&config(), &server.url("/a")).await.unwrap();
    assert_eq!((response.url, response.moved_to), (server.url("/end"), Some(server.url("/end"))));
    assert_eq!(get(&config(), &server.url("/temporary")).await.unwrap().moved_to, None);
    let before = server.seen().len();
    let error = get(&config(), &server.url("/loop")).await.unwrap_err();
    insta::assert_snapshot!(error, @"the address redirects more than 5 times");
    assert_eq!(server.seen().len() - before, 6);
}

#[tokio::test]
async fn a_sources_headers_stay_with_its_host() {
    let other = Server::start(|_| (ok(b"other", ""), false)).await;
    let there = other.url("/");
    let server = Server::start(move |_| (redirect(302, &there), false)).await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    let headers = BTreeMap::from([("X-Api-Key".to_owned(), "very-secret".to_owned())]);
    let request = Request { url: server.url("/"), headers, ..Request::default() };
    assert!(!format!("{request:?}").contains("very-secret"));
    client.get(&request).await.unwrap();
    assert!(server.seen()[0].contains("very-secret"));
    assert!(!other.seen()[0].contains("very-secret"), "another host got the key");
}

#[tokio::test]
async fn a_body_is_capped_after_decompression() {
    let small = NetConfig { max_body_bytes: 100_000, ..config() };
    let server = Server::start(|path| match path {
        "/declared" => (ok(&vec![b'x'; 200_000], ""), false),
        // 10 MB of zeros in 9.7 kB.
        "/bomb" => (ok(include_bytes!("zeros.gz"), "content-encoding: gzip\r\n"), false),
        "/exact" => (ok(&vec![b'x'; 100_000], ""), false),
        _ => {
            let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
            endless.extend(std::iter::repeat_n(b'y', 150_000));
            (endless, true)
        }
    })
    .await;
    assert_eq!(get(&small, &server.url("/exact")).await.unwrap().body.len(), 100_000);
    let declared = get(&small, &server.url("/declared")).await.unwrap_err();
    insta::assert_snapshot!(declared, @"the body is larger than the 100000 bytes allowed (200000 bytes declared)");
    for path in ["/bomb", "/endless"] {
        let error = get(&small, &server.url(path)).await.unwrap_err();
        let NetError::TooLarge { limit, seen, how, head } = error else { panic!("{path}: {error}") };
        assert_eq!((limit, how), (100_000, "read so far"), "{path}");
        assert!(seen > 100_000 && seen < 400_000, "{path}: {seen}");
        assert_eq!(head.len(), 4096);
    }
}

#[tokio::test]
async fn what_is_slow_broken_or_absent_says_so() {
    let quick = NetConfig { idle_seconds: 1, total_seconds: 3, ..config() };
    let server = Server::start(|path| match path {
        "/cut" => (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".to_vec(), false),
        "/gzip" => (ok(b"not gzip at all", "content-encoding: gzip\r\n"), false),
        "/garbage" => (b"SSH-2.0-OpenSSH\r\n".to_vec(), false),
        _ => (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".to_vec(), true),
    })
    .await;
    let slow = get(&quick, &server.url("/slow")).await.unwrap_err();
    insta::assert_snapshot!(slow, @"unreachable: 127.0.0.1 took longer than 1 s (a pause in the answer)");
    for path in ["/cut", "/gzip"] {
        let error = get(&quick, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, NetError::Body { .. }) && error.is_transient(), "{path}: {error}");
    }
    let garbage = get(&quick, &server.url("/garbage")).await.unwrap_err();
    assert_eq!(garbage.kind(), "unreachable", "{garbage}");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let absent = get(&quick, &format!("http://{nobody}/")).await.unwrap_err();
    assert!(absent.to_string().starts_with("unreachable: 127.0.0.1"), "{absent}");
}

#[tokio::test]
async fn addresses_that_are_none() {
    for (url, kind) in [
        ("", "not a web address"),
        ("nonsense", "not a web address"),
        ("ftp://example.test/x", "ftp:"),
        ("http://user:word@example.test/", "user name or password"),
    ] {
        let error = get(&config(), url).await.unwrap_err();
        assert!(error.to_string().contains(kind), "{url}: {error}");
        assert!(!error.to_string().contains("word@"), "{error}");
    }
}
