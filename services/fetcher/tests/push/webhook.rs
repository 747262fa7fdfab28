//! Signed posts.

use std::sync::atomic::Ordering;

use chrono::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiredesk_contract::SourceId;
use wiredesk_fetcher::push::signature::{hmac_sha256, sign};
use wiredesk_fetcher::push::webhook::Receipt;
use wiredesk_store::source as table;

use super::desk::*;

const SECRET: &str = "an invented secret of the desk";
const SOURCES: &str = r#"
    [[sources]]
    id = "nu"
    kind = "webhook"
    secret = "an invented secret of the desk"
    [[sources]]
    id = "otra"
    kind = "webhook"
    secret = "another invented secret"
    [[sources]]
    id = "polled"
    url = "https://wire.example/feed"
"#;

async fn desk(push: &str) -> Option<Desk> {
    Desk::open(&format!("[push]\n{push}\n{SOURCES}")).await
}

async fn post(desk: &Desk, body: &str) -> Answer {
    let signature = sign(SECRET.as_bytes(), clock().timestamp(), body.as_bytes());
    desk.send("POST", "/v1/ingest/nu", &[("x-wiredesk-signature", &signature)], body.as_bytes()).await
}

/// A signed post whose body has not come yet, in the handler's hands: the server asks for the body when that reads.
async fn begin(desk: &Desk, body: &str) -> TcpStream {
    let signature = sign(SECRET.as_bytes(), clock().timestamp(), body.as_bytes());
    let mut stream = TcpStream::connect(desk.at).await.unwrap();
    let head = format!(
        "POST /v1/ingest/nu HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-wiredesk-signature: {signature}\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut asked = [0_u8; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

fn receipt(answer: &Answer) -> (u16, usize, usize, usize) {
    let said: Receipt = serde_json::from_str(&answer.body).unwrap();
    (answer.status, said.accepted, said.unchanged, said.broken)
}

#[tokio::test]
async fn a_signed_document_is_published_once_and_its_changes_too() {
    let Some(desk) = desk("").await else { return };
    let first = rss(&(item("a", "Uno") + &item("b", "Dos")));
    assert_eq!(receipt(&post(&desk, &first).await), (202, 2, 0, 0));
    // Sent again, by a sender that did not hear the answer.
    assert_eq!(receipt(&post(&desk, &first).await), (202, 0, 2, 0));
    let second =
        rss(&(item("a", "Uno, corregido") + "<item><title><b></title></b><x</item>" + &item("c", "Tres")));
    assert_eq!(receipt(&post(&desk, &second).await), (202, 2, 0, 1));
    assert_eq!(desk.published(), told(&[("Dos", 1), ("Uno", 1), ("Tres", 1), ("Uno, corregido", 2)]));
    assert_eq!(desk.bus.dead().len(), 1);
    let health = table::health(desk.postgres.pool()).await.unwrap();
    let own = health.iter().find(|h| h.id.as_str() == "nu").unwrap();
    assert_eq!((own.items_seen, own.last_ok, own.last_error.as_deref()), (4, Some(clock()), None));
}

#[tokio::test]
async fn other_forms_and_the_other_signature() {
    let Some(desk) = desk("").await else { return };
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Ñu","items":[{"id":"1","title":"Cuatro","content_text":"x"}]}"#;
    let hub = format!("sha256={}", hmac_sha256(SECRET.as_bytes(), &[json.as_bytes()]));
    let headers = [("x-hub-signature-256", hub.as_str()), ("content-type", "application/json")];
    let answer = desk.send("POST", "/v1/ingest/nu", &headers, json.as_bytes()).await;
    assert_eq!(receipt(&answer), (202, 1, 0, 0));
    // The declared charset counts, as with a polled feed.
    let latin: Vec<u8> = rss(&item("ñ", "Mañana")).chars().map(|c| c as u8).collect();
    let signature = sign(SECRET.as_bytes(), clock().timestamp(), &latin);
    let headers =
        [("x-wiredesk-signature", signature.as_str()), ("content-type", "text/xml; charset=iso-8859-1")];
    assert_eq!(receipt(&desk.send("POST", "/v1/ingest/nu", &headers, &latin).await), (202, 1, 0, 0));
    assert_eq!(desk.published(), told(&[("Cuatro", 1), ("Mañana", 1)]));
}

#[tokio::test]
async fn what_is_refused_and_what_the_sender_is_told() {
    let Some(desk) = desk("max_body_bytes = 1000").await else { return };
    let body = rss(&item("a", "Uno"));
    let now = clock().timestamp();
    let good = sign(SECRET.as_bytes(), now, body.as_bytes());
    let late = sign(SECRET.as_bytes(), now - 301, body.as_bytes());
    let early = sign(SECRET.as_bytes(), now + 301, body.as_bytes());
    let foreign = sign(b"another invented secret", now, body.as_bytes());
    let sha1 = format!("sha1={}", "0".repeat(40));
    let page = "<html><body>Mantenimiento</body></html>";
    let of_page = sign(SECRET.as_bytes(), now, page.as_bytes());
    let large = rss(&item("a", &"x".repeat(1000)));
    let of_large = sign(SECRET.as_bytes(), now, large.as_bytes());
    let signed = |s| ("x-wiredesk-signature", s);
    for (path, headers, body, status, sentence) in [
        (
            "nadie",
            vec![signed(good.as_str())],
            body.as_str(),
            404,
            "there is no webhook \"nadie\" here; check the last part of the address",
        ),
        (
            "polled",
            vec![signed(&good)],
            &body,
            404,
            "there is no webhook \"polled\" here; check the last part of the address",
        ),
        (
            "nu",
            vec![],
            &body,
            401,
            "the request is not signed; send X-Wiredesk-Signature: t=UNIX,v1=HEX with the HMAC-SHA256 of t.body",
        ),
        (
            "nu",
            vec![signed("hello")],
            &body,
            401,
            "the signature has none of the known forms; write X-Wiredesk-Signature: t=UNIX,v1=HEX",
        ),
        (
            "nu",
            vec![("x-hub-signature-256", &sha1)],
            &body,
            401,
            "the signature has none of the known forms; write X-Wiredesk-Signature: t=UNIX,v1=HEX",
        ),
        (
            "nu",
            vec![signed(&late)],
            &body,
            401,
            "the signature's time is 301 seconds from ours and 300 are allowed; set the sender's clock and sign again",
        ),
        (
            "nu",
            vec![signed(&early)],
            &body,
            401,
            "the signature's time is 301 seconds from ours and 300 are allowed; set the sender's clock and sign again",
        ),
        (
            "nu",
            vec![signed(&foreign)],
            &body,
            401,
            "the signature is not that of this body under this source's secret; check the secret, and that the body is signed as it is sent",
        ),
        (
            "otra",
            vec![signed(&good)],
            &body,
            401,
            "the signature is not that of this body under this source's secret; check the secret, and that the body is signed as it is sent",
        ),
        (
            "nu",
            vec![signed(&good)],
            "<rss/>",
            401,
            "the signature is not that of this body under this source's secret; check the secret, and that the body is signed as it is sent",
        ),
        (
            "nu",
            vec![signed(&of_large)],
            &large,
            413,
            "the document is larger than the 1000 bytes allowed; send fewer items at a time",
        ),
        (
            "nu",
            vec![signed(&good), ("content-type", "image/png")],
            &body,
            415,
            "image/png is not taken; send the document itself, as XML or JSON, not encoded or packed",
        ),
        (
            "nu",
            vec![signed(&good), ("content-encoding", "gzip")],
            &body,
            415,
            "a body with Content-Encoding gzip is not taken; send the document itself, as XML or JSON, not encoded or packed",
        ),
        ("nu", vec![signed(&of_page)], page, 422, "web page"),
    ] {
        let answer = desk.send("POST", &format!("/v1/ingest/{path}"), &headers, body.as_bytes()).await;
        let told: serde_json::Value =
            serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
        let detail = told["detail"].as_str().unwrap();
        assert!(answer.status == status && detail.contains(sentence), "{path} {headers:?}: {answer:?}");
        assert_eq!(told["status"], status);
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(!answer.body.contains("invented secret"));
    }
    assert_eq!(desk.send("GET", "/v1/ingest/nu", &[], b"").await.status, 405);
    assert_eq!(desk.send("POST", "/v1/ingest/a/b", &[], b"").await.status, 404);
    // Without a declared length, it is counted as it comes.
    let mut stream = TcpStream::connect(desk.at).await.unwrap();
    let request = format!(
        "POST /v1/ingest/nu HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-wiredesk-signature: {of_large}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.status, 413);
    assert!(desk.published().is_empty());
    assert_eq!(desk.bus.dead().len(), 1, "the page that was signed");
}

#[tokio::test]
async fn nothing_is_said_to_be_taken_while_the_bus_is_down() {
    let Some(desk) = desk("").await else { return };
    desk.bus.down.store(true, Ordering::SeqCst);
    let body = rss(&item("a", "Uno"));
    let answer = post(&desk, &body).await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.head.contains("retry-after: 5") && answer.body.contains("send the same again"),
        "{answer:?}"
    );
    assert!(!answer.body.contains("a test said so"), "inner details are kept in");
    desk.bus.down.store(false, Ordering::SeqCst);
    assert_eq!(receipt(&post(&desk, &body).await), (202, 1, 0, 0));
    sqlx::query("UPDATE source SET paused = true WHERE id = 'nu'")
        .execute(desk.postgres.pool())
        .await
        .unwrap();
    assert_eq!(post(&desk, &rss(&item("b", "Dos"))).await.status, 503);
    assert_eq!(desk.published(), told(&[("Uno", 1)]));
}

#[tokio::test]
async fn each_source_has_its_own_rate_and_strangers_do_not_use_it_up() {
    let Some(desk) = desk("per_second = 1\nburst = 2").await else { return };
    let body = rss(&item("a", "Uno"));
    let forged = sign(b"not the secret", clock().timestamp(), body.as_bytes());
    for _ in 0..5 {
        let headers = [("x-wiredesk-signature", forged.as_str())];
        assert_eq!(desk.send("POST", "/v1/ingest/nu", &headers, body.as_bytes()).await.status, 401);
    }
    let first = [post(&desk, &body).await.status, post(&desk, &body).await.status];
    let third = post(&desk, &body).await;
    assert_eq!((first, third.status), ([202, 202], 429));
    assert!(third.head.contains("retry-after: 1"));
    let signature = sign(b"another invented secret", clock().timestamp(), body.as_bytes());
    let headers = [("x-wiredesk-signature", signature.as_str())];
    assert_eq!(desk.send("POST", "/v1/ingest/otra", &headers, body.as_bytes()).await.status, 202);
    pass(Duration::seconds(1));
    assert_eq!(post(&desk, &body).await.status, 202);
}

#[tokio::test]
async fn slow_senders_are_let_go() {
    let Some(desk) = desk("read_seconds = 3\nconcurrency = 1").await else { return };
    let body = rss(&item("a", "Uno"));
    let mut slow = begin(&desk, &body).await;
    // It holds the one place, until its time is up.
    let answer = post(&desk, &body).await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("too many requests at a time"), "{}", answer.body);
    let answer = read_answer(&mut slow).await;
    assert_eq!(answer.status, 408);
    assert!(answer.body.contains("did not arrive within 3 seconds"), "{}", answer.body);
    assert_eq!(post(&desk, &body).await.status, 202);
    // A head that does not end is no place taken, and no connection for ever.
    let mut silent = TcpStream::connect(desk.at).await.unwrap();
    silent.write_all(b"POST /v1/ingest/nu HTTP/1.1\r\nx:").await.unwrap();
    assert_eq!(read_answer(&mut silent).await.body, "");
    // A head without end is none either.
    let endless = "x".repeat(40_000);
    assert_eq!(desk.send("POST", "/v1/ingest/nu", &[("x-more", &endless)], b"").await.status, 431);
}

#[tokio::test]
async fn stopping_finishes_what_is_in_hand_and_takes_no_more() {
    let Some(desk) = desk("").await else { return };
    let body = rss(&item("a", "Uno"));
    let mut open = begin(&desk, &body).await;
    let (first, rest) = body.split_at(10);
    open.write_all(first.as_bytes()).await.unwrap();
    desk.shutdown.cancel();
    open.write_all(rest.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut open).await.status, 202);
    assert_eq!(desk.published(), told(&[("Uno", 1)]));
    let refused = async {
        while TcpStream::connect(desk.at).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), refused).await.expect("the listener closes");
}

#[tokio::test]
async fn posts_side_by_side_lose_nothing_and_keep_order() {
    let Some(desk) = desk("concurrency = 64").await else { return };
    let bodies: Vec<String> =
        (0..24).map(|n| rss(&item(&format!("g{}", n % 8), &format!("Estado {n}")))).collect();
    let sent = futures::future::join_all(bodies.iter().map(|b| post(&desk, b))).await;
    assert!(sent.iter().all(|a| a.status == 202), "{sent:?}");
    // Each item's states are counted without a gap: none was compared with a state that was already old.
    let source = SourceId::new("nu");
    for guid in 0..8 {
        let id = wiredesk_contract::ItemId::derive(&source, &format!("g{guid}"));
        let revisions: Vec<u32> =
            desk.bus.raws().into_iter().filter(|r| r.item_id == id).map(|r| r.revision).collect();
        assert_eq!(revisions, [1, 2, 3]);
    }
}
