//! `wiredesk sources …`: the executable itself, on files, a loopback server and a real Postgres.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::common::wiredesk;
use serde_json::Value;

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-sources"));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A desk on a database of its own, with a configuration that names one wire.
struct Desk {
    postgres: wiredesk_testkit::TestPostgres,
    folder: Folder,
    config: String,
}

impl Desk {
    async fn open() -> Option<Self> {
        let postgres = wiredesk_testkit::postgres().await?;
        let folder = Folder::new();
        let config = folder.put(
            "desk.toml",
            "[fetcher]\n\n[[fetcher.sources]]\nid = \"configured\"\nurl = \"https://configured.example/feed\"\n",
        );
        Some(Self { postgres, folder, config })
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut all = vec!["sources"];
        all.extend(args);
        all.extend(["--config", &self.config]);
        wiredesk(&all).env("DATABASE_URL", self.postgres.url()).output().unwrap()
    }

    fn well(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {} {}", said(&output), told(&output));
        told(&output)
    }

    fn ids(&self) -> Vec<String> {
        let list: Value = serde_json::from_str(&self.well(&["list", "--json"])).unwrap();
        list["sources"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Answers every request with this body, until the test ends.
fn server(headers: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let _ = lines.map_while(Result::ok).take_while(|l| !l.is_empty()).count();
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(body.as_bytes());
        }
    });
    format!("http://{at}/feed")
}

const FEED: &str = "<?xml version=\"1.0\"?><rss><channel><title>Agencia \u{d1}u</title><language>es</language><ttl>2</ttl>
<item><title>Uno & dos</title><link>https://wire.example/1</link><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>Tres</title><link>https://wire.example/2</link><pubDate>2026-03-02 08:50:00</pubDate></item>
<item><guid>3</guid><title>Cuatro</title><link>https://wire.example/3</link><pubDate>Mon, 02 Mar 2026 08:40:00 GMT</pubDate></item>
</channel></rss>";

#[test]
fn a_file_is_checked_without_postgres() {
    let folder = Folder::new();
    let feed = folder.put("feed.xml", FEED);
    let output = wiredesk(&["sources", "check", &feed]).output().unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for expected in [
        "Agencia Ñu",
        "3 items",
        "one about every 10 min",
        "mended",
        "write it as &amp;",
        "1 of its dates say no time zone",
        "1 of 3 items have no guid or id",
        "[[fetcher.sources]]",
        "id = \"agencia-nu\"",
        "language = \"es\"",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains('\u{1b}'), "colours are for terminals: {text}");
    let json = wiredesk(&["sources", "check", &feed, "--json"]).output().unwrap();
    let report: Value = serde_json::from_str(&told(&json)).unwrap();
    assert_eq!((&report["readable"], &report["items"]), (&true.into(), &3.into()));
    let page =
        folder.put("page.html", "<!doctype html><html><head><title>x</title></head><body>x</body></html>");
    let output = wiredesk(&["sources", "check", &page]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("is a web page, not a feed"), "{}", said(&output));
}

#[test]
fn an_address_is_checked_under_the_guard() {
    let url = server(
        "etag: \"a1\"\r\ncache-control: max-age=60\r\ncontent-type: application/rss+xml\r\n",
        FEED.to_owned(),
    );
    let refused = wiredesk(&["sources", "check", &url]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    let output = wiredesk(&["sources", "check", &url, "--allow", "127.0.0.1/32"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = told(&output);
    for expected in
        ["ETag \"a1\"", "Cache-Control max-age=60", "ttl 2 min", "polling", &format!("url = \"{url}\"")]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for (args, code, words) in [
        (vec!["sources", "check", "ftp://wire.example/feed"], 2, "is neither a file nor a web address"),
        (vec!["sources", "check", &url, "--time-zone", "Madrid"], 2, "write it as Europe/Madrid"),
        (vec!["sources", "check", &url, "--allow", "loopback"], 2, "is not a network in CIDR form"),
    ] {
        let output = wiredesk(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{args:?}: {}", said(&output));
    }
}

#[test]
fn a_wrong_list_refuses_the_start_with_file_and_line() {
    let folder = Folder::new();
    let one = "[[sources]]\nid = \"a\"\nurl = \"https://wire.example/a\"\n";
    let wires = folder
        .put("wires.toml", &format!("{one}\n[[sources]]\nid = \"b\"\nurl = \"http://wire.example/a\"\n"));
    let unknown = folder.put("unknown.toml", &format!("{one}langauge = \"es\"\n"));
    let opml = folder.put("list.opml", "<opml>\n<outline text='B' xmlUrl='wire'/></opml>");
    let config = |text: &str| folder.put(&wiredesk_testkit::unique("c"), text);
    let cases = [
        (
            config(&format!("[fetcher]\nsources_file = {wires:?}\n")),
            format!(
                "{wires}, line 7: source \"b\" has the same feed as source \"a\" in {wires}, line 3; remove one of them"
            ),
        ),
        (
            config(&format!("[fetcher]\nsources_file = {unknown:?}\n")),
            format!("{unknown}, line 4: unknown field `langauge`"),
        ),
        (
            config(&format!("[fetcher]\nsources_opml = {opml:?}\n")),
            format!(
                "{opml}, line 2: source \"b\": \"wire\" is not a web address; write it as https://host/path"
            ),
        ),
        (
            config(
                "\n[[fetcher.sources]]\nid = \"a\"\nurl = \"https://wire.example/\"\ntime_zone = \"Madrid\"\n",
            ),
            ", line 5: source \"a\": \"Madrid\" is no time zone; write it as Europe/Madrid".to_owned(),
        ),
    ];
    for (config, expected) in cases {
        for command in ["fetcher", "run"] {
            let output = wiredesk(&[command, "--config", &config]).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{}", said(&output));
            assert!(said(&output).contains(&expected), "{} should hold {expected}", said(&output));
        }
    }
}

#[tokio::test]
async fn the_desk_adds_pauses_resumes_and_removes() {
    let Some(desk) = Desk::open().await else { return };
    assert!(desk.well(&["list"]).contains("no wire is listed yet"));
    let url = server("", FEED.to_owned());
    let added = desk.well(&[
        "add",
        &url,
        "--allow",
        "127.0.0.1/32",
        "--tag",
        "sea",
        "--header",
        "X-Key=env:WIRE_KEY_OF_NOBODY",
        "--unchecked",
        "--name",
        "Agencia Ñu",
    ]);
    assert!(added.starts_with("added agencia-nu: Agencia Ñu"), "{added}");
    let stored: Value =
        sqlx::query_scalar("SELECT config FROM source WHERE id = 'agencia-nu' AND origin = 'desk'")
            .fetch_one(desk.postgres.pool())
            .await
            .unwrap();
    assert_eq!(stored["headers"]["X-Key"], "env:WIRE_KEY_OF_NOBODY");
    let again = desk.run(&["add", &url.replace("/feed", "/feed/"), "--allow", "127.0.0.1/32"]);
    assert_eq!(again.status.code(), Some(1), "{}", told(&again));
    assert!(said(&again).contains("is listed already: \"agencia-nu\" has the same feed"), "{}", said(&again));
    let other = server("", FEED.replace("guid", "id"));
    let checked = desk.well(&["add", &other, "--allow", "127.0.0.1/32"]);
    assert!(checked.starts_with("added agencia-nu-2: Agencia Ñu"), "{checked}");
    assert!(checked.contains("3 items") && checked.contains("remarks"), "{checked}");
    for (args, words) in [
        (
            vec!["add", "https://wire.example/x", "--header", "Authorization=Bearer s3same"],
            "secrets are not taken on the command line",
        ),
        (vec!["add", "https://wire.example/x", "--id", "A b"], "lower-case letters"),
        (vec!["add", "https://wire.example/x", "--time-zone", "Madrid"], "write it as Europe/Madrid"),
    ] {
        let output = desk.run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(
            said(&output).contains(words) && !said(&output).contains("s3same"),
            "{args:?}: {}",
            said(&output)
        );
    }
    desk.well(&["pause", "agencia-nu", "--why", "strike"]);
    let paused: Value = serde_json::from_str(&desk.well(&["list", "--paused", "--json"])).unwrap();
    assert_eq!(paused["sources"].as_array().unwrap().len(), 1);
    assert_eq!(paused["sources"][0]["state"], "paused");
    assert_eq!(paused["sources"][0]["error"], "paused by an operator: strike");
    assert_eq!(paused["sources"][0]["origin"], "desk");
    assert!(desk.well(&["list"]).contains("paused by an operator: strike"));
    assert!(desk.well(&["resume", "agencia-nu"]).contains("it was paused"));
    sqlx::query("UPDATE source SET stopped = 'gone', failures = 3 WHERE id = 'agencia-nu'")
        .execute(desk.postgres.pool())
        .await
        .unwrap();
    assert!(desk.well(&["list", "--failing"]).contains("gone"));
    assert!(desk.well(&["resume", "agencia-nu"]).contains("it had said that it was gone"));
    assert!(desk.well(&["list", "--failing"]).contains("0 of 2 wires: none"));
    desk.well(&["remove", "agencia-nu"]);
    assert_eq!(desk.ids(), ["agencia-nu-2"]);
    let configured = desk.run(&["remove", "configured"]);
    assert_eq!(configured.status.code(), Some(1));
    assert!(said(&configured).contains("desk.toml, line 3); take it out there"), "{}", said(&configured));
    for command in ["pause", "resume", "remove"] {
        let output = desk.run(&[command, "nobody"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains("no wire \"nobody\" is listed"), "{}", said(&output));
    }
}

#[tokio::test]
async fn lists_go_in_and_out() {
    let Some(desk) = Desk::open().await else { return };
    let opml = desk.folder.put(
        "list.opml",
        "<opml><body><outline text='Sea'><outline text='Port' xmlUrl='https://wire.example/port' language='es'/>\n\
         <outline text='Port again' xmlUrl='http://www.wire.example/port/'/></outline>\n\
         <outline text='Bad' xmlUrl='wire'/><outline text='Own' xmlUrl='https://configured.example/feed'/>\n\
         <outline text='Salt & Pepper' xmlUrl='https://wire.example/salt?a=1&b=2' language='fr'/></body></opml>",
    );
    let dry = desk.run(&["import", &opml, "--dry-run"]);
    assert_eq!(dry.status.code(), Some(1), "{}", said(&dry));
    assert!(
        told(&dry).contains("would add 2 wires, skipped 2 that are listed already, refused 1"),
        "{}",
        told(&dry)
    );
    assert!(desk.ids().is_empty());
    let output = desk.run(&["import", &opml]);
    assert_eq!(output.status.code(), Some(1), "what was refused is an exit code: {}", said(&output));
    let text = told(&output);
    for expected in [
        "skipped port-again".to_owned(),
        format!("skipped own ({opml}, line 3): listed already as configured"),
        format!("refused bad ({opml}, line 3): \"wire\" is not a web address"),
        "added 2 wires".to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected}: {text}");
    }
    let opml_fr = desk.folder.put("fr.opml", "<opml><outline text='S' xmlUrl='https://wire.example/salt?a=1&amp;b=2' language='fr'/><outline text='N' xmlUrl='https://wire.example/n'/></opml>");
    assert!(desk.well(&["import", &opml_fr, "--language", "fr", "--json"]).contains("\"added\": []"));
    desk.well(&[
        "add",
        "https://wire.example/x",
        "--unchecked",
        "--id",
        "x",
        "--time-zone",
        "Europe/Madrid",
        "--rights",
        "full-text",
        "--interval",
        "30",
        "--header",
        "A=file:/run/secrets/a",
        "--pages",
    ]);
    for format in ["opml", "toml", "json"] {
        let file = desk.folder.path(&format!("out.{format}"));
        desk.well(&["export", "--format", format, &file]);
        let before = desk.well(&["export", "--format", "json"]);
        let Some(fresh) = Desk::open().await else { return };
        let added = fresh.well(&["import", &file]);
        assert!(added.contains("added 3 wires"), "{format}: {added}");
        assert_eq!(fresh.well(&["export", "--format", "json"]), before, "{format}");
    }
    let starter = desk.well(&["import", "--starter", "--language", "es,fr", "--json"]);
    let report: Value = serde_json::from_str(&starter).unwrap();
    assert!(report["added"].as_array().unwrap().iter().any(|id| id == "europa-press"), "{starter}");
    assert_eq!(report["refused"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn ten_thousand_outlines_at_once() {
    let Some(desk) = Desk::open().await else { return };
    let outlines: String = (0..10_000)
        .map(|n| format!("<outline text='Wire {n}' xmlUrl='https://w{n}.example/feed'/>\n"))
        .collect();
    let list = desk.folder.put("many.opml", &format!("<opml><body>{outlines}</body></opml>"));
    let output = desk.well(&["import", &list]);
    assert!(output.contains("added 10000 wires"), "{output}");
    let (count, spread): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(DISTINCT date_trunc('minute', next_poll)) FROM source WHERE origin = 'desk' AND active",
    )
    .fetch_one(desk.postgres.pool())
    .await
    .unwrap();
    assert!(count == 10_000 && spread >= 8, "the first polls are spread: {count} over {spread} minutes");
    assert!(desk.well(&["import", &list]).contains("added 0 wires, skipped 10000"));
}

#[tokio::test]
async fn the_configured_list_leaves_the_desks_alone() {
    let Some(desk) = Desk::open().await else { return };
    desk.well(&["add", "https://wire.example/desk", "--unchecked", "--id", "desk-wire"]);
    let listed = |id: &str, url: &str| wiredesk_store::source::Listed {
        id: wiredesk_contract::SourceId::new(id),
        name: id.to_owned(),
        url: url.to_owned(),
        config: serde_json::json!({"id": id, "url": url}),
        interval_seconds: 60,
    };
    let db = desk.postgres.pool();
    let now = wiredesk_contract::time::wall_clock();
    wiredesk_store::source::sync(
        db,
        &[listed("a", "https://wire.example/a"), listed("b", "https://wire.example/b")],
        now,
    )
    .await
    .unwrap();
    wiredesk_store::source::sync(db, &[listed("a", "https://wire.example/a")], now).await.unwrap();
    assert_eq!(desk.ids(), ["a", "desk-wire"]);
    // The configuration that names it takes it over, and gives it up again.
    wiredesk_store::source::sync(db, &[listed("desk-wire", "https://wire.example/desk")], now).await.unwrap();
    assert_eq!(desk.ids(), ["desk-wire"]);
    wiredesk_store::source::sync(db, &[], now).await.unwrap();
    assert!(desk.ids().is_empty());
    // One that was listed before is listed again.
    desk.well(&["add", "https://wire.example/desk2", "--unchecked", "--id", "desk-wire"]);
    assert_eq!(desk.ids(), ["desk-wire"]);
}

#[tokio::test]
async fn the_states_of_the_table_are_those_of_the_rows() {
    let Some(desk) = Desk::open().await else { return };
    let db = desk.postgres.pool();
    for (id, set) in [
        ("ok", "last_poll = now()"),
        ("waiting", "failures = 0"),
        ("silent", "last_poll = now(), silent_since = now()"),
        ("failing", "last_poll = now(), failures = 1, last_status = 500, silent_since = now()"),
        ("unreachable", "last_poll = now(), failures = 1"),
        ("paused", "paused = true, last_poll = now()"),
        ("gone", "stopped = 'gone', paused = true"),
    ] {
        desk.well(&["add", &format!("https://{id}.example/"), "--unchecked", "--id", id]);
        let statement = format!("UPDATE source SET {set} WHERE id = '{id}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(db).await.unwrap();
    }
    for row in wiredesk_store::read::sources(db).await.unwrap() {
        assert_eq!(wiredesk_store::source::State::of(&row).as_str(), row.id);
    }
    let counted = wiredesk_store::source::states(db).await.unwrap();
    assert!(counted.len() == 7 && counted.values().all(|n| *n == 1), "{counted:?}");
    // Since when: of those that fail or are silent, and not at rest.
    let since = "UPDATE source SET failing_since = now() - interval '2 hours' WHERE id IN ('failing', 'unreachable', 'paused', 'gone')";
    sqlx::raw_sql(since).execute(db).await.unwrap();
    let troubled = wiredesk_store::source::troubled(db, 10).await.unwrap();
    let found: Vec<_> =
        troubled.iter().map(|s| (s.id.as_str(), s.silent.is_some(), s.failing.is_some())).collect();
    assert_eq!(found, [("failing", false, true), ("unreachable", false, true), ("silent", true, false)]);
    assert!(troubled[0].failing.is_some_and(|seconds| seconds >= 7_200.0), "{troubled:?}");
    assert_eq!(wiredesk_store::source::troubled(db, 1).await.unwrap().len(), 1);
}

#[test]
fn help_is_there_for_people() {
    let output = wiredesk(&["sources", "--help"]).stdout(Stdio::piped()).output().unwrap();
    let text = told(&output);
    for command in ["list", "add", "check", "pause", "resume", "import", "export", "remove"] {
        assert!(text.lines().any(|l| l.trim_start().starts_with(command)), "{command}: {text}");
    }
}
