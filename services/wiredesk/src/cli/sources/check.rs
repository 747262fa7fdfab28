//! `wiredesk sources check`.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::Reach;
use super::ask::{Desk, unknown};
use super::screen;
use crate::cli::style;
use crate::failure::Failure;
use crate::parts::fetcher::look::{self, Look, LookError};
use crate::parts::fetcher::{SourceConfig, admit, listing};

/// What is looked at.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address, file, - for stdin, or the id of a wire that is listed
    source: String,
    /// As one JSON object
    #[arg(long)]
    json: bool,
    /// Zone of dates without one, such as Europe/Madrid
    #[arg(long)]
    time_zone: Option<String>,
    #[command(flatten)]
    reach: Reach,
}

pub async fn run(desk: &Desk<'_>, own: &Args) -> Result<ExitCode, Failure> {
    if let Some(zone) = own.time_zone.as_deref().filter(|z| z.parse::<chrono_tz::Tz>().is_err()) {
        return Err(Failure::Usage(format!(
            "--time-zone {zone:?} is no time zone; write it as Europe/Madrid"
        )));
    }
    let unnamed = SourceConfig { time_zone: own.time_zone.clone(), ..SourceConfig::default() };
    let path = Path::new(&own.source);
    let looked = if own.source == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().take(64 * 1024 * 1024).read_to_end(&mut bytes)?;
        look::at_bytes("stdin", &bytes, &desk.config.fetcher, &unnamed, desk.now())
    } else if path.is_file() {
        look::at_file(path, &desk.config.fetcher, &unnamed, desk.now())
    } else {
        let source = source(desk, own, unnamed).await?;
        let mut allow = source.allow.clone();
        allow.extend(own.reach.allow.iter().cloned());
        look::at_address(
            &desk.client(&allow)?,
            &desk.config.fetcher,
            &source,
            wiredesk_contract::time::wall_clock,
        )
        .await
    };
    match looked {
        Ok(look) => show(desk, own, look),
        Err(error) => {
            if own.json {
                println!("{}", json!({"readable": false, "error": error.to_string()}));
                return Ok(ExitCode::FAILURE);
            }
            let hint = match error {
                LookError::Fetch { .. }
                    if own.reach.allow.is_empty() && error.to_string().contains("not public") =>
                {
                    "; --allow NETWORK reaches a network of your own"
                }
                _ => "",
            };
            Err(Failure::Failed(format!("{error}{hint}")))
        }
    }
}

/// The source that is meant: one that is listed, by its id, or an address.
async fn source(desk: &Desk<'_>, own: &Args, unnamed: SourceConfig) -> Result<SourceConfig, Failure> {
    let text = own.source.trim();
    let is_id = !text.contains(['.', '/', ':']);
    if !is_id {
        let url = look::with_scheme(text);
        let source = SourceConfig { id: "unnamed".to_owned(), url, ..unnamed };
        source
            .check()
            .map_err(|_| Failure::Usage(format!("{text:?} is neither a file nor a web address")))?;
        // A wire that is configured is asked as the fetcher asks it.
        let configured = desk.configured().into_iter().find(|s| s.url == source.url);
        return Ok(configured.unwrap_or(SourceConfig { id: String::new(), ..source }));
    }
    if let Some(found) = desk.configured().into_iter().find(|s| s.id == text) {
        return Ok(found);
    }
    let db = desk.database_if_there().await?;
    let listed = desk.listed(Some(&db)).await?;
    listed.into_iter().find(|s| s.id == text).ok_or_else(|| unknown(text))
}

fn show(desk: &Desk<'_>, own: &Args, look: Look) -> Result<ExitCode, Failure> {
    let report = &look.report;
    let mut proposal = admit::completed(look.source.clone(), report);
    if proposal.id.is_empty() {
        proposal.id = listing::slug(&proposal.name, &proposal.url);
    }
    if proposal.url.is_empty() {
        proposal.url = "https://…".to_owned();
    }
    let block = listing::write::toml(&[proposal], "[[fetcher.sources]]");
    if own.json {
        let mut value = serde_json::to_value(report).map_err(Failure::of)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("readable".to_owned(), true.into());
            object.insert("configuration".to_owned(), block.into());
            let found: Vec<_> = look
                .found
                .iter()
                .map(|f| json!({"url": f.url, "title": f.title, "form": f.kind, "items": f.entries, "why": f.why.words()}))
                .collect();
            object.insert("found".to_owned(), found.into());
        }
        println!("{}", serde_json::to_string_pretty(&value).map_err(Failure::of)?);
    } else {
        print!("{}", screen::text(&look, &block, desk.now(), style::Paint::of_stdout()));
    }
    Ok(ExitCode::SUCCESS)
}
