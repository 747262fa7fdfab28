//! What the listener bears: slow senders, long requests, many connections, wrong methods.
use std::time::Duration;

use crate::desk::Desk;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiredesk_api::Config;

async fn connect(desk: &Desk) -> TcpStream {
    TcpStream::connect(desk.base.trim_start_matches("http://")).await.unwrap()
}

/// All that comes until the other side closes; it has a minute.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut all)).await;
    let _ = read.expect("the connection is closed");
    String::from_utf8_lossy(&all).into_owned()
}

async fn ask(desk: &Desk, request: &str) -> String {
    let mut stream = connect(desk).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_slowly_is_sent_away_and_others_are_served() {
    let Some(desk) =
        Desk::open_with(Config { read_seconds: 1, answer_seconds: 1, ..Config::default() }).await
    else {
        return;
    };
    let mut head = connect(&desk).await;
    head.write_all(b"GET /v1/items HTTP/1.1\r\nHost: local").await.unwrap();
    let mut idle = connect(&desk).await;
    let mut body = connect(&desk).await;
    body.write_all(b"POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\nto").await.unwrap();
    assert_eq!(desk.get("/v1/items").await.0, 200);
    assert!(!rest(&mut head).await.contains("200 OK"));
    assert_eq!(rest(&mut idle).await, "");
    let told = rest(&mut body).await;
    assert!(told.starts_with("HTTP/1.1 503") && told.contains("takes too long"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_connections() {
    let Some(desk) = Desk::open_with(Config { connections_per_address: 2, ..Config::default() }).await else {
        return;
    };
    let (mut first, second) = (connect(&desk).await, connect(&desk).await);
    // Both are taken once the first is answered.
    first.write_all(b"GET /v1/items HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(first.read_u8().await.is_ok());
    let mut third = connect(&desk).await;
    assert_eq!(rest(&mut third).await, "");
    drop((first, second));
    let free = async {
        while !ask(&desk, "GET /v1/items HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 200")
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), free).await.expect("the place is given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_or_of_a_wrong_method_is_said_in_our_form() {
    let Some(desk) = Desk::open().await else { return };
    let end = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let long = "x".repeat(9000);
    let origin = "Origin: http://localhost\r\n";
    for (request, status, words) in [
        (format!("GET /v1/items?q={long} {end}\r\n"), "414", "8 KiB"),
        (format!("DELETE /v1/items {end}\r\n"), "401", "needs a token"),
        (format!("PUT /login {end}{origin}\r\n"), "405", "the header Allow"),
        (
            format!("POST /login {end}{origin}Content-Length: 20000\r\n\r\n{}", "x".repeat(20_000)),
            "413",
            "16 KiB",
        ),
    ] {
        let answer = ask(&desk, &request).await;
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{answer}");
        assert!(
            head.contains("application/problem+json") && head.contains("content-security-policy"),
            "{answer}"
        );
        assert!(head.contains("allow: get") || status != "405", "{answer}");
        assert!(answer.contains(words), "{answer}");
    }
    let huge = format!("GET / {end}X-Long: {}\r\n\r\n", "x".repeat(200_000));
    assert!(ask(&desk, &huge).await.starts_with("HTTP/1.1 431"));
}
