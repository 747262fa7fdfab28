//! What operators look at: dead letters, the pipeline, figures of the day; and what a version changed.
use std::time::Duration;

use crate::desk::{Desk, insert, item};
use serde_json::{Value, json};
use wiredesk_api::auth::token::Token;
use wiredesk_bus::{Position, Received, Record};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{DeadLetter, Kind};
use wiredesk_runtime::dead::{Refusal, letter};
use wiredesk_store::token::{self as table, TokenRow};

async fn admin(desk: &Desk) -> Token {
    let token = Token::generate();
    let row = TokenRow {
        id: token.id().to_owned(),
        name: "test".to_owned(),
        hash: token.hash().to_vec(),
        scopes: vec!["read".to_owned(), "admin".to_owned()],
        rate_per_minute: 600,
        created: wall_clock(),
        expires: None,
        last_used: None,
        revoked: None,
    };
    table::insert(desk.pg.pool(), &row).await.unwrap();
    token
}

/// A letter about the record at `offset` of a topic, refused `offset` seconds from now.
fn refused(desk: &Desk, kind: Kind, offset: i64) -> DeadLetter {
    let record = Record {
        topic: desk.topics.name(kind).to_owned(),
        key: "a key".to_owned(),
        payload: format!("record {offset}").into_bytes().into(),
        headers: Vec::new(),
        timestamp: wall_clock(),
    };
    let received = Received { record, partition: 0, offset };
    let refusal =
        Refusal { reason: "not_json".to_owned(), explanation: format!("record {offset} is no JSON") };
    let at = wall_clock() + chrono::TimeDelta::seconds(offset);
    letter("strip", &received, &refusal, at)
}

async fn write(desk: &Desk, letters: &[DeadLetter]) -> Vec<Position> {
    let records = letters.iter().map(|l| Record::of(l, &desk.topics, wall_clock(), None).unwrap());
    desk.bus.producer().await.unwrap().send(records.collect()).await.unwrap()
}

/// The list, once it has so many.
async fn listed(desk: &Desk, query: &str, count: usize) -> Vec<Value> {
    let list = async {
        loop {
            let (status, list) = desk.get(&format!("/v1/dead{query}")).await;
            assert_eq!(status, 200, "{list}");
            let letters = list["letters"].as_array().unwrap().clone();
            if letters.len() == count {
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), list).await.expect("the letters are read")
}

async fn send(desk: &Desk, token: Option<&Token>, method: &str, path: &str) -> (u16, Value) {
    let request = desk.http.request(method.parse().unwrap(), format!("{}{path}", desk.base));
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {}", token.reveal())),
        None => request,
    };
    let mut answer = request.send().await.unwrap();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    (answer.status().as_u16(), serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_and_dealt_with() {
    let Some(desk) = Desk::open().await else { return };
    let all: Vec<DeadLetter> = (0..5).map(|offset| refused(&desk, Kind::Raw, offset)).collect();
    write(&desk, &all).await;
    let published = refused(&desk, Kind::Item, 9);
    write(&desk, std::slice::from_ref(&published)).await;

    let newest_first = listed(&desk, "", 6).await;
    assert_eq!(newest_first[0]["dead_id"], json!(published.dead_id));
    assert_eq!(newest_first[1]["explanation"], "record 4 is no JSON");
    assert!(newest_first[1]["settled"].is_null() && newest_first[1].get("payload").is_none());
    // Page by page, each once.
    let (mut path, mut seen) = ("/v1/dead?limit=4".to_owned(), Vec::new());
    loop {
        let (_, list) = desk.get(&path).await;
        seen.extend(list["letters"].as_array().unwrap().iter().map(|l| l["dead_id"].clone()));
        let Some(next) = list["next"].as_str() else { break };
        path = format!("/v1/dead?limit=4&cursor={next}");
    }
    assert_eq!(seen, newest_first.iter().map(|l| l["dead_id"].clone()).collect::<Vec<_>>());
    assert_eq!(listed(&desk, "?stage=dedupe", 0).await.len(), 0);
    assert_eq!(listed(&desk, "?reason=not_json&stage=strip", 6).await.len(), 6);

    // A letter whole is for admins: its payload may be the text of a page.
    let (one, two) = (&all[0].dead_id, &all[1].dead_id);
    let path = format!("/v1/dead/{one}");
    assert_eq!(send(&desk, None, "GET", &path).await.0, 401);
    let token = admin(&desk).await;
    let (status, whole) = send(&desk, Some(&token), "GET", &path).await;
    assert_eq!((status, &whole["letter"]["payload"]), (200, &json!("cmVjb3JkIDA=")));
    assert_eq!(send(&desk, Some(&token), "GET", "/v1/dead/none").await.0, 404);

    for deed in ["retry", "drop"] {
        assert_eq!(send(&desk, None, "POST", &format!("/v1/dead/{one}/{deed}")).await.0, 401);
        assert_eq!(send(&desk, Some(&token), "POST", &format!("/v1/dead/none/{deed}")).await.0, 404);
    }
    let (status, asked) = send(&desk, Some(&token), "POST", &format!("/v1/dead/{one}/retry")).await;
    assert_eq!((status, &asked["settled"]["action"]), (202, &json!("asked")));
    let (status, dropped) = send(&desk, Some(&token), "POST", &format!("/v1/dead/{two}/drop")).await;
    assert_eq!((status, &dropped["settled"]["action"]), (200, &json!("dropped")));
    // What readers have already is not sent to them a second time.
    let (status, problem) =
        send(&desk, Some(&token), "POST", &format!("/v1/dead/{}/retry", published.dead_id)).await;
    assert!(status == 409 && problem["detail"].as_str().unwrap().contains("twice"), "{problem}");

    assert_eq!(listed(&desk, "", 4).await.len(), 4);
    assert_eq!(listed(&desk, "?all=true", 6).await.len(), 6);
    // One that could not be sent waits again, with the reason.
    wiredesk_store::dead::answer(
        desk.pg.pool(),
        one,
        wiredesk_store::dead::Action::Failed,
        "the topic no longer has it",
        wall_clock(),
    )
    .await
    .unwrap();
    let again = listed(&desk, "", 5).await;
    let failed = again.iter().find(|l| l["dead_id"] == json!(one)).unwrap();
    assert_eq!(failed["settled"], json!({"action": "failed", "reason": "the topic no longer has it"}));
    let (_, line) = desk.get("/v1/pipeline").await;
    assert_eq!(line["dead_letters"], 5, "{line}");
    for (letter, action) in [(one, "dead.retry"), (two, "dead.drop")] {
        let audit = wiredesk_store::audit_log::of(desk.pg.pool(), letter.as_str()).await.unwrap();
        assert_eq!(audit.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(), [action]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_and_the_day_are_told() {
    let Some(desk) = Desk::open().await else { return };
    let now = wall_clock();
    for n in 0..4u32 {
        let mut one = item(n, if n == 3 { "fr" } else { "es" }, "A headline");
        (one.first_created, one.version_created) = (now, now);
        if n == 2 {
            one.verdict.duplicate_of = Some(item(0, "es", "").item_id);
        }
        insert(desk.pg.pool(), &one).await;
    }
    insert(desk.pg.pool(), &item(7, "de", "Of long ago")).await;
    desk.publish(&item(0, "es", "A headline")).await;

    let (status, line) = desk.get("/v1/pipeline").await;
    assert_eq!((status, &line["bus"]), (200, &json!("postgres")));
    let stages = line["stages"].as_array().unwrap();
    let names: Vec<&str> = stages.iter().map(|s| s["stage"].as_str().unwrap()).collect();
    assert_eq!(names, ["strip", "dedupe", "processor", "stories"]);
    let waiting: Vec<i64> = stages.iter().map(|s| s["waiting"].as_i64().unwrap()).collect();
    assert_eq!(waiting, [0, 0, 0, 1], "nobody has taken the item that was published");
    assert_eq!((&line["versions_last_hour"], &line["outbox"]["rows"]), (&json!(4), &json!(0)));
    assert_eq!(line["p95_seconds"], json!(0.0));

    let (status, day) = desk.get("/v1/figures").await;
    assert_eq!(status, 200);
    let hours = day["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 24);
    // Its hour may have ended since.
    let of = |name: &str| hours.iter().map(|h| h[name].as_i64().unwrap()).sum::<i64>();
    assert_eq!((of("items"), of("repeats")), (4, 1));
    let paces: Vec<&Value> = hours.iter().map(|h| &h["p95_seconds"]).filter(|p| !p.is_null()).collect();
    assert_eq!(paces, [&json!(0.0)], "of the hour in which something came");
    assert_eq!(
        day["languages"],
        json!([{"id": "es", "name": "es", "items": 3}, {"id": "fr", "name": "fr", "items": 1}])
    );
    assert_eq!(day["sources"].as_array().unwrap().len(), 2);

    let (status, page) = desk.text("/pipeline").await;
    assert_eq!(status, 200);
    assert!(page.contains("up to date") && page.contains("<rect class=\"fresh\""), "{page}");
    assert!(page.contains("<rect class=\"half\"") && page.contains("class=\"share\""), "{page}");
    assert!(!page.contains("<button>Send again"), "nobody is logged in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_shown_with_what_it_changed() {
    let Some(desk) = Desk::open().await else { return };
    let first = item(1, "en", "The dam holds");
    insert(desk.pg.pool(), &first).await;
    let mut second = item(1, "en", "The dam <b>breaks</b>");
    second.version = 2;
    insert(desk.pg.pool(), &second).await;

    let path = format!("/v1/items/{}/diff", first.item_id);
    let (status, newest) = desk.get(&path).await;
    assert_eq!((status, &newest["from"], &newest["to"]), (200, &json!(1), &json!(2)));
    let pieces = json!([
        {"sort": "same", "text": "The dam"}, {"sort": "removed", "text": "holds"}, {"sort": "added", "text": "<b>breaks</b>"}
    ]);
    assert_eq!(newest["headline"], pieces);
    assert_eq!(desk.get(&format!("{path}?from=1&to=2")).await.1, newest);
    for wrong in ["?to=3", "?from=0", "?from=9&to=2"] {
        assert_eq!(desk.get(&format!("{path}{wrong}")).await.0, 404, "{wrong}");
    }
    assert_eq!(desk.get("/v1/items/none/diff").await.0, 404);
    assert_eq!(desk.get(&format!("{path}?to=x")).await.0, 400);
    let (_, page) = desk.text(&format!("/items/{}/diff", first.item_id)).await;
    assert!(page.contains("<del>holds</del>") && page.contains("<ins>&#60;b&#62;breaks"), "{page}");
}
