//! Answers that want to cost memory or time: each ends with the right error. `examples/hostile_answers.rs` measures the large ones.

use std::time::Duration;

use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use wiredesk_net::{Client, NetConfig, NetError};

use crate::bombs::{self, encode};
use crate::parts::{Server, config, get, ok, to};

/// A server that writes `first` and then `again` for as long as anybody reads.
async fn endless(first: &'static [u8], again: Vec<u8>, pause: Duration) -> Server {
    Server::serve("127.0.0.1:0", move |_, mut stream| {
        let again = again.clone();
        Box::pin(async move {
            let mut write = stream.write_all(first).await;
            while write.is_ok() {
                write = stream.write_all(&again).await;
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
        })
    })
    .await
    .unwrap()
}

/// Waits until the server has seen the end of its only connection: nothing goes on behind our back.
async fn let_go(server: &Server) {
    for _ in 0..500 {
        if server.closed() == server.connections() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the connection is still served");
}

#[tokio::test]
async fn codings_come_off_in_the_right_order() {
    let text = b"MADRID, 24 Nov. An invented dispatch, sent again and again. ".repeat(500);
    let whole = text.clone();
    let server = Server::start(move |path| {
        let codings: Vec<&str> = path[1..].split(',').collect();
        let body = codings.iter().fold(whole.clone(), |body, coding| encode(coding, [&body[..]]));
        (ok(&body, &format!("content-encoding: {}\r\n", path[1..].replace("raw", "deflate"))), false)
    })
    .await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    for codings in
        ["gzip", "deflate", "raw", "br", "zstd", "gzip,gzip", "br,gzip", "gzip,zstd,br", "raw,deflate"]
    {
        let response = client.get(&to(&server.url(&format!("/{codings}")))).await;
        assert_eq!(response.unwrap().body, text, "{codings}");
    }
    let error = client.get(&to(&server.url("/gzip,gzip,gzip,gzip"))).await.unwrap_err();
    assert_eq!(error.kind(), "encoding");
}

#[tokio::test]
async fn what_servers_call_their_codings() {
    let server = Server::start(|path| {
        let name = path[1..].replace('_', " ");
        let body = if name.to_lowercase().contains("gzip") {
            encode("gzip", [&b"<rss/>"[..]])
        } else {
            b"<rss/>".to_vec()
        };
        (ok(&body, &format!("content-encoding: {name}\r\n")), false)
    })
    .await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    for name in ["identity", "", "UTF-8", "none", "x-gzip", "GZIP", "gzip,identity", ",gzip,_"] {
        let response = client.get(&to(&server.url(&format!("/{name}")))).await;
        assert_eq!(&response.unwrap().body[..], b"<rss/>", "{name}");
    }
    let error = client.get(&to(&server.url("/compress"))).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"the response of 127.0.0.1 is encoded as "compress"; only gzip, br, zstd and deflate are read, three deep at most"#);
    assert!(!error.is_transient());
}

#[tokio::test]
async fn padding_and_members_after_a_member() {
    let member = |text: &[u8]| encode("gzip", [text]);
    let bodies = [
        ("gzip", [member(b"<rss>"), member(b"</rss>")].concat()),
        ("gzip", [member(b"<rss></rss>"), vec![0; 512]].concat()),
        ("gzip", [member(b"<rss></rss>"), b"\r\n".to_vec()].concat()),
        ("gzip", [member(b"<rss></rss>"), vec![0; 10_000], vec![0x1f; 10_000]].concat()),
        ("zstd", [encode("zstd", [&b"<rss>"[..]]), encode("zstd", [&b"</rss>"[..]])].concat()),
        (
            "zstd",
            [vec![0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3], encode("zstd", [&b"<rss></rss>"[..]])]
                .concat(),
        ),
    ];
    for (coding, body) in bodies {
        let server =
            Server::start(move |_| (ok(&body, &format!("content-encoding: {coding}\r\n")), false)).await;
        assert_eq!(&get(&config(), &server.url("/")).await.unwrap().body[..], b"<rss></rss>");
    }
    // Nothing at all is no broken gzip.
    let server = Server::start(|_| (ok(b"", "content-encoding: gzip\r\n"), false)).await;
    assert!(get(&config(), &server.url("/")).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn bombs_end_at_the_cap() {
    let small = NetConfig { max_body_bytes: 300_000, ..config() };
    for (header, body) in [
        ("gzip", bombs::zeros("gzip", 8)),
        ("deflate", bombs::zeros("deflate", 8)),
        ("deflate", bombs::zeros("raw", 8)),
        ("br", bombs::zeros("br", 8)),
        ("zstd", bombs::zeros("zstd", 8)),
        ("zstd", bombs::zstd_runs(64, 20)),
        ("gzip, gzip", encode("gzip", [&bombs::zeros("gzip", 64)[..]])),
        // More on the wire than the cap, and nothing behind it.
        ("gzip", bombs::gzip_name(400_000)),
        ("gzip", bombs::again(&encode("gzip", []), 400_000)),
        ("zstd", bombs::again(&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0], 400_000)),
        ("gzip", bombs::gzip_tables(310_000)),
        // A bomb between two layers: the middle one is over the cap though nothing comes out.
        ("gzip, gzip", encode("gzip", [&bombs::gzip_name(900_000)[..]])),
    ] {
        let wire = body.len();
        let head = format!("connection: close\r\ncontent-encoding: {header}\r\n");
        let answer = [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), &body].concat();
        let server = Server::start(move |_| (answer.clone(), false)).await;
        let error = get(&small, &server.url("/")).await.unwrap_err();
        assert!(matches!(error, NetError::TooLarge { limit: 300_000, .. }), "{header} {wire}: {error}");
    }
}

#[tokio::test]
async fn work_without_end_is_given_up() {
    // Within the cap in all that counts bytes, and some ten seconds of a processor: once on the wire, once in a layer below.
    let blocks = bombs::gzip_blocks(15_000_000);
    for (codings, body) in [("gzip, gzip", encode("gzip", [&blocks[..]])), ("gzip", blocks)] {
        let answer = ok(&body, &format!("content-encoding: {codings}\r\n"));
        let server = Server::start(move |_| (answer.clone(), false)).await;
        let error = get(&config(), &server.url("/")).await.unwrap_err();
        assert!(error.to_string().contains("processor time"), "{codings}: {error}");
    }
}

#[tokio::test]
async fn windows_are_capped() {
    for (coding, body, readable) in [
        ("zstd", bombs::zstd_runs(2, 23), true),
        ("zstd", bombs::zstd_runs(2, 24), false),
        ("zstd", bombs::zstd_runs(2, 31), false),
        // Large-window brotli of 2^30 bytes.
        ("br", vec![0x11, 30, 3], false),
        ("br", vec![0x91, 30, 3], false),
    ] {
        let answer = ok(&body, &format!("content-encoding: {coding}\r\n"));
        let server = Server::start(move |_| (answer.clone(), false)).await;
        match get(&config(), &server.url("/")).await {
            Ok(response) => assert!(readable && response.body.len() == 256 * 1024),
            Err(error) => assert!(!readable && matches!(error, NetError::Body { .. }), "{coding} {error}"),
        }
    }
}

#[tokio::test]
async fn bodies_that_break_off_say_so() {
    let text = b"An invented dispatch. ".repeat(5000);
    for coding in ["gzip", "deflate", "raw", "br", "zstd"] {
        let whole = encode(coding, [&text[..]]);
        for cut in [1, whole.len() / 2, whole.len() - 1] {
            let header = coding.replace("raw", "deflate");
            let answer = ok(&whole[..cut], &format!("content-encoding: {header}\r\n"));
            let server = Server::start(move |_| (answer.clone(), false)).await;
            let error = get(&config(), &server.url("/")).await.unwrap_err();
            assert!(
                matches!(error, NetError::Body { .. }) && error.is_transient(),
                "{coding} {cut}: {error}"
            );
        }
    }
    let lies: [(&[u8], &str); 6] = [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", "broken_body"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n", "broken_body"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nshort\r\n0\r\n\r\n", "broken_body"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nshort", "broken_body"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551600\r\n\r\nshort", "too_large"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nshort", "unreachable"),
    ];
    for (answer, kind) in lies {
        let server = Server::start(move |_| (answer.to_vec(), false)).await;
        let error = get(&config(), &server.url("/")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{}: {error}", String::from_utf8_lossy(answer));
    }
    // Longer than it says: what was not announced is not read, and the connection is not used again.
    let server =
        Server::start(|_| (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshort and more".to_vec(), false))
            .await;
    let client = Client::new(&config(), "wiredesk-test").unwrap();
    for connections in 1..=2 {
        assert_eq!(&client.get(&to(&server.url("/"))).await.unwrap().body[..], b"short");
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn header_floods_end() {
    let line = |n: usize| format!("x-{n}: y\r\n");
    let many: String = (0..101).map(line).collect();
    let wide = format!("x: {}\r\n", "y".repeat(70_000));
    let fits: String = (0..90).map(line).collect();
    for (headers, fine) in [(fits, true), (many, false), (wide, false)] {
        let server = Server::start(move |_| (ok(b"", &headers), false)).await;
        let result = get(&config(), &server.url("/")).await;
        match result {
            Ok(_) => assert!(fine),
            Err(error) => assert!(!fine && matches!(error, NetError::Headers { .. }), "{error}"),
        }
    }
    // The same on a redirect, and without end in two ways.
    let server = Server::start(|_| {
        let wide = "y".repeat(70_000);
        (format!("HTTP/1.1 302 Found\r\nlocation: /\r\nx: {wide}\r\n\r\n").into_bytes(), false)
    })
    .await;
    assert_eq!(get(&config(), &server.url("/")).await.unwrap_err().kind(), "headers");
    for again in ["x: y\r\n", "y"] {
        let server =
            endless(b"HTTP/1.1 200 OK\r\nx: y", again.repeat(1000).into_bytes(), Duration::ZERO).await;
        let error = get(&config(), &server.url("/")).await.unwrap_err();
        assert_eq!(error.kind(), "headers", "{error}");
        let_go(&server).await;
    }
}

#[tokio::test]
async fn what_does_not_end_is_ended() {
    let quick = NetConfig { idle_seconds: 1, total_seconds: 4, max_body_bytes: 1_000_000, ..config() };
    let ok = b"HTTP/1.1 200 OK\r\n";
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03";
    let trickle = Duration::from_millis(100);
    let now = Duration::ZERO;
    let continues = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    for (name, first, again, pause, kind) in [
        ("chunks", &chunked[..], [b"3e8\r\n", &[b'x'; 1000][..], b"\r\n"].concat(), now, "too_large"),
        ("crumbs", &chunked[..], b"5\r\nshort\r\n".repeat(100), now, "broken_body"),
        ("gzip name", &gzip[..], vec![b'n'; 1000], now, "too_large"),
        ("trickled body", &chunked[..], b"1\r\nx\r\n".to_vec(), trickle, "timeout"),
        ("trickled gzip", &gzip[..], b"n".to_vec(), trickle, "timeout"),
        ("trickled head", &ok[..], b"x".to_vec(), trickle, "timeout"),
        ("100 Continue", &b""[..], continues, now, "timeout"),
        ("trickled 103", &b""[..], b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), trickle, "timeout"),
    ] {
        let server = endless(first, again, pause).await;
        let error = get(&quick, &server.url("/")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error}");
        let_go(&server).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a body says it is: an answer or an error, no panic, and never more than the cap.
    #[test]
    fn any_bytes_in_any_coding(
        mut body in proptest::collection::vec(any::<u8>(), 0..3000),
        start in 0..6_usize,
        codings in proptest::sample::select(vec!["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip"]),
        flip in any::<proptest::sample::Index>(),
    ) {
        // Mostly right beginnings with one wrong byte reach further than noise.
        if let Some(coding) = ["gzip", "deflate", "raw", "br", "zstd"].get(start) {
            body = encode(coding, [&body[..]]);
            let at = flip.index(body.len());
            body[at] ^= 0x24;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let small = NetConfig { max_body_bytes: 2000, total_seconds: 5, ..config() };
            let answer = ok(&body, &format!("content-encoding: {codings}\r\n"));
            let server = Server::start(move |_| (answer.clone(), false)).await;
            match get(&small, &server.url("/")).await {
                Ok(response) => assert!(response.body.len() <= 2000),
                Err(error) => assert!(matches!(error.kind(), "broken_body" | "too_large"), "{error}"),
            }
        });
    }
}
