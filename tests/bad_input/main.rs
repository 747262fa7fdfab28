//! Bad input anywhere: one dead letter or one counted repair, with a sentence, and the neighbours go through.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use wiredesk_bus::Record;
use wiredesk_contract::raw::{FeedEntry, RawItem};
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{ItemId, Message, SourceId};
use wiredesk_tests::{BusChoice, Desk, Process, topic};

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Prueba</title>\
         <link>http://example.test/</link><description>d</description>{items}</channel></rss>"
    )
}

fn entry(n: u32, title: &str) -> String {
    format!(
        "<item><title>{title}</title><guid isPermaLink=\"false\">entry-{n}</guid>\
         <description>El pleno de Valdeprado aprobó este martes por unanimidad la reforma de la plaza mayor, con un coste de {n} millones de euros.</description></item>"
    )
}

/// A server whose wires are all bad but one.
async fn bad_wires() -> (String, Vec<toml::Table>) {
    let serve = |body: Vec<u8>| get(async move || ([(header::CONTENT_TYPE, "application/rss+xml")], body));
    let huge = rss(&format!("{}<!-- {} -->", entry(1, "Enorme"), "x".repeat(50 << 20)));
    let invalid = {
        let mut bytes = rss(&entry(2, "Caf@ y bollos")).into_bytes();
        let at = bytes.iter().position(|b| *b == b'@').unwrap_or_default();
        // A lone continuation byte: neither UTF-8 nor declared to be anything else.
        bytes[at] = 0x9f;
        bytes
    };
    let app = Router::new()
        .route("/huge", serve(huge.into_bytes()))
        .route("/broken", serve(b"}{ <<<&&& \x00\x01 no document of any kind".to_vec()))
        .route("/invalid", serve(invalid))
        .route("/good", serve(rss(&entry(3, "La buena")).into_bytes()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let table = |id: &str| {
        toml::toml! { name = "Prueba" language = "es" rights = "full_text" pages = false interval_seconds = 1 allow = ["127.0.0.1/32"] }
            .into_iter()
            .chain([("id".to_owned(), id.into()), ("url".to_owned(), format!("{base}/{id}").into())])
            .collect()
    };
    (base.clone(), ["huge", "broken", "invalid", "good"].iter().map(|id| table(id)).collect())
}

fn raw(n: u32) -> RawItem {
    let source = SourceId::new("by-hand");
    RawItem {
        schema_version: RawItem::VERSION,
        item_id: ItemId::derive(&source, &n.to_string()),
        revision: 1,
        source: SourceRef {
            id: source,
            name: "A mano".to_owned(),
            url: None,
            language: Some("es".to_owned()),
            country: None,
            time_zone: None,
            agency: None,
            rights: Rights::FullText,
        },
        entry: FeedEntry {
            title: format!("Vecina número {n}"),
            content_html: Some(format!(
                "<p>La asociación de vecinos número {n} celebró su asamblea anual en el centro cívico del barrio.</p>"
            )),
            ..FeedEntry::default()
        },
        page: None,
        fetched_at: wall_clock(),
        repairs: Vec::new(),
        partial: false,
    }
}

/// What an operator does with the letters.
async fn dealt_with(desk: &Desk, processes: &mut [Process]) {
    let listed = |more: &[&str]| -> Vec<serde_json::Value> {
        let (code, output) = desk.run(&[&["dead", "list", "--json"], more].concat());
        assert_eq!(code, 0, "{output}");
        output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let id = |letter: &serde_json::Value| letter["dead_id"].as_str().unwrap().to_owned();
    assert_eq!(listed(&[]).len(), 5);
    let refused = listed(&["--reason", "not_this_form"]);
    assert_eq!(refused.len(), 2, "{refused:?}");
    let (code, shown) = desk.run(&["dead", "show", &id(&refused[0])[..10]]);
    assert!(code == 0 && shown.contains("\"payload\""), "{shown}");
    let (code, output) = desk.run(&["dead", "drop", &id(&refused[0]), "--why", "spoilt on purpose"]);
    assert!(code == 0 && output.contains("1 dropped"), "{output}");
    // Sent again with its fault unmended, it comes back under another id.
    let (code, output) = desk.run(&["dead", "retry", &id(&refused[1])]);
    assert!(code == 0 && output.contains("1 sent again"), "{output}");
    desk.until("the letter that comes back", Duration::from_secs(60), processes, async || {
        let letters = topic::read_all(desk, "dead.v1").await.len();
        Ok((letters < 6).then(|| format!("{letters} letters")))
    })
    .await;
    let left = listed(&["--reason", "not_this_form"]);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(!refused.iter().any(|letter| id(letter) == id(&left[0])));
    assert_eq!(listed(&["--all"]).len(), 6);
    asked_for_at_the_api(desk, processes, &id(&left[0])).await;
    let (code, output) = desk.run(&["dead", "retry", "no such id"]);
    assert!(code == 1 && output.contains("there is no dead letter"), "{output}");
    // A document that was too large is no record of a topic.
    let large = listed(&["--reason", "too_large"]);
    let (code, output) = desk.run(&["dead", "retry", &id(&large[0])]);
    assert!(code == 1 && output.contains("cannot be sent again"), "{output}");
}

/// The API may write to no topic: it asks, and the relay sends.
async fn asked_for_at_the_api(desk: &Desk, processes: &mut [Process], letter: &str) {
    let (code, token) = desk.run(&["token", "create", "--name", "desk", "--scope", "read,admin", "--json"]);
    let token: serde_json::Value =
        serde_json::from_str(&token).unwrap_or_else(|e| panic!("{code} {e}: {token}"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let base = format!("http://127.0.0.1:{}/v1/dead", desk.api);
    let send = async |path: &str| {
        let request = http.post(format!("{base}/{path}")).bearer_auth(token["token"].as_str().unwrap());
        request.send().await.unwrap().status().as_u16()
    };
    // Its reader of the letters may be a moment behind.
    desk.until("the letter at the API", Duration::from_secs(60), processes, async || {
        let status = send(&format!("{letter}/retry")).await;
        Ok((status != 202).then(|| format!("status {status}")))
    })
    .await;
    desk.until("the letter that comes back again", Duration::from_secs(60), processes, async || {
        let letters = topic::read_all(desk, "dead.v1").await.len();
        let done: Option<String> =
            sqlx::query_scalar("SELECT action FROM dead_letter_settled WHERE dead_id = $1")
                .bind(letter)
                .fetch_optional(desk.db())
                .await?;
        let well = letters == 7 && done.as_deref() == Some("retried");
        Ok((!well).then(|| format!("{letters} letters, {done:?}")))
    })
    .await;
    // A document is no record, and to drop it is at once.
    let documents: Vec<_> = topic::read_all(desk, "dead.v1")
        .await
        .into_iter()
        .filter(|letter| letter.payload["partition"] == -1)
        .map(|letter| letter.payload["dead_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(send(&format!("{}/retry", documents[0])).await, 409);
}

async fn bad_input(bus: BusChoice) {
    let (_, sources) = bad_wires().await;
    let Some(desk) = Desk::prepare(bus, sources).await else { return };
    let mut processes = [desk.start(&["run"])];
    desk.until("the tables and topics", Duration::from_secs(60), &mut processes, async || {
        let made: bool = sqlx::query_scalar("SELECT count(*) > 0 FROM item").fetch_one(desk.db()).await?;
        Ok((!made).then(|| "no item".to_owned()))
    })
    .await;

    // Between good neighbours: not JSON, JSON of another form, a version from the future.
    let topics = desk.topics();
    let record = |item: &RawItem| Record::of(item, &topics, wall_clock(), None).unwrap();
    let spoilt = |n: u32, payload: &'static str| Record { payload: payload.into(), ..record(&raw(n)) };
    let records = vec![
        record(&raw(1)),
        spoilt(2, "this is no JSON {"),
        record(&raw(3)),
        spoilt(4, r#"{"schema_version": 1, "colour": "red"}"#),
        spoilt(5, r#"{"schema_version": 99, "item_id": "x"}"#),
        record(&raw(6)),
    ];
    desk.bus().await.producer().await.unwrap().send(records).await.unwrap();

    // good, invalid, and three by hand.
    desk.until("the neighbours", Duration::from_secs(60), &mut processes, async || {
        let items: i64 = sqlx::query_scalar("SELECT count(*) FROM item").fetch_one(desk.db()).await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        let polled: i64 = sqlx::query_scalar("SELECT count(*) FROM source WHERE last_poll IS NOT NULL")
            .fetch_one(desk.db())
            .await?;
        let done = items >= 5 && waiting == 0 && polled == 4;
        Ok((!done).then(|| format!("{items} items, {waiting} in the outbox, {polled} sources polled")))
    })
    .await;
    // The bad wires are polled every second: a second letter for the same bytes would come now.
    let polls = async || -> i64 {
        sqlx::query_scalar("SELECT coalesce(max(failures), 0) FROM source WHERE id = 'broken'")
            .fetch_one(desk.db())
            .await
            .map(|n: i32| i64::from(n))
            .unwrap_or_default()
    };
    desk.until("more polls of the broken wire", Duration::from_secs(60), &mut processes, async || {
        let polls = polls().await;
        Ok((polls < 2).then(|| format!("{polls} polls")))
    })
    .await;

    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    for letter in topic::read_all(&desk, "dead.v1").await {
        let explanation = letter.payload["explanation"].as_str().unwrap_or_default().to_owned();
        assert!(explanation.split_whitespace().count() >= 5, "no sentence for a person: {explanation:?}");
        *reasons.entry(letter.payload["reason"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    assert_eq!(reasons.get("not_this_form"), Some(&2), "{reasons:?}");
    assert_eq!(reasons.get("unknown_version"), Some(&1), "{reasons:?}");
    assert_eq!(reasons.get("too_large"), Some(&1), "{reasons:?}");
    assert_eq!(
        reasons.values().sum::<u32>(),
        5,
        "one letter each, however often the wire is polled: {reasons:?}"
    );

    let headlines: Vec<String> =
        sqlx::query_scalar("SELECT headline FROM item ORDER BY headline").fetch_all(desk.db()).await.unwrap();
    assert_eq!(headlines.len(), 5, "{headlines:?}");
    assert!(headlines.iter().any(|h| h == "La buena"), "{headlines:?}");
    assert!(headlines.iter().any(|h| h.starts_with("Caf") && h.ends_with("y bollos")), "{headlines:?}");
    let errors: BTreeMap<String, Option<String>> =
        sqlx::query_as::<_, (String, Option<String>)>("SELECT id, last_error FROM source")
            .fetch_all(desk.db())
            .await
            .unwrap()
            .into_iter()
            .collect();
    assert!(errors["huge"].is_some() && errors["broken"].is_some() && errors["good"].is_none(), "{errors:?}");
    dealt_with(&desk, &mut processes).await;
    let [process] = processes;
    assert!(process.stop(Duration::from_secs(30)).is_some_and(|s| s.success()));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_on_the_postgres_bus() {
    bad_input(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_on_kafka() {
    bad_input(BusChoice::Kafka).await;
}
