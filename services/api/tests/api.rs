//! The API over HTTP, on a real Postgres with the Postgres bus.
use crate::desk::{Desk, headlines, insert, item};
use serde_json::Value;
use wiredesk_api::Config;
use wiredesk_bus::Record;
use wiredesk_contract::Item;

#[tokio::test(flavor = "multi_thread")]
async fn lists_page_by_page_and_filter() {
    let Some(desk) = Desk::open().await else { return };
    for n in 1..=5 {
        let mut one = item(n, if n < 4 { "es" } else { "fr" }, &format!("Noticia {n}"));
        if n == 2 {
            one.verdict.duplicate_of = Some(item(1, "es", "").item_id);
        }
        insert(desk.pg.pool(), &one).await;
    }
    let (status, first) = desk.get("/v1/items?limit=2").await;
    assert_eq!(status, 200);
    assert_eq!(headlines(&first), ["Noticia 5", "Noticia 4"]);
    // An item that comes in between does not shift the next page.
    insert(desk.pg.pool(), &item(9, "es", "Noticia 9")).await;
    let cursor = first["next"].as_str().unwrap();
    let (_, second) = desk.get(&format!("/v1/items?limit=2&cursor={cursor}")).await;
    assert_eq!(headlines(&second), ["Noticia 3", "Noticia 2"]);
    let cursor = second["next"].as_str().unwrap();
    let (_, third) = desk.get(&format!("/v1/items?limit=2&cursor={cursor}")).await;
    assert_eq!(headlines(&third), ["Noticia 1"]);
    assert!(third["next"].is_null());

    assert_eq!(headlines(&desk.get("/v1/items?language=fr").await.1), ["Noticia 5", "Noticia 4"]);
    assert_eq!(
        headlines(&desk.get("/v1/items?language=fr,es&source=even").await.1),
        ["Noticia 4", "Noticia 2"]
    );
    assert_eq!(headlines(&desk.get("/v1/items?source=even&duplicates=false").await.1), ["Noticia 4"]);
    assert_eq!(headlines(&desk.get("/v1/items?q=noticia+3").await.1), ["Noticia 3"]);
    assert_eq!(headlines(&desk.get("/v1/items?q=&language=&source=odd&limit=1").await.1), ["Noticia 9"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_seen_in_order_with_edits() {
    let Some(desk) = Desk::open().await else { return };
    insert(desk.pg.pool(), &item(1, "es", "Uno")).await;
    insert(desk.pg.pool(), &item(2, "es", "Dos")).await;
    let all = desk.changed("", 2).await;
    assert_eq!(headlines(&all), ["Uno", "Dos"]);
    let next = all["next"].as_str().unwrap().to_owned();
    let (_, none) = desk.get(&format!("/v1/items?changed_after={next}")).await;
    assert!(headlines(&none).is_empty());
    assert_eq!(none["next"], next.as_str());

    // A transaction that is still open holds back what was written after it began, so that nothing is skipped.
    let mut open = desk.pg.pool().begin().await.unwrap();
    sqlx::query("SELECT pg_current_xact_id()").execute(&mut *open).await.unwrap();
    let mut edited = item(1, "es", "Uno, corregido");
    edited.version = 2;
    insert(desk.pg.pool(), &edited).await;
    assert!(headlines(&desk.get(&format!("/v1/items?changed_after={next}")).await.1).is_empty());
    open.commit().await.unwrap();
    assert_eq!(headlines(&desk.changed(&next, 1).await), ["Uno, corregido"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_item_has_its_versions_repeats_and_formats() {
    let Some(desk) = Desk::open().await else { return };
    let original = item(1, "es", "Uno");
    insert(desk.pg.pool(), &original).await;
    let mut edited = item(1, "es", "Uno, ampliado");
    edited.version = 2;
    insert(desk.pg.pool(), &edited).await;
    let mut repeat = item(2, "es", "Uno otra vez");
    repeat.verdict.duplicate_of = Some(original.item_id.clone());
    insert(desk.pg.pool(), &repeat).await;

    let (status, detail) = desk.get(&format!("/v1/items/{}", original.item_id)).await;
    assert_eq!(status, 200);
    assert_eq!(detail["item"]["headlines"][0]["value"], "Uno, ampliado");
    let versions: Vec<_> =
        detail["versions"].as_array().unwrap().iter().map(|v| v["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, [1, 2]);
    assert_eq!(detail["repeated_by"][0], repeat.item_id.as_str());

    let (_, ninjs) = desk.get(&format!("/v1/items/{}?format=ninjs", original.item_id)).await;
    assert_eq!(ninjs["uri"], original.uri.as_str());
    assert_eq!(ninjs["headlines"][0]["value"], "Uno, ampliado");

    let (status, page) = desk.text(&format!("/items/{}", original.item_id)).await;
    assert_eq!(status, 200);
    assert!(page.contains("<h1 lang=\"es\" dir=\"auto\">Uno, ampliado</h1>"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_problems_with_a_sentence() {
    let Some(desk) = Desk::open().await else { return };
    for (path, status, words) in [
        ("/v1/items/none", 404, "there is no item none"),
        ("/v1/stories/none", 404, "there is no story none"),
        ("/v1/nothing", 404, "there is no page /v1/nothing"),
        ("/v1/items?cursor=x", 400, "start without it"),
        ("/v1/items?limit=0", 400, "ask for 1 to 200"),
        ("/v1/items?limit=many", 400, "limit"),
        ("/v1/items?colour=red", 400, "colour"),
        ("/v1/items?since=yesterday", 400, "2026-02-15T09:30:00Z"),
        ("/v1/items?until=tomorrow", 400, "2026-02-15T09:30:00Z"),
        ("/v1/items?changed_after=x", 400, "leave its value empty"),
        ("/v1/stream?last_event_id=x", 400, "leave Last-Event-ID out"),
        ("/v1/stream?last_event_id=4711.1", 400, "no partition 4711"),
        ("/v1/items?limit=99999999999999999999", 400, "limit"),
        ("/v1/items?q=a%00b", 400, "NUL"),
        ("/v1/items/%00", 400, "NUL"),
        ("/v1/items/%ff", 400, "UTF-8"),
        ("/v1/items?cursor=LTkyMjMzNzIwMzY4NTQ3NzU4MDh8YQ", 400, "start without it"),
        ("/v1/items?cursor=MTc5MDAwMDAwMDEyMzQ1NnxhAGI", 400, "NUL"),
        ("/v1/items?since=-262143-01-01T00:00:00Z", 400, "2026-02-15T09:30:00Z"),
        ("/v1/items?changed_after=18446744073709551616.1", 400, "leave its value empty"),
        ("/v1/items?changed_after=1.9223372036854775808", 400, "leave its value empty"),
        ("/v1/items?kind=gossip", 400, "news, planning"),
        ("/v1/stories?limit=0", 400, "ask for 1 to 200"),
    ] {
        let (found, problem) = desk.get(path).await;
        assert_eq!(found, status, "{path}: {problem}");
        assert_eq!(problem["status"], status, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_is_live_filtered_and_resumes_without_a_gap() {
    let Some(desk) = Desk::open().await else { return };
    let mut live = desk.stream("?language=es", None).await;
    assert!(live.next().await.contains_key("id"), "a place at once");
    desk.publish(&item(1, "fr", "Un")).await;
    desk.publish(&item(2, "es", "Dos")).await;
    let event = live.next().await;
    assert_eq!(event["event"], "news.item.published");
    assert_eq!(serde_json::from_str::<Item>(&event["data"]).unwrap().headline(), "Dos");
    let place = event["id"].clone();
    drop(live);

    // What is published while nobody listens is not lost, and nothing comes twice.
    for n in 3..=12 {
        desk.publish(&item(n, "es", &n.to_string())).await;
    }
    let mut resumed = desk.stream("?language=es", Some(&place)).await;
    resumed.next().await;
    desk.publish(&item(13, "es", "13")).await;
    let mut seen = Vec::new();
    while seen.len() < 11 {
        seen.push(
            serde_json::from_str::<Item>(&resumed.next().await["data"])
                .unwrap()
                .headline()
                .parse::<u32>()
                .unwrap(),
        );
    }
    seen.sort_unstable();
    assert_eq!(seen, (3..=13).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_falls_behind_is_sent_away_and_comes_back_for_all() {
    // More than a connection and the buffer for slow readers hold together.
    const ALL: u32 = 1_200;
    let config = Config { stream_buffer: 300, ..Config::default() };
    let Some(desk) = Desk::open_with(config).await else { return };
    let number = |event: &std::collections::BTreeMap<String, String>| -> u32 {
        let item: Item = serde_json::from_str(&event["data"]).unwrap();
        item.headline().split(' ').next().unwrap().parse().unwrap()
    };
    let mut slow = desk.stream("", None).await;
    let mut quick = desk.stream("", None).await;
    quick.next().await;
    let producer = desk.bus.producer().await.unwrap();
    let long = "x".repeat(40_000);
    for n in (1..=ALL).step_by(50) {
        let items = (n..n + 50).map(|n| item(n, "es", &format!("{n} {long}")));
        let records = items.map(|item| Record::of(&item, &desk.topics, item.version_created, None).unwrap());
        producer.send(records.collect()).await.unwrap();
        for _ in 0..50 {
            assert_eq!(quick.next().await["event"], "news.item.published");
        }
    }

    let mut seen = Vec::new();
    let last = loop {
        let event = slow.next().await;
        match event.get("event").map(String::as_str) {
            Some("wiredesk.behind") => break event["id"].clone(),
            Some(_) => seen.push(number(&event)),
            None => {}
        }
    };
    assert!(!seen.is_empty() && seen.len() < ALL as usize, "{}", seen.len());
    // Nothing comes after that: it would move the client's id over what it has not had.
    assert!(slow.buffer.is_empty(), "{}", slow.buffer);
    let end = tokio::time::timeout(std::time::Duration::from_secs(20), slow.answer.chunk()).await;
    assert_eq!(end.expect("an end within 20 s").unwrap(), None);
    let mut resumed = desk.stream("", Some(&last)).await;
    resumed.next().await;
    while seen.len() < ALL as usize {
        seen.push(number(&resumed.next().await));
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=ALL).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_copy_is_shown_as_text() {
    let Some(desk) = Desk::open().await else { return };
    let mut hostile = item(1, "es", "<script>alert(1)</script>");
    hostile.url = Some("javascript:alert(1)".to_owned());
    insert(desk.pg.pool(), &hostile).await;
    for path in ["/".to_owned(), format!("/items/{}", hostile.item_id), format!("/rows/{}", hostile.item_id)]
    {
        let (status, page) = desk.text(&path).await;
        assert_eq!(status, 200, "{path}");
        assert!(!page.contains("<script>alert") && !page.contains("javascript:alert"), "{path}: {page}");
    }
    let answer = desk.http.get(&desk.base).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(answer.headers()["permissions-policy"].to_str().unwrap().contains("camera=()"));
}

#[test]
fn the_committed_openapi_document_is_up_to_date() {
    let committed = include_str!("../../../schemas/openapi.json");
    let committed: Value = serde_json::from_str(committed).unwrap();
    assert!(
        committed == wiredesk_api::openapi::document(),
        "schemas/openapi.json is stale: run `make schemas`"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_what_the_openapi_document_says() {
    let Some(desk) = Desk::open().await else { return };
    insert(desk.pg.pool(), &item(1, "es", "Uno")).await;
    let document = wiredesk_api::openapi::document();
    let id = item(1, "es", "").item_id;
    for (path, schema) in [
        ("/v1/items".to_owned(), "ItemList"),
        (format!("/v1/items/{id}"), "ItemDetail"),
        ("/v1/stories".to_owned(), "StoryList"),
        ("/v1/sources".to_owned(), "SourceList"),
        ("/v1/items/none".to_owned(), "Problem"),
    ] {
        let mut root = serde_json::json!({"$ref": format!("#/components/schemas/{schema}")});
        root["components"] = document["components"].clone();
        let validator = jsonschema::validator_for(&root).unwrap();
        let (_, answer) = desk.get(&path).await;
        let errors: Vec<String> =
            validator.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
    }
}
