//! Autodiscovery against a site on loopback.

use crate::common::WireServer;
use wiredesk_fetcher::discover::{Candidate, Why, discover};
use wiredesk_net::{Client, NetConfig};

const HTML: &str = "content-type: text/html; charset=utf-8\r\n";

fn client() -> Client {
    // The server waits for the end of a head that TLS never sends.
    let net = NetConfig { allow: vec!["127.0.0.1".into()], connect_seconds: 1, ..NetConfig::default() };
    Client::new(&net, "wiredesk-test").unwrap()
}

fn told(server: &WireServer, found: &[Candidate]) -> Vec<(String, Why)> {
    found.iter().map(|c| (c.url.replace(&server.url(""), ""), c.why)).collect()
}

fn item(n: u8) -> String {
    format!("<item><title>Nota {n}</title><link>https://w.example/{n}</link></item>")
}

#[tokio::test]
async fn a_feed_is_itself() {
    let server = WireServer::start().await;
    server.feed("/feed", "1", &item(1));
    let found = discover(&client(), &server.url("/feed")).await.unwrap();
    assert_eq!(told(&server, &found), [("/feed".to_owned(), Why::Itself)]);
    assert_eq!((found[0].title.as_deref(), found[0].entries), (Some("Agencia Ñu"), 1));
    assert_eq!(server.requests.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_site_names_its_feeds_and_only_what_can_be_read_counts() {
    let server = WireServer::start().await;
    let page = "<html><head><link rel=alternate type=application/rss+xml href=/declared>\
        <link rel=alternate type=application/rss+xml href=/broken>\
        <link rel=alternate type=application/atom+xml href='/declared?utm_source=x'></head>\
        <body><a href=/rss/sport.xml>RSS</a><a href=/nota>n</a></body></html>";
    server.put(
        "/",
        "200 OK",
        &format!("{HTML}link: </header>; rel=\"alternate\"; type=\"application/rss+xml\"\r\n"),
        page.as_bytes(),
    );
    server.put("/broken", "200 OK", HTML, b"<html><body>no</body></html>");
    for path in ["/header", "/declared", "/rss/sport.xml"] {
        server.feed(path, "1", &item(1));
    }
    let found = discover(&client(), server.url("").trim_start_matches("http://")).await;
    // Without a scheme https is tried first, which this server does not speak; then http.
    let found = found.unwrap();
    assert_eq!(
        told(&server, &found),
        [
            ("/header".to_owned(), Why::Header),
            ("/declared".to_owned(), Why::Declared),
            ("/rss/sport.xml".to_owned(), Why::Linked)
        ]
    );
    let requests = server.requests.lock().unwrap();
    assert!(!requests.iter().any(|r| r.starts_with("GET /feed ")), "nothing is guessed where the site says");
}

#[tokio::test]
async fn a_site_that_says_nothing_is_guessed() {
    let server = WireServer::start().await;
    server.put("/", "403 No", HTML, b"");
    server.feed("/rss.xml", "1", &item(1));
    let found = discover(&client(), &server.url("/")).await.unwrap();
    assert_eq!(told(&server, &found), [("/rss.xml".to_owned(), Why::Guessed)]);
    assert!(server.requests.lock().unwrap().len() <= 41);
}

#[tokio::test]
async fn a_site_without_feeds_is_an_empty_list_and_no_site_is_an_error() {
    let server = WireServer::start().await;
    server.put("/", "200 OK", HTML, b"<html><body>Hola</body></html>");
    assert_eq!(discover(&client(), &server.url("/")).await.unwrap(), []);
    let error = discover(&client(), "http://127.0.0.1:1/").await.unwrap_err();
    assert!(error.to_string().starts_with("unreachable: "), "{error}");
    assert!(discover(&client(), "http://169.254.169.254/").await.is_err());
}
