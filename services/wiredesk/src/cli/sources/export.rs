//! `wiredesk sources export`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use wiredesk_store::source as table;

use super::ask::{Desk, failed};
use crate::failure::Failure;
use crate::parts::fetcher::{SourceConfig, listing, opml};

/// Which list, and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File to write; without it stdout
    file: Option<PathBuf>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t = Format::Opml)]
    format: Format,
    /// Which wires: all, those of the configuration, or those that were added at the desk
    #[arg(long, value_enum, default_value_t = Origin::All)]
    origin: Origin,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Opml,
    Toml,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Origin {
    All,
    Config,
    Desk,
}

pub async fn run(desk: &Desk<'_>, own: &Args) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    let mut sources = Vec::new();
    for known in table::known(&db).await.map_err(failed)? {
        if own.origin != Origin::All && (own.origin == Origin::Desk) != (known.origin == "desk") {
            continue;
        }
        let serde_json::Value::Object(values) = known.config else { continue };
        match SourceConfig::from_values(values) {
            Ok(source) => sources.push(source),
            Err(error) => eprintln!("wiredesk: {} is left out: {error}", known.id),
        }
    }
    for source in &sources {
        let left_out = source.portable().left_out;
        if !left_out.is_empty() {
            eprintln!(
                "wiredesk: {}: {} is a secret and not exported; give it by reference (env:NAME or file:/run/secrets/NAME)",
                source.id,
                left_out.join(", ")
            );
        }
    }
    let text = match own.format {
        Format::Opml => opml::write(&sources, "wiredesk"),
        Format::Toml => listing::write::toml(&sources, "[[sources]]"),
        Format::Json => listing::write::json(&sources),
    };
    match &own.file {
        None => std::io::stdout().write_all(text.as_bytes())?,
        Some(path) => {
            std::fs::write(path, text)
                .map_err(|e| Failure::Failed(format!("{} cannot be written: {e}", path.display())))?;
            eprintln!("{} wires written to {}", sources.len(), path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}
