//! Writes the generated files under `schemas/`: `cargo run --release -p wiredesk-contract --example generate`.

use std::path::Path;

use wiredesk_contract::{TopicTable, schema};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for artefact in schema::artefacts(&TopicTable::load("wiredesk", None)?) {
        let path = root.join(&artefact.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, &artefact.text)?;
        println!("schemas/{}", artefact.path);
    }
    Ok(())
}
