//! The command line: the executable itself, run.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::common::wiredesk;
use serde_json::Value;

fn fed(args: &[&str], input: &str) -> Output {
    let mut child =
        wiredesk(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn complaints(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-cli"));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title><link>https://desk.example</link>
<item><guid>a-1</guid><title>Harbour reopens</title><link>https://desk.example/a-1</link></item></channel></rss>"#;

const PAGE: &str = "<html lang=\"en\"><head><title>Harbour reopens</title></head><body><article><h1>Harbour reopens</h1>\
<p>The harbour of Bilbao reopened on Monday after two days of storms, its director Nora Quint said in a statement to reporters.</p>\
<p>Some forty ships had been waiting outside the breakwater, and the last of them is expected at the quay before the weekend.</p>\
</article></body></html>";

#[test]
fn a_bad_line_is_reported_and_skipped() {
    let input = "{\"id\":\"1\",\"title\":\"Uno\",\"text\":\"El puerto de Bilbao reabre.\"}\n{bad\n\n[1]\n{\"id\":\"2\",\"title\":\"Dos\",\"text\":\"El puerto de Vigo cierra.\"}";
    for tool in ["clean", "dedupe", "enrich", "stories"] {
        let output = fed(&["tool", tool, "-"], input);
        let ids: Vec<Value> = lines(&output).iter().map(|l| l["id"].clone()).collect();
        assert_eq!(ids, ["1", "2"], "{tool}: {}", complaints(&output));
        assert_eq!(output.status.code(), Some(1), "{tool}");
        let said = complaints(&output);
        assert!(
            said.contains("stdin line 2: it is not JSON")
                && said.contains("stdin line 4: it is JSON but no object"),
            "{said}"
        );
    }
}

#[test]
fn good_lines_end_well_from_files_and_stdin() {
    let folder = Folder::new();
    let file =
        folder.put("in.jsonl", b"{\"id\":\"1\",\"title\":\"One\",\"text\":\"The harbour reopens.\"}\n");
    let from_file = wiredesk(&["tool", "enrich", &file]).output().unwrap();
    let from_stdin =
        fed(&["tool", "enrich"], "{\"id\":\"1\",\"title\":\"One\",\"text\":\"The harbour reopens.\"}");
    assert_eq!(from_file.status.code(), Some(0), "{}", complaints(&from_file));
    assert_eq!(lines(&from_file), lines(&from_stdin));
    let absent = wiredesk(&["tool", "enrich", "/nowhere.jsonl", &file]).output().unwrap();
    assert_eq!((absent.status.code(), lines(&absent).len()), (Some(1), 1));
}

#[test]
fn an_enriched_item_is_shown_as_a_page_with_everything_escaped() {
    let one = r#"{"id":"1","language":"es","published":"2026-05-14","title":"Ribadeo <b>suma</b>","text":"El puerto de Ribadeo movió 2,5 millones de euros el 12 de mayo. <script>x</script>"}"#;
    let output = fed(&["tool", "enrich", "--html"], &format!("{one}\n{one}\n"));
    let page = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    for shown in [
        "Ribadeo &lt;b&gt;suma",
        r#"<mark class="LOC" title="Ribadeo">Ribadeo</mark>"#,
        r#"<mark class="figure" title="2500000 EUR">"#,
        r#"<mark class="date" title="2026-05-12">"#,
        "&lt;script&gt;",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // The page is of one item; the second is told about.
    assert_eq!(page.matches("<!doctype").count(), 1);
    assert_eq!(output.status.code(), Some(1));
    // For a pipe, --explain changes nothing.
    assert_eq!(fed(&["tool", "enrich", "--explain"], one).stdout, fed(&["tool", "enrich"], one).stdout);
}

#[test]
fn a_repeat_within_the_window_only() {
    let text = "The harbour of Bilbao reopened on Monday after two days of storms, its director Nora Quint said in a statement to reporters at the quay.";
    let line = |id: &str, day: u32| {
        serde_json::json!({"id": id, "title": "Harbour reopens", "text": text, "language": "en",
            "published": format!("2026-02-{day:02}T09:00:00Z")})
        .to_string()
    };
    let input = format!("{}\n{}\n", line("1", 1), line("2", 3));
    let wide = lines(&fed(&["tool", "dedupe", "--window", "96h"], &input));
    assert_eq!(wide[1]["duplicate_of"], "1");
    let narrow = lines(&fed(&["tool", "dedupe", "--window", "2h"], &input));
    assert_eq!(narrow[1]["duplicate_of"], Value::Null);
    assert_eq!(fed(&["tool", "dedupe", "--window", "soon"], &input).status.code(), Some(2));
}

#[test]
fn feeds_by_name_and_by_list() {
    let folder = Folder::new();
    let file = folder.put("one.xml", RSS.as_bytes());
    folder.put("two.xml", RSS.as_bytes());
    let list = folder.put(
        "list.jsonl",
        b"{\"file\":\"two.xml\",\"headers\":{\"Content-Type\":\"text/xml\"}}\n{\"fiel\":1}\n",
    );
    let output = wiredesk(&["tool", "feed", &file, "--list", &list, "/nowhere.xml"]).output().unwrap();
    let answers = lines(&output);
    assert_eq!(answers.len(), 2, "{}", complaints(&output));
    for answer in answers {
        assert_eq!(answer["entries"][0]["title"], "Harbour reopens");
    }
    assert_eq!(output.status.code(), Some(1));
    assert!(complaints(&output).contains("list.jsonl line 2"), "{}", complaints(&output));
}

#[test]
fn pages_from_folders_plain_and_gzipped() {
    let folder = Folder::new();
    folder.put("pages/b.html", PAGE.as_bytes());
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(PAGE.as_bytes()).unwrap();
    folder.put("pages/deep/a.html.gz", &gz.finish().unwrap());
    folder.put("pages/notes.txt", b"not a page");
    let output = wiredesk(&["tool", "extract", &folder.0.display().to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    let answers = lines(&output);
    assert_eq!(answers.iter().map(|a| a["id"].clone()).collect::<Vec<_>>(), ["b", "a"]);
    for answer in &answers {
        assert!(answer["text"].as_str().unwrap().contains("Nora Quint"), "{answer}");
    }
    let stdin = fed(&["tool", "extract", "-"], PAGE);
    assert_eq!(lines(&stdin)[0]["text"], answers[0]["text"]);
}

#[test]
fn somebody_who_closes_the_pipe_has_read_enough() {
    let mut child = wiredesk(&["tool", "clean"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let line = "{\"id\":\"1\",\"title\":\"One\",\"text\":\"The harbour reopens.\"}\n";
    while stdin.write_all(line.as_bytes()).is_ok() {}
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), complaints(&output)), (Some(0), String::new()));
}

#[test]
fn the_configuration_is_printed_without_secrets() {
    let output = wiredesk(&["config", "--set", "api.listen=0.0.0.0:1"])
        .env("DATABASE_URL", "postgres://desk:s3same@db.example/wiredesk")
        .env("KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092")
        .env("WIREDESK__BUS__KAFKA__SASL_PASSWORD", "s3same")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    assert!(!text.contains("s3same"), "{text}");
    for (key, value) in [
        ("url = \"postgres://desk:***@db.example/wiredesk\"", "# $DATABASE_URL"),
        ("kind = \"kafka\"", "# $KAFKA_BOOTSTRAP_SERVERS"),
        ("listen = \"0.0.0.0:1\"", "# --set"),
        ("max_connections = 16", "# config/default.toml"),
    ] {
        let line = text.lines().find(|l| l.starts_with(key)).unwrap_or_else(|| panic!("{key} in {text}"));
        assert!(line.ends_with(value), "{line}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for (args, said) in [
        (vec!["config", "--set", "api.lisen=x"], "did you mean `listen`?"),
        (vec!["config", "--set", "api"], "section.key=value"),
        (vec!["config", "--config", "/nowhere.toml"], "/nowhere.toml cannot be read"),
        (vec!["no-such-command"], "unrecognized subcommand"),
        (vec!["run", "--set", "log.filter=a=b=c"], "the log filter"),
    ] {
        let output = wiredesk(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", complaints(&output));
        assert!(complaints(&output).contains(said), "{args:?}: {}", complaints(&output));
    }
}

#[test]
fn a_database_that_is_away_is_named() {
    let output = wiredesk(&["migrate", "--set", "database.wait_s=1"])
        .env("DATABASE_URL", "postgres://desk:s3same@127.0.0.1:1/wiredesk")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = complaints(&output);
    assert!(
        said.contains("Postgres at postgres://desk:***@127.0.0.1:1/wiredesk has not answered for"),
        "{said}"
    );
    assert!(!said.contains("s3same"), "{said}");
}

#[test]
fn shells_and_man_are_served() {
    for (shell, word) in
        [("bash", "complete"), ("zsh", "#compdef wiredesk"), ("fish", "complete -c wiredesk")]
    {
        let output = wiredesk(&["completions", shell]).output().unwrap();
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(word), "{shell}");
    }
    let output = wiredesk(&["man"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(".ie"), "{}", complaints(&output));
    let folder = Folder::new();
    let output = wiredesk(&["man", "--folder", &folder.0.display().to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", complaints(&output));
    for page in ["wiredesk.1", "wiredesk-dead-retry.1", "wiredesk-sources-add.1", "wiredesk-tail.1"] {
        assert!(folder.0.join(page).is_file(), "{page}");
    }
}

#[test]
fn health_asks_the_process_at_the_admin_address() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("admin.listen={}", free.local_addr().unwrap());
    drop(free);
    let gone = wiredesk(&["health", "--set", &listen]).output().unwrap();
    assert_eq!(gone.status.code(), Some(1));
    assert!(complaints(&gone).starts_with("wiredesk: nobody answers at 127.0.0.1:"), "{}", complaints(&gone));

    let url = "sample_wire.url=http://sample-wire:8090";
    let mut wire =
        wiredesk(&["sample-wire", "--manual", "--listen", "127.0.0.1:0", "--set", url, "--set", &listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    let mut says = String::new();
    BufReader::new(wire.stdout.take().unwrap()).read_line(&mut says).unwrap();
    let ready = wiredesk(&["health", "--set", &listen]).output().unwrap();
    wire.kill().unwrap();
    wire.wait().unwrap();
    assert_eq!(says, "http://sample-wire:8090\n");
    assert_eq!(ready.status.code(), Some(0), "{}", complaints(&ready));
    assert_eq!(ready.stdout, b"ready\n");
}

#[test]
fn a_reader_who_is_gone_is_no_fault() {
    for args in [&["acls"][..], &["config", "--schema"], &["completions", "bash"], &["man"]] {
        let mut child = wiredesk(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = complaints(&output);
        assert!(output.status.success() && said.is_empty(), "{args:?}: {:?} {said}", output.status);
    }
}
