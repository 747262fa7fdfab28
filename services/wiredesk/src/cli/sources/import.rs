//! `wiredesk sources import`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use wiredesk_store::source::{self as table, Listed};

use super::ask::{Desk, failed};
use crate::cli::progress;
use crate::cli::style::{Paint, safe};
use crate::failure::Failure;
use crate::parts::fetcher::list::{Known, feed_key};
use crate::parts::fetcher::listing::{self, Form, Mode};
use crate::parts::fetcher::{FetchError, SourceConfig, admit, starter};

/// A list.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// List to read: OPML, TOML or JSON, which one is seen; - is stdin
    #[arg(required_unless_present = "starter", conflicts_with = "starter")]
    file: Option<PathBuf>,
    /// The starter list of public wires that is shipped with wiredesk
    #[arg(long)]
    starter: bool,
    /// Only wires in these languages, such as es,fr
    #[arg(long, value_delimiter = ',', value_name = "LANGUAGES")]
    language: Vec<String>,
    /// Say what would be done, and do nothing; Postgres is asked only where it answers
    #[arg(long)]
    dry_run: bool,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// What became of a list.
#[derive(Debug, Default, Serialize)]
struct Report {
    added: Vec<String>,
    skipped: Vec<Left>,
    refused: Vec<Left>,
    dry_run: bool,
}

/// An entry that was not added.
#[derive(Debug, Serialize)]
struct Left {
    place: String,
    source: String,
    why: String,
}

/// Largest list that is read, in bytes.
const MAX_LIST: u64 = 256 * 1024 * 1024;
/// Most lines of one kind that are shown to a person.
const SHOWN: usize = 20;
/// First polls of a long list are spread by so many seconds a wire, and over this many at most.
const SPREAD_SECONDS: f64 = 0.05;
const MAX_SPREAD_SECONDS: f64 = 600.0;

pub async fn run(desk: &Desk<'_>, own: &Args) -> Result<ExitCode, Failure> {
    let db = match own.dry_run {
        false => Some(desk.database().await?),
        true => desk
            .database_if_there()
            .await
            .inspect_err(|e| eprintln!("wiredesk: Postgres is not asked: {e}"))
            .ok(),
    };
    let listed = desk.listed(db.as_ref()).await?;
    let mut report = Report { dry_run: own.dry_run, ..Report::default() };
    let entries = entries(own, &listed)?;
    let wanted = wanted(entries, own, &mut report);
    let fresh = sift(&listed, wanted, &mut report);
    let ids: Vec<String> = fresh.iter().map(|s| s.id.clone()).collect();
    report.added = match db.filter(|_| !own.dry_run) {
        None => ids,
        Some(db) => {
            let rows: Vec<Listed> = fresh.iter().map(|s| admit::row(&desk.config.fetcher, s)).collect();
            let spread = if rows.len() < 20 {
                0.0
            } else {
                (rows.len() as f64 * SPREAD_SECONDS).min(MAX_SPREAD_SECONDS)
            };
            let bar = progress::bar(rows.len() as u64, progress::THINGS, "wires");
            let taken = table::add(&db, &rows, desk.now(), spread, |n| bar.set_position(n as u64)).await;
            bar.finish_and_clear();
            let taken: BTreeSet<String> = taken.map_err(failed)?.iter().map(ToString::to_string).collect();
            for source in fresh.iter().filter(|s| !taken.contains(&s.id)) {
                report.skipped.push(left(source, "somebody else has just added this id".to_owned()));
            }
            ids.into_iter().filter(|id| taken.contains(id)).collect()
        }
    };
    show(&report, own)?;
    Ok(if report.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn entries(own: &Args, listed: &[SourceConfig]) -> Result<Vec<Result<SourceConfig, FetchError>>, Failure> {
    let Some(path) = &own.file else {
        return Ok(starter::sources(&[]).map_err(Failure::of)?.into_iter().map(Ok).collect());
    };
    let (name, bytes) = bytes_of(path)?;
    let taken: BTreeSet<String> = listed.iter().map(|s| s.id.clone()).collect();
    listing::read(&bytes, Form::of_bytes(&bytes), &name.into(), Mode::Lenient(&taken)).map_err(Failure::of)
}

fn bytes_of(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let (name, reader): (String, Box<dyn Read>) = if path.as_os_str() == "-" {
        ("stdin".to_owned(), Box::new(std::io::stdin()))
    } else {
        let name = path.display().to_string();
        let file =
            std::fs::File::open(path).map_err(|e| Failure::Failed(format!("{name} cannot be read: {e}")))?;
        (name, Box::new(file))
    };
    let mut bytes = Vec::new();
    reader
        .take(MAX_LIST)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::Failed(format!("{name} cannot be read: {e}")))?;
    Ok((name, bytes))
}

/// The sound entries in the languages that are wanted; the others go into the report.
fn wanted(
    entries: Vec<Result<SourceConfig, FetchError>>,
    own: &Args,
    report: &mut Report,
) -> Vec<SourceConfig> {
    let main = |t: &str| t.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let languages: Vec<String> = own.language.iter().map(|l| main(l)).collect();
    let mut kept = Vec::new();
    for entry in entries {
        match entry {
            Ok(source) if languages.is_empty() => kept.push(source),
            Ok(source) => {
                if source.language.as_deref().is_some_and(|l| languages.contains(&main(l))) {
                    kept.push(source);
                }
            }
            Err(FetchError::Source { place, id, what }) => {
                report.refused.push(Left { place, source: id, why: what });
            }
            Err(FetchError::Entry { place, what }) => {
                report.refused.push(Left { place, source: String::new(), why: what });
            }
            Err(other) => {
                report.refused.push(Left {
                    place: String::new(),
                    source: String::new(),
                    why: other.to_string(),
                });
            }
        }
    }
    kept
}

/// Those that are not listed yet, neither in Postgres nor further up in the same list.
fn sift(listed: &[SourceConfig], wanted: Vec<SourceConfig>, report: &mut Report) -> Vec<SourceConfig> {
    let feeds: BTreeMap<String, &str> = listed.iter().map(|s| (feed_key(s), s.id.as_str())).collect();
    let mut fresh = vec![true; wanted.len()];
    {
        let mut known = Known::default();
        for other in listed {
            // What is listed twice already is another's trouble.
            let _ = known.add(other);
        }
        for (source, fresh) in wanted.iter().zip(&mut fresh) {
            let key = feed_key(source);
            if let Some(other) = feeds.get(&key).filter(|_| !key.is_empty()) {
                report.skipped.push(left(source, format!("listed already as {other}")));
                *fresh = false;
            } else if let Err(error) = known.add(source) {
                *fresh = false;
                match error {
                    FetchError::Duplicate { what: "id", first, .. } => report.refused.push(left(
                        source,
                        format!("its id is taken by another wire ({first}); give it another"),
                    )),
                    FetchError::Duplicate { other, first, .. } => {
                        report.skipped.push(left(source, format!("the same feed as {other} ({first})")));
                    }
                    other => report.refused.push(left(source, other.to_string())),
                }
            }
        }
    }
    wanted.into_iter().zip(fresh).filter_map(|(source, fresh)| fresh.then_some(source)).collect()
}

fn left(source: &SourceConfig, why: String) -> Left {
    Left { place: source.place.to_string(), source: source.id.clone(), why }
}

fn show(report: &Report, own: &Args) -> Result<(), Failure> {
    if own.json {
        println!("{}", serde_json::to_string_pretty(report).map_err(Failure::of)?);
        return Ok(());
    }
    let paint = Paint::of_stdout();
    let lines = |what: &str, list: &[Left]| {
        for one in list.iter().take(SHOWN) {
            let source = if one.source.is_empty() { String::new() } else { format!(" {}", one.source) };
            println!("{}", safe(&format!("{what}{source} ({}): {}", one.place, one.why)));
        }
        if list.len() > SHOWN {
            println!("{what} … and {} more; --json names them all", list.len() - SHOWN);
        }
    };
    lines("skipped", &report.skipped);
    lines("refused", &report.refused);
    let would = if report.dry_run { "would add" } else { "added" };
    println!(
        "{}, skipped {} that are listed already, refused {}",
        paint.bold(&format!("{would} {} wires", report.added.len())),
        report.skipped.len(),
        report.refused.len()
    );
    if !report.dry_run && !report.added.is_empty() {
        println!("running fetchers poll them from now on; `wiredesk sources list` shows how they are doing");
    }
    Ok(())
}
