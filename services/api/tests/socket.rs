//! The live stream by WebSocket.
use std::time::Duration;

use crate::desk::{Desk, item};
use futures::StreamExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(desk: &Desk, query: &str, origin: Option<&str>) -> Result<Socket, Error> {
    let address = format!("{}/v1/socket{query}", desk.base.replacen("http", "ws", 1));
    let mut request = address.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
        match message.expect("a message within 20 s")?.unwrap() {
            Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

fn status(refused: Result<Socket, Error>) -> u16 {
    match refused.expect_err("a refusal") {
        Error::Http(answer) => answer.status().as_u16(),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_come_in_order_and_an_id_brings_a_client_back() {
    let Some(desk) = Desk::open().await else { return };
    let mut socket = connect(&desk, "?language=es", None).await.unwrap();
    let hello = next(&mut socket).await.unwrap();
    assert_eq!(hello["event"], "wiredesk.connected");
    for (n, language) in [(1, "es"), (2, "en"), (3, "es")] {
        desk.publish(&item(n, language, &format!("Headline {n}"))).await;
    }
    let mut seen = Vec::new();
    let mut id = Value::Null;
    for _ in 0..2 {
        let told = next(&mut socket).await.unwrap();
        assert_eq!(told["event"], "news.item.published");
        seen.push(told["data"]["headlines"][0]["value"].as_str().unwrap().to_owned());
        id = told["id"].clone();
    }
    seen.sort();
    assert_eq!(seen, ["Headline 1", "Headline 3"]);
    drop(socket);
    desk.publish(&item(4, "es", "Headline 4")).await;
    let back = format!("?language=es&last_event_id={}", id.as_str().unwrap());
    let mut socket = connect(&desk, &back, None).await.unwrap();
    next(&mut socket).await.unwrap();
    // What came while nobody listened, by the place that the client had.
    let missed = next(&mut socket).await.unwrap();
    assert_eq!(missed["data"]["headlines"][0]["value"], "Headline 4");
    desk.shutdown.cancel();
    assert_eq!(next(&mut socket).await, None, "a desk that stops says so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_and_a_wrong_parameter_are_refused() {
    let Some(desk) = Desk::open().await else { return };
    assert_eq!(status(connect(&desk, "", Some("https://evil.example")).await), 403);
    assert!(connect(&desk, "", Some(&desk.base)).await.is_ok(), "our own page");
    assert_eq!(status(connect(&desk, "?urgency=12", None).await), 400);
    assert_eq!(status(connect(&desk, "?last_event_id=4711.1", None).await), 400);
    let (status, problem) = desk.get("/v1/socket").await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("speaks WebSocket"), "{problem}");
}
