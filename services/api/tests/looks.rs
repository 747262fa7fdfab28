//! Wires that are looked at before they are listed: what the API asks of a fetcher and tells of its answers, on a real Postgres. The
//! fetcher's half is in services/fetcher/tests/looks.rs.
use crate::desk::Desk;
use serde_json::{Value, json};
use wiredesk_contract::time::wall_clock;
use wiredesk_store::source::look::{self as table, LookState, OtherWire, Preview};

const SITE: &str = "https://nu.example/";
const FEED: &str = "https://nu.example/rss";
const SPORT: &str = "https://nu.example/sport.xml";

/// The API, and an admin who may read.
struct Admin {
    desk: Desk,
    bearer: String,
}

impl Admin {
    async fn at_a_desk() -> Option<Self> {
        let desk = Desk::open().await?;
        let token = crate::desk::token(&desk, &["read", "admin"], 600, chrono::Duration::hours(1)).await;
        let bearer = format!("Bearer {}", token.reveal());
        Some(Self { desk, bearer })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let mut answer = request.header("authorization", &self.bearer).send().await.unwrap();
        let status = answer.status().as_u16();
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await.unwrap() {
            text.extend_from_slice(&chunk);
        }
        (status, serde_json::from_slice(&text).unwrap())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.desk.http.get(format!("{}{path}", self.desk.base))).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.desk.http.post(format!("{}{path}", self.desk.base));
        self.send(request.header("content-type", "application/json").body(body.to_string())).await
    }
}

fn preview() -> Preview {
    Preview {
        url: FEED.into(),
        form: "RSS 2.0".into(),
        title: Some("Agencia Ñu".into()),
        language: Some("es".into()),
        items: 2,
        headlines: vec!["La ñu <vuelve>".into()],
        remarks: vec!["it has no ETag".into()],
        others: vec![OtherWire {
            url: SPORT.into(),
            title: Some("Deporte".into()),
            form: "Atom".into(),
            items: 1,
        }],
        ..Preview::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_is_seen_and_then_wanted_as_it_was_seen() {
    let Some(admin) = Admin::at_a_desk().await else { return };
    let db = admin.desk.pg.pool();
    let (status, asked) = admin.post("/v1/looks", &json!({"url": format!("  {SITE} ")})).await;
    assert_eq!((status, &asked["state"], &asked["url"]), (202, &json!("asked"), &json!(SITE)), "{asked}");
    let id = asked["id"].as_str().unwrap();
    // Nothing can be listed that nobody has seen.
    let (status, problem) = admin.post(&format!("/v1/looks/{id}/list"), &json!({})).await;
    assert_eq!(
        (status, problem["detail"].as_str().unwrap()),
        (409, "the wire cannot be listed now: the look is asked")
    );

    table::answer(db, id, Ok(&preview()), wall_clock()).await.unwrap();
    let (_, seen) = admin.get(&format!("/v1/looks/{id}")).await;
    assert_eq!((&seen["state"], &seen["preview"]["form"]), (&json!("seen"), &json!("RSS 2.0")), "{seen}");
    // Only what was seen: another address has not been looked at.
    let elsewhere = json!({"url": "https://other.example/rss"});
    let (status, _) = admin.post(&format!("/v1/looks/{id}/list"), &elsewhere).await;
    assert_eq!(status, 400);

    let wish =
        json!({"url": SPORT, "name": " Ñu Deporte ", "language": "es", "rights": "full_text", "pages": true});
    let (status, wanted) = admin.post(&format!("/v1/looks/{id}/list"), &wish).await;
    assert_eq!((status, &wanted["state"]), (202, &json!("wanted")), "{wanted}");
    let as_wanted =
        json!({"url": SPORT, "name": "Ñu Deporte", "language": "es", "rights": "full_text", "pages": true});
    assert_eq!(wanted["wish"], as_wanted);
    let (status, _) = admin.post(&format!("/v1/looks/{id}/list"), &json!({})).await;
    assert_eq!(status, 409, "it is on its way");

    // What was refused may be wanted otherwise; what is left out is as it was seen.
    table::refuse(db, id, "it is listed already", wall_clock()).await.unwrap();
    let (status, wanted) = admin.post(&format!("/v1/looks/{id}/list"), &json!({})).await;
    assert_eq!(
        (status, &wanted["wish"]["url"], &wanted["wish"]["rights"]),
        (202, &json!(FEED), &json!("headline"))
    );
    assert_eq!(wanted["error"], Value::Null);
    let audit: Vec<(String, Value)> =
        sqlx::query_as("SELECT action, detail FROM admin_audit ORDER BY at").fetch_all(db).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["source.look", "source.add", "source.add"]);
    assert_eq!((&audit[0].1["url"], &audit[1].1["wish"]["url"]), (&json!(SITE), &json!(SPORT)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_address_is_and_too_much_is_refused() {
    let Some(admin) = Admin::at_a_desk().await else { return };
    for wrong in [
        json!({}),
        json!({"url": "   "}),
        json!({"url": "a\u{0}"}),
        json!({"url": "x".repeat(2001)}),
        json!({"url": SITE, "x": 1}),
    ] {
        let (status, problem) = admin.post("/v1/looks", &wrong).await;
        assert_eq!(status, 400, "{wrong}: {problem}");
    }
    for n in 0..20 {
        let (status, _) = admin.post("/v1/looks", &json!({"url": format!("n{n}.example")})).await;
        assert_eq!(status, 202);
    }
    let (status, problem) = admin.post("/v1/looks", &json!({"url": SITE})).await;
    assert_eq!(status, 409, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("is a fetcher running?"), "{problem}");
    assert_eq!(admin.get("/v1/looks/nothing").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_taken_by_one_fetcher_and_again_after_its_lease() {
    let Some(pg) = wiredesk_testkit::postgres().await else { return };
    let (db, now) = (pg.pool(), wall_clock());
    let minute = chrono::Duration::minutes(1);
    for id in ["a", "b"] {
        table::ask(db, id, SITE, "somebody", now).await.unwrap();
    }
    let taken = table::take(db, now, now + minute, 5).await.unwrap();
    assert_eq!(taken.len(), 2);
    assert!(table::take(db, now, now + minute, 5).await.unwrap().is_empty(), "they are another's");
    table::answer(db, "a", Err("it cannot be fetched"), now).await.unwrap();
    let again = table::take(db, now + minute, now + minute * 2, 5).await.unwrap();
    assert_eq!(again.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(), ["b"], "the first is answered");
    let unseen = table::find(db, "a").await.unwrap().unwrap();
    assert_eq!((unseen.state, unseen.error.as_deref()), (LookState::Unseen, Some("it cannot be fetched")));
    assert!(
        !table::want(
            db,
            "a",
            &wiredesk_store::source::look::Wish {
                url: FEED.into(),
                name: String::new(),
                language: None,
                rights: Default::default(),
                pages: false
            },
            now
        )
        .await
        .unwrap()
    );
    table::forget(db, now + minute).await.unwrap();
    assert_eq!(table::waiting(db).await.unwrap(), 0);
}
