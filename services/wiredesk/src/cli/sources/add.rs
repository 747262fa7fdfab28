//! `wiredesk sources add`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::ValueEnum;
use wiredesk_contract::source::Rights;
use wiredesk_contract::time::span_words;
use wiredesk_runtime::Secret;
use wiredesk_store::source as table;

use super::Reach;
use super::ask::{Desk, failed};
use crate::cli::style::{ago, safe};
use crate::failure::Failure;
use crate::parts::fetcher::admit::{self, AdmitError};
use crate::parts::fetcher::{SourceConfig, look, reference};

/// A wire.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address of the feed, or of a site that has one
    url: String,
    /// Its id: lower-case letters, digits, hyphens; by default made of its name
    #[arg(long)]
    id: Option<String>,
    /// Name to show; by default what the feed calls itself
    #[arg(long)]
    name: Option<String>,
    /// Language (BCP 47), such as es or pt-BR; by default what the feed says
    #[arg(long)]
    language: Option<String>,
    /// Country (ISO 3166-1), such as ES
    #[arg(long)]
    country: Option<String>,
    /// Zone of dates without one, such as Europe/Madrid
    #[arg(long)]
    time_zone: Option<String>,
    /// Agency whose own wire it is
    #[arg(long)]
    agency: Option<String>,
    /// What may be published: headline is title, lead, link and metadata; full-text needs the publisher's agreement
    #[arg(long, value_enum, default_value_t = RightsArg::Headline)]
    rights: RightsArg,
    /// Fetch the article pages too
    #[arg(long)]
    pages: bool,
    /// Seconds between two polls; by default measured
    #[arg(long, value_name = "SECONDS")]
    interval: Option<u32>,
    /// Word to find it by (repeat for more)
    #[arg(long, value_name = "WORD")]
    tag: Vec<String>,
    /// Header to send, by reference: Authorization=env:WIRE_TOKEN or X-Key=file:/run/secrets/wire (repeat for more)
    #[arg(long, value_name = "NAME=REFERENCE")]
    header: Vec<String>,
    #[command(flatten)]
    reach: Reach,
    /// Add it as it is, without looking at it first
    #[arg(long)]
    unchecked: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RightsArg {
    Headline,
    FullText,
}

impl Args {
    fn source(&self) -> Result<SourceConfig, Failure> {
        let mut headers = BTreeMap::new();
        for header in &self.header {
            let (name, value) = header.split_once('=').ok_or_else(|| {
                Failure::Usage(format!("--header {header:?} is not of the form NAME=REFERENCE"))
            })?;
            if !reference::is_reference(value) {
                return Err(Failure::Usage(format!(
                    "--header {name}: secrets are not taken on the command line, where others see them; write \
                     {name}=env:VARIABLE or {name}=file:/run/secrets/NAME"
                )));
            }
            headers.insert(name.trim().to_owned(), Secret::new(value.to_owned()));
        }
        Ok(SourceConfig {
            id: self.id.clone().unwrap_or_default(),
            name: self.name.clone().unwrap_or_default(),
            url: look::with_scheme(&self.url),
            language: self.language.clone(),
            country: self.country.clone(),
            time_zone: self.time_zone.clone(),
            agency: self.agency.clone(),
            rights: match self.rights {
                RightsArg::Headline => Rights::Headline,
                RightsArg::FullText => Rights::FullText,
            },
            pages: self.pages,
            interval_seconds: self.interval,
            allow: self.reach.allow.clone(),
            headers,
            tags: self.tag.clone(),
            ..SourceConfig::default()
        })
    }
}

pub async fn run(desk: &Desk<'_>, own: &Args) -> Result<ExitCode, Failure> {
    let mut source = own.source()?;
    let usage = |e: crate::parts::fetcher::FetchError| {
        Failure::Usage(e.to_string().replacen("configuration: ", "", 1))
    };
    // What is wrong with the flags is said before anybody is asked.
    let id = if source.id.is_empty() { "unnamed".to_owned() } else { source.id.clone() };
    SourceConfig { id, ..source.clone() }.check().map_err(usage)?;
    let db = desk.database().await?;
    let seen = match own.unchecked {
        true => None,
        false => {
            source.check_secrets().map_err(usage)?;
            let client = desk.client(&own.reach.allow)?;
            let looked =
                look::at_address(&client, &desk.config.fetcher, &source, wiredesk_contract::time::wall_clock)
                    .await;
            let looked =
                looked.map_err(|e| Failure::Failed(format!("{e} (--unchecked adds it all the same)")))?;
            source.url.clone_from(&looked.source.url);
            Some(looked)
        }
    };
    if let Some(seen) = &seen {
        source = admit::completed(source, &seen.report);
    }
    let listed = desk.listed(Some(&db)).await?;
    let source = admit::admitted(source, &listed).map_err(|error| match error {
        AdmitError::Unusable(_) => Failure::Usage(error.to_string()),
        AdmitError::Twice { .. } => Failure::Failed(format!("{error}; `wiredesk sources list` shows it")),
    })?;
    let row = admit::row(&desk.config.fetcher, &source);
    let taken = table::add(&db, &[row], desk.now(), 0.0, |_| {}).await.map_err(failed)?;
    if taken.is_empty() {
        return Err(Failure::Failed(format!(
            "somebody else has just added {:?}; choose another --id",
            source.id
        )));
    }
    println!("added {}: {} ({})", source.id, source.shown(), source.url);
    if let Some(seen) = &seen {
        let report = &seen.report;
        let every = report.rhythm.gap_seconds.map(|g| format!(", one about every {}", span_words(g)));
        println!(
            "  {}, {} items, the newest {}{}",
            report.form,
            report.items,
            ago(report.rhythm.newest, desk.now()),
            every.unwrap_or_default()
        );
        for other in seen.found.iter().skip(1) {
            println!("  its site has also: {} ({}, {} items)", safe(&other.url), other.kind, other.entries);
        }
        if !report.problems.is_empty() {
            println!(
                "  {} remarks; `wiredesk sources check {}` shows them",
                report.problems.len(),
                source.id
            );
        }
    }
    println!("  running fetchers poll it within seconds; `wiredesk sources list` shows how it is doing");
    Ok(ExitCode::SUCCESS)
}
