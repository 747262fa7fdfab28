//! The generated files under `schemas/` are those that the types give now.

use std::path::Path;

use wiredesk_contract::{TopicTable, schema};

#[test]
fn the_files_under_schemas_are_not_stale() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let artefacts = schema::artefacts(&TopicTable::load("wiredesk", None).expect("the topic table"));
    assert_eq!(artefacts.len(), 7);
    for artefact in &artefacts {
        let committed = std::fs::read_to_string(root.join(&artefact.path)).unwrap_or_default();
        assert!(
            committed == artefact.text,
            "schemas/{} is stale: run `make schemas` and commit it",
            artefact.path
        );
    }
    // And nothing else lies there: a schema of a message that is gone would mislead.
    let known: Vec<String> = artefacts.into_iter().map(|artefact| artefact.path).collect();
    for entry in std::fs::read_dir(root.join("messages")).expect("schemas/messages") {
        let name = format!("messages/{}", entry.expect("an entry").file_name().to_string_lossy());
        assert!(known.contains(&name), "schemas/{name} belongs to no message: delete it, or keep its type");
    }
}

#[test]
fn another_prefix_changes_names_only() {
    let of = |prefix: &str| {
        let topics = TopicTable::load(prefix, None).expect("the topic table");
        wiredesk_contract::asyncapi::value(&topics)
    };
    let renamed = of("newsroom").to_string().replace("\"newsroom.", "\"wiredesk.");
    assert_eq!(renamed, of("wiredesk").to_string());
}
