//! `wiredesk token …` and what it opens: the executable itself, with a real Postgres.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use std::sync::{Arc, Mutex};

use crate::common::wiredesk;
use serde_json::Value;
use wiredesk_testkit::TestPostgres;

struct Desk {
    postgres: TestPostgres,
    config: PathBuf,
}

impl Desk {
    async fn open() -> Option<Self> {
        let postgres = wiredesk_testkit::postgres().await?;
        let config = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-token"));
        let text = "[api]\nlisten = \"127.0.0.1:0\"\naccess = \"token\"\n[admin]\nlisten = \"127.0.0.1:0\"\n[log]\nformat = \"json\"\n";
        std::fs::write(&config, text).unwrap();
        Some(Self { postgres, config })
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut all = args.to_vec();
        let config = self.config.display().to_string();
        all.extend(["--config", &config]);
        wiredesk(&all).env("DATABASE_URL", self.postgres.url()).env("USER", "nora").output().unwrap()
    }

    fn well(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.run(args);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    fn made(&self, args: &[&str]) -> Value {
        let mut all = vec!["token", "create", "--json"];
        all.extend(args);
        serde_json::from_str(&self.well(&all)).unwrap()
    }

    fn listed(&self) -> Vec<Value> {
        self.well(&["token", "list", "--json"]).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.config);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_listed_and_revoked() {
    let Some(desk) = Desk::open().await else { return };
    assert!(desk.well(&["token", "list"]).starts_with("no tokens"));
    let shown = desk.well(&["token", "create", "--name", "screen in the newsroom"]);
    assert_eq!((shown.len(), &shown[..3]), (61, "wd_"));
    let made = desk.made(&["--name", "bot", "--scope", "read,admin", "--expires", "12h", "--rate", "30/min"]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(&made["token"].as_str().unwrap()[3..11], id);
    assert_eq!((&made["scopes"][0], &made["rate_per_minute"]), (&"admin".into(), &30.into()));

    let listed = desk.listed();
    assert_eq!(
        listed.iter().map(|t| t["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["bot", "screen in the newsroom"]
    );
    assert!(
        listed.iter().all(|t| t["state"] == "good" && t.get("token").is_none() && t.get("hash").is_none())
    );
    assert!(desk.well(&["token", "list"]).contains("screen in the newsroom"));

    let (code, said) = desk.refused(&["token", "revoke", id, "nonesuch"]);
    assert_eq!((code, said.contains("there is no token nonesuch")), (Some(1), true), "{said}");
    assert!(desk.listed().iter().all(|t| t["state"] == "good"), "all or none");
    desk.well(&["token", "revoke", id, "--why", "lost laptop"]);
    assert_eq!(desk.listed()[0]["state"], "revoked");
    assert!(desk.refused(&["token", "revoke", id]).1.contains("was revoked before"));

    let audit = wiredesk_store::audit_log::of(desk.postgres.pool(), id).await.unwrap();
    let told: Vec<_> =
        audit.iter().map(|e| (e.actor.as_str(), e.action.as_str(), e.reason.as_str())).collect();
    assert_eq!(told, [("nora", "token.create", ""), ("nora", "token.revoke", "lost laptop")]);
    for (args, words) in [
        (["--name", "x", "--scope", "write"], "invalid value 'write'"),
        (["--name", "x", "--expires", "soon"], "is no span of time"),
        (["--name", "x", "--expires", "9999999d"], "beyond the calendar"),
        (["--name", "x", "--rate", "0"], "is no rate"),
        (["--name", "a\nb", "--rate", "1"], "on one line"),
    ] {
        let (code, said) = desk.refused(&[&["token", "create"][..], &args].concat());
        assert_eq!((code, said.contains(words)), (Some(2), true), "{args:?}: {said}");
    }
}

/// The API as a process of its own, with everything that it says.
struct Api {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Api {
    fn start(desk: &Desk, filter: &str) -> (Self, String) {
        let config = desk.config.display().to_string();
        let mut child = wiredesk(&["api", "--config", &config])
            .env("DATABASE_URL", desk.postgres.url())
            .env("RUST_LOG", filter)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        let (found, address) = std::sync::mpsc::channel();
        for stream in streams {
            let (log, found) = (log.clone(), found.clone());
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if let Some((_, at)) = line.split_once("the page and the API are on http://") {
                        let _ = found.send(at.split('"').next().unwrap_or_default().to_owned());
                    }
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            });
        }
        drop(found);
        let address = address.recv().unwrap_or_else(|_| panic!("it did not start: {}", log.lock().unwrap()));
        (Self { child, log }, address)
    }

    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

/// The status of an answer.
fn ask(address: &str, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_neither_in_the_database_nor_in_a_log() {
    let Some(desk) = Desk::open().await else { return };
    sqlx::query("INSERT INTO source (id, name, url, config, interval_seconds, next_poll) VALUES ('w', 'W', 'https://w.example/', '{}', 60, now())")
        .execute(desk.postgres.pool())
        .await
        .unwrap();
    let made = desk.made(&["--name", "bot", "--scope", "read,admin"]);
    let token = made["token"].as_str().unwrap();
    // All that the process itself can be told to log.
    let (api, address) = Api::start(&desk, "trace");
    let head = format!("Host: {address}\r\nConnection: close\r\n");
    let with = format!("{head}Authorization: Bearer {token}\r\n");
    let form = format!("token={token}");
    for (request, status) in [
        (format!("GET /v1/items HTTP/1.1\r\n{with}\r\n"), 200),
        (format!("POST /v1/sources/w/pause HTTP/1.1\r\n{with}Content-Length: 0\r\n\r\n"), 200),
        (format!("GET / HTTP/1.1\r\n{head}Cookie: wiredesk={token}\r\n\r\n"), 200),
        (
            format!(
                "POST /login HTTP/1.1\r\n{head}Origin: http://{address}\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            ),
            303,
        ),
        (format!("GET /v1/items?q={token} HTTP/1.1\r\n{head}\r\n"), 400),
        (format!("GET /v1/items HTTP/1.1\r\n{head}\r\n"), 401),
    ] {
        assert_eq!(ask(&address, &request), status, "{request}");
    }
    let log = api.end();
    let secret = &token[11..];
    assert!(log.contains("the page and the API are on"), "{log}");
    let shown = log.lines().find(|line| line.contains(secret));
    assert_eq!(shown, None, "the token is in the log");

    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(desk.postgres.pool())
    .await
    .unwrap();
    let mut dump = String::new();
    for table in &tables {
        let sql = format!("SELECT coalesce(string_agg(to_jsonb(t)::text, E'\\n'), '') FROM {table} t");
        let rows: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(desk.postgres.pool()).await.unwrap();
        dump.push_str(&rows);
    }
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    assert!(dump.contains(&token[3..11]), "the dump has the row of the token");
    assert!(!dump.contains(secret) && !dump.contains(&hex), "the token is in the database");
}

#[test]
fn what_is_open_to_other_machines_does_not_start_unless_it_is_said() {
    for service in ["run", "api"] {
        let output = wiredesk(&[service, "--set", "api.listen=0.0.0.0:0"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("`wiredesk token create` makes tokens") && said.contains("api.open_to_network"),
            "{said}"
        );
    }
}
