//! What belongs to a source goes to its own host and port alone, and into no log, error or debug text.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tracing_subscriber::fmt::MakeWriter;
use wiredesk_net::{Client, NetConfig, Request};

use crate::parts::{Names, Server, allowing, config, ok, redirect, to};
use crate::tls;

/// In every secret of these tests, and nowhere else.
const MARK: &str = "qX7zeheim";

fn secret_request(url: &str) -> Request {
    Request {
        headers: BTreeMap::from([
            ("Authorization".to_owned(), format!("Bearer {MARK}-a")),
            ("X-Api-Key".to_owned(), format!("{MARK}-k")),
        ]),
        cookie: Some(format!("session={MARK}-c")),
        user_agent: Some(format!("Contract/{MARK}-u")),
        ..to(url)
    }
}

/// Everything that is traced in this process, down to the transport's own words.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_redirect_elsewhere_takes_nothing_along() {
    let elsewhere = Server::at("127.0.0.2:0", |_| (ok(b"elsewhere", ""), false)).await.unwrap();
    let back = Arc::new(Mutex::new(String::new()));
    let home_again = back.clone();
    let there = elsewhere.url("/");
    let same_port = Server::at("127.0.0.2:0", move |_| (redirect(302, &home_again.lock().unwrap()), false))
        .await
        .unwrap();
    let (away, port) = (there.clone(), same_port.url("/back"));
    let home = Server::start(move |path| match path {
        "/inside" => (redirect(302, "/landed"), false),
        "/port" | "/host" => (redirect(307, &away), false),
        "/there-and-back" => (redirect(301, &port), false),
        _ => (ok(b"home", ""), false),
    })
    .await;
    *back.lock().unwrap() = home.url("/landed");
    let client = Client::new(&allowing(&["127.0.0.0/8"]), "wiredesk-test").unwrap();
    let held = |heads: Vec<String>| heads.iter().map(|h| h.matches(MARK).count()).collect::<Vec<_>>();

    client.get(&secret_request(&home.url("/inside"))).await.unwrap();
    assert_eq!(held(home.seen()), [4, 4], "on the same host and port they stay");
    client.get(&secret_request(&home.url("/host"))).await.unwrap();
    assert_eq!(held(elsewhere.seen()), [0]);
    assert!(elsewhere.seen()[0].contains("user-agent: wiredesk-test"));
    // Whoever was given the request in between has chosen what is asked at home.
    client.get(&secret_request(&home.url("/there-and-back"))).await.unwrap();
    assert_eq!(held(same_port.seen()), [0]);
    assert_eq!(held(home.seen()), [4, 4, 4, 4, 0]);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_or_port_takes_nothing_along() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = listener.local_addr().unwrap().port();
    let (sender, mut seen) = mpsc::channel(10);
    let acceptor = tls::acceptor(include_bytes!("server.pem"), &["h2"]);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(tls::serve(stream, acceptor.clone(), 0, sender.clone()));
        }
    });
    let other = Server::start(|_| (ok(b"other port", ""), false)).await;
    let other_port = other.url("/");
    let home = Server::start(move |path| match path {
        "/secure" => (redirect(301, &format!("https://127.0.0.1:{secure}/")), false),
        _ => (redirect(301, &other_port), false),
    })
    .await;
    let client = Client::new(&tls::believing(), "wiredesk-test").unwrap();
    client.get(&secret_request(&home.url("/secure"))).await.unwrap();
    client.get(&secret_request(&home.url("/port"))).await.unwrap();
    assert!(home.seen().iter().all(|h| h.matches(MARK).count() == 4));
    assert!(!seen.recv().await.unwrap().contains(MARK));
    assert!(!other.seen()[0].contains(MARK));
}

#[tokio::test]
async fn nothing_of_it_is_logged_or_told() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .init();
    let quick = NetConfig {
        idle_seconds: 1,
        connect_seconds: 1,
        total_seconds: 2,
        max_body_bytes: 1000,
        max_redirects: 2,
        ..tls::believing()
    };
    let server = Server::start(|path| match path {
        "/loop" => (redirect(302, "/loop"), false),
        "/inside" => (redirect(302, "http://10.0.0.1/"), false),
        "/file" => (redirect(302, "file:///etc/passwd"), false),
        "/bad" => (redirect(302, &format!("http://user:{MARK}-l@[/")), false),
        "/large" => (ok(&[b'x'; 2000], ""), false),
        "/odd" => (ok(b"x", "content-encoding: odd\r\n"), false),
        "/gzip" => (ok(b"x", "content-encoding: gzip\r\n"), false),
        "/garbage" => (b"SSH-2.0\r\n".to_vec(), false),
        "/silent" => (Vec::new(), true),
        "/401" => (b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n".to_vec(), false),
        _ => (ok(b"fine", ""), false),
    })
    .await;
    let (sender, mut seen) = mpsc::channel(10);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = listener.local_addr().unwrap().port();
    let acceptor = tls::acceptor(include_bytes!("server.pem"), &["h2"]);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(tls::serve(stream, acceptor.clone(), 0, sender.clone()));
        }
    });
    let names = Names::default().with("open.test", &[&["9.9.9.9"]]);
    let client = Client::with_lookup(&quick, "wiredesk-test", Arc::new(names)).unwrap();
    let mut told = format!("{client:?}");
    let mut requests: Vec<Request> = [
        "/loop", "/inside", "/file", "/bad", "/large", "/odd", "/gzip", "/garbage", "/silent", "/401",
        "/fine",
    ]
    .iter()
    .map(|path| secret_request(&server.url(path)))
    .collect();
    requests.extend(
        [
            format!("https://localhost:{secure}/"),
            format!("https://{}/", server.at),
            "http://127.0.0.1:1/".to_owned(),
            "http://10.0.0.1/".to_owned(),
            "http://unknown.test/".to_owned(),
            format!("http://user:{MARK}-w@127.0.0.1/"),
            format!("http://user:{MARK}-w@[/"),
            format!("user:{MARK}-w@127.0.0.1"),
            format!("http://127.0.0.1:x/?key={MARK}-q"),
        ]
        .iter()
        .map(|url| secret_request(url)),
    );
    let bad_header = BTreeMap::from([("X-Api-Key".to_owned(), format!("{MARK}\n"))]);
    requests.push(Request { headers: bad_header, ..to(&server.url("/")) });
    requests.push(Request { cookie: Some(format!("{MARK}\n")), ..to(&server.url("/")) });
    requests.push(Request { user_agent: Some(format!("{MARK}\n")), ..to(&server.url("/")) });
    let form = vec![("hub.secret".to_owned(), format!("{MARK}-f"))];
    requests.push(Request { form: Some(form), ..secret_request(&server.url("/silent")) });
    for scheme in ["http", "https", "socks5", "ftp"] {
        for (place, url) in
            [(server.at.to_string(), "http://open.test/"), ("127.0.0.1:1".to_owned(), "https://open.test/")]
        {
            let proxy = Some(format!("{scheme}://user:{MARK}-p@{place}"));
            requests.push(Request { proxy, ..secret_request(url) });
        }
    }
    let mut failed = 0;
    for request in &requests {
        told += &format!("{request:?}\n");
        match client.send(request).await {
            Ok(response) => told += &format!("{response:?}\n"),
            Err(error) => {
                failed += 1;
                told += &format!("{error}\n{error:?}\n");
                if let wiredesk_net::NetError::TooLarge { .. } = error {
                    assert!(told.contains("1000 bytes"));
                }
            }
        }
    }
    // The secrets were really on their way, in both versions of HTTP.
    assert!(server.seen()[0].matches(MARK).count() == 4 && seen.recv().await.unwrap().contains(MARK));
    assert!(failed >= 25, "{failed} of {} failed", requests.len());
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(
        logged.contains("h2::") && logged.contains("hyper_util::") && logged.contains("reqwest::"),
        "nothing was logged"
    );
    // In base64 a secret looks otherwise: `user:` and the mark of a proxy's credentials.
    for hidden in [MARK, "dXNlcjpxWDd6ZWhlaW"] {
        for (place, text) in [("told", &told), ("logged", &logged)] {
            let line = text.lines().find(|l| l.contains(hidden));
            assert_eq!(line, None, "{hidden} is {place}");
        }
    }
}

#[tokio::test]
async fn a_redirect_with_credentials_logs_in_nowhere() {
    let other = Server::start(|_| (ok(b"", ""), false)).await;
    let there = format!("http://admin:word@{}/x", other.at);
    let home = Server::start(move |_| (redirect(302, &there), false)).await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    let response = client.get(&to(&home.url("/"))).await.unwrap();
    assert!(!other.seen()[0].to_lowercase().contains("authorization"));
    assert_eq!(response.url, other.url("/x"));
    assert_eq!(response.redirects[0].to, other.url("/x"));
}
