//! Writes `schemas/openapi.json`; `make schemas` calls it.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/openapi.json");
    let mut text = serde_json::to_string_pretty(&wiredesk_api::openapi::document())?;
    text.push('\n');
    std::fs::write(path, text)
}
