//! What comes back, and what goes out.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiredesk_net::{Client, NetConfig, NetError, Redirect, Request};

use crate::parts::{Server, config, get, ok, redirect, to};

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
async fn redirects_are_followed_and_counted() {
    let server = Server::start(|path| match path {
        "/a" => (redirect(301, "/b"), false),
        "/b" => (redirect(308, "/end"), false),
        "/temporary" => (redirect(302, "/a"), false),
        "/mixed" => (redirect(301, "/temporary"), false),
        "/end" => (ok(b"here", ""), false),
        _ => (redirect(302, "/loop"), false),
    })
    .await;
    let response = get(&config(), &server.url("/a")).await.unwrap();
    assert_eq!((response.url, response.moved_to), (server.url("/end"), Some(server.url("/end"))));
    let chain =
        [Redirect { status: 301, to: server.url("/b") }, Redirect { status: 308, to: server.url("/end") }];
    assert_eq!(response.redirects, chain);
    let mixed = get(&config(), &server.url("/mixed")).await.unwrap();
    assert_eq!((mixed.url, mixed.moved_to), (server.url("/end"), Some(server.url("/temporary"))));
    assert_eq!(get(&config(), &server.url("/temporary")).await.unwrap().moved_to, None);
    let before = server.seen().len();
    let error = get(&config(), &server.url("/loop")).await.unwrap_err();
    insta::assert_snapshot!(error, @"the address redirects more than 5 times");
    assert_eq!(server.seen().len() - before, 6);
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
        // As much as must be read of a robots.txt, and never more than came.
        assert!(head.len() > 100_000 && head.len() <= 500 * 1024, "{path}: {}", head.len());
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

#[tokio::test]
async fn an_error_page_does_not_hide_the_status() {
    let quick = NetConfig { idle_seconds: 1, max_body_bytes: 1000, ..config() };
    let server = Server::start(|path| match path {
        "/cut" => (b"HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nshort".to_vec(), false),
        "/odd" => {
            (b"HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-encoding: odd\r\n\r\nshort".to_vec(), false)
        }
        "/gzip" => {
            (b"HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-encoding: gzip\r\n\r\nshort".to_vec(), false)
        }
        "/hangs" => (b"HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nshort".to_vec(), true),
        _ => (b"HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 9999999\r\n\r\nshort".to_vec(), false),
    })
    .await;
    for path in ["/cut", "/odd", "/gzip", "/hangs", "/large"] {
        let response = get(&quick, &server.url(path)).await.unwrap();
        assert_eq!((response.status, response.retry_after.as_deref()), (503, Some("7")), "{path}");
        assert!(response.body.len() <= 5, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_posted_and_its_redirect_not_followed() {
    let server = Server::serve("127.0.0.1:0", |_, mut stream| {
        Box::pin(async move {
            let mut body = [0; 64];
            let n = stream.read(&mut body).await.unwrap();
            let answer = format!(
                "HTTP/1.1 307 Elsewhere\r\nconnection: close\r\nlocation: /other\r\ncontent-length: {n}\r\n\r\n{}",
                String::from_utf8_lossy(&body[..n])
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        })
    })
    .await
    .unwrap();
    let form =
        vec![("hub.mode".to_owned(), "subscribe".to_owned()), ("hub.topic".to_owned(), "a&b=ü".to_owned())];
    let request = Request { form: Some(form), etag: Some("\"x\"".into()), ..to(&server.url("/hub")) };
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    let response = client.send(&request).await.unwrap();
    assert_eq!((response.status, response.redirects.len(), response.moved_to), (307, 0, None));
    assert_eq!(&response.body[..], b"hub.mode=subscribe&hub.topic=a%26b%3D%C3%BC");
    let head = server.seen()[0].to_lowercase();
    assert!(head.starts_with("post /hub "), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert!(!head.contains("if-none-match"), "{head}");
    assert_eq!(server.seen().len(), 1);
    let inside = Request { url: "http://127.0.0.3/hub".to_owned(), ..request };
    assert!(matches!(client.send(&inside).await, Err(NetError::Forbidden { .. })));
}

#[tokio::test]
async fn what_a_source_asks_for_goes_out() {
    let server = Server::start(|_| (ok(b"", ""), false)).await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    let request = Request {
        user_agent: Some("Special/1".into()),
        cookie: Some("a=b; c=d".into()),
        headers: BTreeMap::from([
            ("X-Api-Key".to_owned(), "k".to_owned()),
            ("accept".to_owned(), "x/y".to_owned()),
        ]),
        accept: Some("text/xml"),
        http1_only: true,
        ..to(&server.url("/"))
    };
    client.get(&request).await.unwrap();
    let head = server.seen()[0].to_lowercase();
    for line in [
        "user-agent: special/1",
        "cookie: a=b; c=d",
        "x-api-key: k",
        "accept: x/y",
        "accept-encoding: gzip, br, zstd, deflate",
    ] {
        assert!(head.contains(&format!("{line}\r\n")), "{line} in {head}");
    }
    for (name, text) in
        [("Content-Length", "5"), ("transfer-encoding", "chunked"), ("a b", "c"), ("x", "a\r\nb: c")]
    {
        let request =
            Request { headers: BTreeMap::from([(name.to_owned(), text.to_owned())]), ..to(&server.url("/")) };
        assert!(matches!(client.get(&request).await, Err(NetError::BadHeader(_))), "{name}");
    }
    assert_eq!(server.seen().len(), 1);
}
