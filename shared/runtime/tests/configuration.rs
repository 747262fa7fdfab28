//! Layers of configuration: which wins, and what is refused with which words.

use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use wiredesk_runtime::config::{Alias, ConfigError, From, Loaded, Sources, load};
use wiredesk_runtime::{LoopConfig, Secret, SecretUrl};

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Root {
    #[serde(rename = "loop")]
    stage: LoopConfig,
    database: Database,
    bus: Bus,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Database {
    url: SecretUrl,
    password: Secret<String>,
    note: Option<String>,
    key_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Bus {
    kind: String,
    servers: Vec<String>,
}

const ALIASES: [Alias; 2] = [
    Alias { variable: "DATABASE_URL", sets: &[("database.url", None)] },
    Alias { variable: "KAFKA", sets: &[("bus.kind", Some("kafka")), ("bus.servers", None)] },
];

fn read(file: &str, env: &[(&str, &str)], set: &[&str]) -> Result<Loaded<Root>, ConfigError> {
    load(&Sources {
        file: None,
        embedded: Some(("desk.toml", file)),
        env: env.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        aliases: &ALIASES,
        set: set.iter().map(|s| (*s).to_owned()).collect(),
    })
}

fn secret_file(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(wiredesk_testkit::unique(name));
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    path.display().to_string()
}

#[test]
fn later_layers_win() {
    let file = "[loop]\nrecords = 7\nbytes = 8\nwait_ms = 9";
    let env =
        [("WIREDESK__LOOP__BYTES", "80"), ("WIREDESK__LOOP__WAIT_MS", "90"), ("WIREDESK_HOME", "ignored")];
    let loaded = read(file, &env, &["loop.wait_ms=900"]).unwrap();
    let c = &loaded.value.stage;
    assert_eq!((c.records, c.bytes, c.wait_ms, c.retry.max_ms), (7, 80, 900, 3_000));
    assert_eq!(loaded.origins["loop.records"], From::File("desk.toml".to_owned()));
    assert_eq!(loaded.origins["loop.bytes"], From::Env("WIREDESK__LOOP__BYTES".to_owned()));
    assert_eq!(loaded.origins["loop.wait_ms"], From::Flag);
    assert_eq!(loaded.origins.get("loop.retry.max_ms"), None);
}

#[test]
fn a_text_means_what_its_key_wants() {
    let set = ["database.note=12345", "loop.records=12", "bus.servers=[\"a:1\",\"b:2\"]", "bus.kind=true"];
    let c = read("", &[], &set).unwrap().value;
    assert_eq!(
        (c.database.note.as_deref(), c.stage.records, c.bus.kind.as_str()),
        (Some("12345"), 12, "true")
    );
    assert_eq!(c.bus.servers, ["a:1", "b:2"]);
}

#[test]
fn plain_variables_set_keys_of_ours_and_ours_win() {
    let c = read("", &[("DATABASE_URL", "postgres://a@b/c"), ("KAFKA", "[\"k:9092\"]")], &[]).unwrap().value;
    assert_eq!(
        (c.database.url.reveal(), c.bus.kind.as_str(), c.bus.servers.len()),
        ("postgres://a@b/c", "kafka", 1)
    );
    let both = [("DATABASE_URL", "postgres://plain"), ("WIREDESK__DATABASE__URL", "postgres://ours")];
    assert_eq!(read("", &both, &[]).unwrap().value.database.url.reveal(), "postgres://ours");
    assert_eq!(read("", &[("DATABASE_URL", "")], &[]).unwrap().value.database.url.reveal(), "");
}

#[test]
fn secrets_come_from_files_and_are_never_printed() {
    let (password, url) =
        (secret_file("password", "s3same\n"), secret_file("url", "postgres://u:s3same@h/d\n"));
    let env = [("WIREDESK__DATABASE__PASSWORD_FILE", password.as_str()), ("DATABASE_URL_FILE", url.as_str())];
    let loaded = read("", &env, &["database.key_file=/keys/one"]).unwrap();
    assert_eq!(loaded.value.database.password.reveal(), "s3same");
    assert_eq!(loaded.value.database.url.reveal(), "postgres://u:s3same@h/d");
    // A key that really is called …_file keeps its path.
    assert_eq!(loaded.value.database.key_file.as_deref(), Some(std::path::Path::new("/keys/one")));
    let said = format!("{:?}\n{}", loaded.value, loaded.print().unwrap());
    assert!(!said.contains("s3same"), "{said}");
    assert!(said.contains("postgres://u:***@h/d"), "{said}");
    for file in [password, url] {
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_key_called_file_names_one_that_may_not_exist_yet() {
    let loaded = read("", &[("WIREDESK__DATABASE__KEY_FILE", "/not/there/yet")], &[]).unwrap();
    assert_eq!(loaded.value.database.key_file.as_deref(), Some(std::path::Path::new("/not/there/yet")));
    let variable = From::Env("WIREDESK__DATABASE__KEY_FILE".to_owned());
    assert_eq!(loaded.origins.get("database.key_file"), Some(&variable));
}

#[test]
fn what_is_refused_and_how() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: [Case; 9] = [
        ("[loop]\nrecords = 1\n\nrecrods = 7", &[], &[]),
        ("[loup]\nrecords = 1", &[], &[]),
        ("[loop]\nrecords = \"many\"", &[], &[]),
        ("[loop\nrecords = 1", &[], &[]),
        ("", &[("WIREDESK__LOOP__RECRODS", "1")], &[]),
        ("", &[("WIREDESK__LOOP__RECORDS", "many")], &[]),
        ("", &[("WIREDESK__DATABASE__PASSWORD_FILE", "/nowhere/at/all")], &[]),
        ("", &[], &["loop.retry.frist_ms=1"]),
        ("", &[], &["loop.records"]),
    ];
    let told: Vec<String> =
        cases.iter().map(|(file, env, set)| read(file, env, set).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = load::<Root>(&Sources {
        file: Some(std::path::Path::new("/nowhere/desk.toml")),
        ..Sources::default()
    })
    .unwrap_err();
    assert!(
        error.to_string().starts_with("the configuration file /nowhere/desk.toml cannot be read"),
        "{error}"
    );
}

#[test]
fn the_effective_values_and_where_they_came_from() {
    let printed =
        read("[bus]\nkind = \"kafka\"", &[("DATABASE_URL", "postgres://u:p@h/d")], &["loop.records=3"])
            .unwrap()
            .print()
            .unwrap();
    insta::assert_snapshot!(printed);
}
