//! docs/topics.md against the topic table.

use std::fmt::Write;

use wiredesk_contract::{TopicTable, schema};

use wiredesk_tests::docs::blocks::root;

/// The table of the page, from `schemas/topics.toml`.
fn table() -> String {
    let topics = TopicTable::load("wiredesk", None).unwrap();
    let mut out = "| topic | what | key | partitions | kept | largest record | writer | readers | schema |\n"
        .to_owned();
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for spec in topics.specs() {
        let path = schema::path_of(spec.kind);
        let file = path.rsplit('/').next().unwrap();
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} days | {} MiB | {} | {} | [{file}](../schemas/{path}) |",
            spec.name,
            spec.summary,
            spec.key,
            spec.partitions,
            spec.retention_hours / 24,
            spec.max_bytes / (1024 * 1024),
            spec.writer,
            spec.readers.join(", "),
        )
        .unwrap();
    }
    out
}

#[test]
fn the_page_has_the_table_of_this_build() {
    let page = std::fs::read_to_string(root().join("docs/topics.md")).unwrap();
    assert!(page.contains(&table()), "docs/topics.md is stale: its table must be\n{}", table());
}

/// The headers that the page lists are those of every record, in the contract's words.
#[test]
fn the_page_names_every_header() {
    use wiredesk_contract::envelope::header;
    let page = std::fs::read_to_string(root().join("docs/topics.md")).unwrap();
    for name in [
        header::SPECVERSION,
        header::ID,
        header::SOURCE,
        header::TYPE,
        header::TIME,
        header::SUBJECT,
        header::DATASCHEMA,
        header::CONTENT_TYPE,
        header::TRACEPARENT,
    ] {
        assert!(page.contains(&format!("`{name}`")), "docs/topics.md does not name the header {name}");
    }
}
