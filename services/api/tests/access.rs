//! Who is let in: tokens, scopes, limits, sessions, over HTTP on a real Postgres.
use std::time::Duration;

use crate::desk::{Desk, insert, item, token};
use reqwest::{Method, Response};
use serde_json::Value;
use wiredesk_api::Config;
use wiredesk_api::auth::token::Token;
use wiredesk_api::config::Access;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::token as table;

async fn closed() -> Option<Desk> {
    closed_with(Config::default()).await
}

async fn closed_with(config: Config) -> Option<Desk> {
    Desk::open_with(Config { access: Access::Token, ..config }).await
}

async fn reader(desk: &Desk) -> Token {
    token(desk, &["read"], 600, chrono::Duration::hours(1)).await
}

async fn ask(desk: &Desk, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = desk.http.request(method, format!("{}{path}", desk.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn bearer(desk: &Desk, method: Method, path: &str, token: &Token) -> Response {
    ask(desk, method, path, &[("authorization", &format!("Bearer {}", token.reveal()))]).await
}

async fn body(mut answer: Response) -> String {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).unwrap()
}

async fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(&body(answer).await).unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["detail"].as_str().unwrap().to_owned())
}

const ALL: [&str; 22] = [
    "/v1/looks/x",
    "/v1/entities",
    "/v1/entities/x",
    "/v1/items/x/cleaning",
    "/v1/socket",
    "/v1/alerts",
    "/v1/items/x/diff",
    "/v1/dead",
    "/v1/dead/x",
    "/v1/pipeline",
    "/v1/figures",
    "/pipeline",
    "/sources",
    "/v1/items",
    "/v1/items/x",
    "/v1/stories",
    "/v1/stories/x",
    "/v1/sources",
    "/v1/stream",
    "/",
    "/rows/x",
    "/nothing",
];

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_nothing_is_read() {
    let Some(desk) = closed().await else { return };
    let expired = token(&desk, &["read"], 600, chrono::Duration::hours(-1)).await;
    let revoked = reader(&desk).await;
    table::revoke(desk.pg.pool(), revoked.id(), wall_clock()).await.unwrap();
    let admin_only = token(&desk, &["admin"], 600, chrono::Duration::hours(1)).await;
    let unknown = Token::generate();
    let other_secret = {
        // The id of a token that is good, and a secret that is not its own; the checksum is right.
        let good = reader(&desk).await;
        with_checksum(&format!("wd_{}{}", good.id(), &Token::generate().reveal()[11..54]))
    };
    for path in ALL {
        for (headers, status, words) in [
            (vec![], 401, "this needs a token"),
            (vec![("authorization", "Bearer wd_short".to_owned())], 401, "not known here"),
            (vec![("authorization", "Basic d2lyZTpkZXNr".to_owned())], 401, "not known here"),
            (vec![("authorization", format!("Bearer {}", unknown.reveal()))], 401, "not known here"),
            (vec![("authorization", format!("Bearer {other_secret}"))], 401, "not known here"),
            (vec![("authorization", format!("Bearer {}", expired.reveal()))], 401, "has expired"),
            (vec![("authorization", format!("Bearer {}", revoked.reveal()))], 401, "was revoked"),
            (vec![("authorization", format!("Bearer {}", admin_only.reveal()))], 403, "the scope read"),
            (vec![("cookie", format!("wiredesk={}", expired.reveal()))], 401, "has expired"),
        ] {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let answer = ask(&desk, Method::GET, path, &headers).await;
            assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer realm="));
            let (found, detail) = problem(answer).await;
            assert_eq!(found, status, "{path} {words}: {detail}");
            assert!(detail.contains(words), "{path}: {detail}");
        }
    }
    // What everyone may see.
    for path in ["/v1/openapi.json", "/assets/wiredesk.css", "/login"] {
        assert_eq!(ask(&desk, Method::GET, path, &[]).await.status(), 200, "{path}");
    }
}

/// A text that lacks its checksum, whole: as anyone can compute it who knows the form.
fn with_checksum(text: &str) -> String {
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(
                crc ^ u32::from(byte),
                |c, _| {
                    if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }
                },
            )
        })
    }
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = crc(text.as_bytes());
    let mut sum = [b'0'; 6];
    for digit in sum.iter_mut().rev() {
        *digit = digits[(left % 62) as usize];
        left /= 62;
    }
    let whole = format!("{text}{}", std::str::from_utf8(&sum).unwrap());
    assert!(Token::read(&whole).is_some());
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_reads_and_its_use_is_noted_once() {
    let Some(desk) = closed().await else { return };
    insert(desk.pg.pool(), &item(1, "es", "Uno")).await;
    let token = reader(&desk).await;
    for _ in 0..3 {
        let answer = bearer(&desk, Method::GET, "/v1/items", &token).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["ratelimit-policy"], "\"minute\";q=600;w=60");
        assert!(body(answer).await.contains("Uno"));
    }
    let used = table::find(desk.pg.pool(), token.id()).await.unwrap().unwrap().last_used.unwrap();
    table::used(desk.pg.pool(), token.id(), used + chrono::Duration::minutes(9)).await.unwrap();
    assert_eq!(table::find(desk.pg.pool(), token.id()).await.unwrap().unwrap().last_used, Some(used));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_refused_within_seconds_and_its_stream_ends() {
    let Some(desk) = closed().await else { return };
    let token = reader(&desk).await;
    let mut stream = bearer(&desk, Method::GET, "/v1/stream", &token).await;
    assert_eq!(stream.status(), 200);
    assert!(stream.chunk().await.unwrap().is_some());
    assert!(table::revoke(desk.pg.pool(), token.id(), wall_clock()).await.unwrap());
    let refused = async {
        while bearer(&desk, Method::GET, "/v1/items", &token).await.status() != 401 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        while stream.chunk().await.unwrap().is_some() {}
    };
    tokio::time::timeout(Duration::from_secs(60), refused).await.expect("refused, and the stream ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_an_address_is_refused_and_not_repeated() {
    let Some(desk) = closed().await else { return };
    let token = reader(&desk).await;
    for path in ["/v1/items?token=", "/v1/items?q=", "/v1/items/", "/?access_token=", "/login?"] {
        let answer = ask(&desk, Method::GET, &format!("{path}{}", token.reveal()), &[]).await;
        let (status, detail) = problem(answer).await;
        assert_eq!(status, 400, "{path}");
        assert!(detail.contains("revoke this one") && !detail.contains(token.id()), "{detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_has_a_share() {
    let Some(desk) = closed_with(Config { anonymous_per_minute: 3, ..Config::default() }).await else {
        return;
    };
    let [slow, other] = [
        token(&desk, &["read"], 2, chrono::Duration::hours(1)).await,
        token(&desk, &["read"], 2, chrono::Duration::hours(1)).await,
    ];
    // The first look at a token counts for the address: who asks for unknown ones is a stranger.
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(bearer(&desk, Method::GET, "/v1/sources", &slow).await.status().as_u16());
    }
    assert_eq!(seen, [200, 200, 429]);
    let answer = bearer(&desk, Method::GET, "/v1/sources", &slow).await;
    assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(answer.headers()["ratelimit"].to_str().unwrap().split(';').nth(1), Some("r=0"));
    assert!(problem(answer).await.1.starts_with("too many requests"));
    assert_eq!(bearer(&desk, Method::GET, "/v1/sources", &other).await.status(), 200);
    // Without a token: the address's own share, of which two looks are gone.
    assert_eq!(ask(&desk, Method::GET, "/v1/openapi.json", &[]).await.status(), 200);
    assert_eq!(ask(&desk, Method::GET, "/v1/openapi.json", &[]).await.status(), 429);
    // A stranger who uses up the address's share does not shut out those who are known.
    assert_eq!(bearer(&desk, Method::GET, "/v1/sources", &other).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_changes_things_and_it_is_written_down() {
    for access in [Access::Open, Access::Token] {
        let Some(desk) = Desk::open_with(Config { access, ..Config::default() }).await else { return };
        sqlx::query(
            "INSERT INTO source (id, name, url, config, interval_seconds, next_poll) VALUES ('wire', 'Wire', 'https://wire.example/', '{}', 60, now())",
        )
        .execute(desk.pg.pool())
        .await
        .unwrap();
        let [read, admin] =
            [reader(&desk).await, token(&desk, &["read", "admin"], 600, chrono::Duration::hours(1)).await];
        let pause = "/v1/sources/wire/pause";
        assert_eq!(problem(ask(&desk, Method::POST, pause, &[]).await).await.0, 401);
        let (status, detail) = problem(bearer(&desk, Method::POST, pause, &read).await).await;
        assert_eq!((status, detail.contains("the scope admin")), (403, true), "{detail}");
        assert_eq!(problem(bearer(&desk, Method::POST, "/v1/sources/none/pause", &admin).await).await.0, 404);
        let paused = |desk: &Desk| {
            let db = desk.pg.pool().clone();
            async move {
                sqlx::query_scalar::<_, bool>("SELECT paused FROM source WHERE id = 'wire'")
                    .fetch_one(&db)
                    .await
                    .unwrap()
            }
        };
        assert!(!paused(&desk).await);
        let authorization = format!("Bearer {}", admin.reveal());
        let send = |path: &'static str, kind: &'static str, body: &'static str| {
            let request = desk.http.post(format!("{}{path}", desk.base));
            request.header("authorization", &authorization).header("content-type", kind).body(body).send()
        };
        let answer = send(pause, "application/json", r#"{"reason":"agency asked"}"#).await.unwrap();
        assert_eq!(answer.status(), 200, "{}", body(answer).await);
        assert!(paused(&desk).await);
        for (kind, text, status) in [
            ("text/plain", "{}", 415),
            ("application/json", "{", 400),
            ("application/json", "[]", 400),
            ("application/json", r#"{"why":"x"}"#, 400),
            ("application/json", r#"{"reason":"a\u0000b"}"#, 400),
        ] {
            assert_eq!(problem(send(pause, kind, text).await.unwrap()).await.0, status, "{kind} {text}");
        }
        assert_eq!(bearer(&desk, Method::POST, "/v1/sources/wire/resume", &admin).await.status(), 200);
        assert!(!paused(&desk).await);
        let audit = wiredesk_store::audit_log::of(desk.pg.pool(), "wire").await.unwrap();
        let told: Vec<_> = audit.iter().map(|e| (e.action.as_str(), e.reason.as_str())).collect();
        assert_eq!(told, [("source.pause", "agency asked"), ("source.resume", "")]);
        assert_eq!(audit[0].actor, format!("token {} (test)", admin.id()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_a_session_that_other_pages_cannot_use() {
    let Some(mut desk) = closed().await else { return };
    let no_redirects = reqwest::redirect::Policy::none();
    desk.http = reqwest::Client::builder().no_proxy().redirect(no_redirects).build().unwrap();
    let html = ("accept", "text/html,*/*");
    let answer = ask(&desk, Method::GET, "/", &[html]).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, "/login"));

    let token = token(&desk, &["read", "admin"], 600, chrono::Duration::hours(1)).await;
    let own = desk.base.clone();
    let login = |origin: Option<&'static str>, site: Option<&'static str>, text: String| {
        let mut request = desk.http.post(format!("{own}/login")).body(format!("token={text}"));
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", if origin == "own" { own.clone() } else { origin.to_owned() });
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        request.send()
    };
    let good = || token.reveal().to_owned();
    for (origin, site) in [
        (None, None),
        (Some("http://other.example"), None),
        (Some("own"), Some("cross-site")),
        (Some("null"), None),
    ] {
        assert_eq!(problem(login(origin, site, good()).await.unwrap()).await.0, 403, "{origin:?} {site:?}");
    }
    let wrong = login(Some("own"), None, Token::generate().reveal().to_owned()).await.unwrap();
    assert_eq!(wrong.status(), 401);
    assert!(!wrong.headers().contains_key("set-cookie") && body(wrong).await.contains("not known here"));
    let answer = login(Some("own"), Some("same-origin"), good()).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let session = ("cookie", cookie.as_str());
    let page = ask(&desk, Method::GET, "/", &[html, session]).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(body(page).await.contains("Log out"));
    assert_eq!(ask(&desk, Method::GET, "/v1/stream", &[session]).await.status(), 200);
    // A foreign page that makes the browser send the cookie all the same.
    let foreign = [session, ("origin", "http://other.example")];
    for path in ["/v1/sources/wire/pause", "/logout"] {
        assert_eq!(problem(ask(&desk, Method::POST, path, &foreign).await).await.0, 403, "{path}");
        assert_eq!(problem(ask(&desk, Method::POST, path, &[session]).await).await.0, 403, "{path}");
    }
    let own_page = [session, ("sec-fetch-site", "same-origin")];
    assert_eq!(problem(ask(&desk, Method::POST, "/v1/sources/wire/pause", &own_page).await).await.0, 404);
    let answer = ask(&desk, Method::POST, "/logout", &own_page).await;
    assert!(
        answer.headers()["set-cookie"].to_str().unwrap().contains("wiredesk=; ") && answer.status() == 303
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_desk_answers_to_its_own_names_alone() {
    let Some(desk) = Desk::open().await else { return };
    for (host, status) in [("localhost", 200), ("rebound.example", 421), ("127.0.0.1", 200)] {
        assert_eq!(ask(&desk, Method::GET, "/v1/items", &[("host", host)]).await.status(), status, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reader_does_not_take_all_streams() {
    let Some(desk) = Desk::open_with(Config { streams_per_reader: 2, ..Config::default() }).await else {
        return;
    };
    let first = desk.stream("", None).await;
    let _second = desk.stream("", None).await;
    assert_eq!(problem(ask(&desk, Method::GET, "/v1/stream", &[]).await).await.0, 429);
    let token = reader(&desk).await;
    assert_eq!(bearer(&desk, Method::GET, "/v1/stream", &token).await.status(), 200);
    drop(first);
    let free = async {
        while ask(&desk, Method::GET, "/v1/stream", &[]).await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), free).await.expect("the seat is given back");
}

#[test]
fn open_to_other_machines_must_be_said() {
    let listen = "0.0.0.0:0".to_owned();
    let error = Config { listen: listen.clone(), ..Config::default() }.check().unwrap_err().to_string();
    assert!(
        error.contains("api.access = \"token\"") && error.contains("api.open_to_network = true"),
        "{error}"
    );
    assert!(Config { listen, open_to_network: true, ..Config::default() }.check().is_ok());
}
