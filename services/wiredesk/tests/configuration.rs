//! The reference of the configuration: generated, complete, and what the documentation shows is accepted.

use std::path::{Path, PathBuf};

use crate::common::wiredesk;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn printed(args: &[&str]) -> String {
    let output = wiredesk(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&printed(&["config", "--schema"])).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// TOML as the schema sees it.
fn value(toml: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(toml).unwrap_or_else(|e| panic!("{e}\n{toml}")))
        .unwrap()
}

#[test]
fn the_reference_and_the_schema_are_not_stale() {
    for (flag, file) in [("--reference", "docs/configuration.md"), ("--schema", "schemas/config.schema.json")]
    {
        let committed = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        assert!(committed == printed(&["config", flag]), "{file} is stale: run `make schemas` and commit it");
    }
}

/// Every key that `wiredesk config` prints has a row under its own table.
#[test]
fn every_key_is_in_the_reference() {
    let page = printed(&["config", "--reference"]);
    let sections: Vec<&str> = page.split("\n## ").collect();
    let mut table = "The top of the file".to_owned();
    let mut keys = 0;
    for line in printed(&["config", "--set", "sample_wire.enabled=true"]).lines() {
        if line.starts_with('[') {
            table = format!("`{}`", line.trim());
        } else if let Some((key, _)) = line.split_once(" = ") {
            let section = sections.iter().find(|s| s.starts_with(&format!("{table}\n")));
            let section = section.unwrap_or_else(|| panic!("the reference has no section {table}"));
            assert!(section.contains(&format!("\n| `{key}` |")), "the reference has no {key} in {table}");
            keys += 1;
        }
    }
    assert!(keys > 120, "{keys} keys");
}

#[test]
fn the_schema_takes_what_is_shown_and_refuses_what_the_program_refuses() {
    let schema = schema();
    let default = std::fs::read_to_string(root().join("config/default.toml")).unwrap();
    let mut shown = vec![("config/default.toml".to_owned(), default)];
    let wires = std::fs::read_to_string(root().join("config/wires.toml")).unwrap();
    shown.push(("config/wires.toml".to_owned(), wires.replace("[[sources]]", "[[fetcher.sources]]")));
    let mut pages = vec![root().join("README.md")];
    pages.extend(std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    for page in pages.into_iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        let blocks = text.split("\n```toml\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
        shown.extend(blocks.map(|(block, _)| (page.display().to_string(), block.to_owned())));
    }
    assert!(shown.len() > 5);
    for (place, text) in &shown {
        let wrong: Vec<String> =
            schema.iter_errors(&value(text)).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{place}: {wrong:?}\n{text}");
    }
    for (text, good) in [
        ("[api]\nlisten = \"127.0.0.1:8080\"", true),
        ("[api]\nlisen = \"127.0.0.1:8080\"", false),
        ("[api]\naccess = \"token\"", true),
        ("[api]\naccess = \"tokens\"", false),
        (
            "[bus]\nkind = \"kafka\"\n[bus.kafka]\nsasl_password = \"x\"\n[bus.kafka.properties]\n\"debug\" = \"broker\"",
            true,
        ),
        ("[dedupe]\nwindow_hours = \"96\"", false),
        ("[dedupe]\nwindow_hours = -1", false),
        ("[[fetcher.sources]]\nname = \"without an id\"", false),
        ("[fetcher.domains.\"example.org\"]\ngap_ms = 5", true),
    ] {
        assert_eq!(schema.is_valid(&value(text)), good, "{text}");
        // The program judges the same way.
        let file = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-config"));
        std::fs::write(&file, text).unwrap();
        let output = wiredesk(&["config", "--config", &file.to_string_lossy()]).output().unwrap();
        assert_eq!(output.status.success(), good, "{text}: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn secrets_are_marked_and_none_is_shown() {
    let page = printed(&["config", "--reference"]);
    for key in
        ["sasl_password", "ssl_key_password", "url", "otlp_endpoint", "headers", "cookie", "proxy", "secret"]
    {
        let row = page
            .lines()
            .find(|l| l.starts_with(&format!("| `{key}` |")))
            .unwrap_or_else(|| panic!("no {key}"));
        assert!(row.contains("*secret*") || key == "url", "{row}");
    }
}
