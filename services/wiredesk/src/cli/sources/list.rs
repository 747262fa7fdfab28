//! `wiredesk sources list`.

use std::process::ExitCode;

use wiredesk_contract::time::span_words;
use wiredesk_store::read::{self, SourceRow};
use wiredesk_store::source::State;

use super::ask::{Desk, failed};
use crate::cli::style::{Paint, ago, cut, padded, safe};
use crate::failure::Failure;
use crate::parts::api;

/// Which wires, and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those that fail, cannot be reached, or are gone
    #[arg(long)]
    failing: bool,
    /// Only those that have been silent for longer than five of their usual gaps
    #[arg(long)]
    silent: bool,
    /// Only those that are paused
    #[arg(long)]
    paused: bool,
    /// As one JSON object, in the form of /v1/sources
    #[arg(long)]
    json: bool,
}

impl Args {
    fn wants(&self, state: State) -> bool {
        let all = !(self.failing || self.silent || self.paused);
        all || match state {
            State::Failing | State::Unreachable | State::Gone => self.failing,
            State::Silent => self.silent,
            State::Paused => self.paused,
            State::Ok | State::Waiting => false,
        }
    }
}

pub async fn run(desk: &Desk<'_>, own: &Args) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    let mut rows = read::sources(&db).await.map_err(failed)?;
    let listed = rows.len();
    rows.retain(|row| own.wants(State::of(row)));
    if own.json {
        let sources = rows.into_iter().map(api::sources::health).collect();
        let list = api::answers::SourceList { sources };
        println!("{}", serde_json::to_string_pretty(&list).map_err(Failure::of)?);
        return Ok(ExitCode::SUCCESS);
    }
    if listed == 0 {
        println!(
            "no wire is listed yet; `wiredesk sources import --starter` lists public ones, `wiredesk sources add URL` one"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let now = desk.now();
    let paint = Paint::of_stdout();
    table(&rows, now, paint);
    let mut counts: Vec<String> = Vec::new();
    for state in State::ALL {
        let n = rows.iter().filter(|r| State::of(r) == state).count();
        if n > 0 {
            counts.push(paint.state(state, &format!("{n} {}", state.as_str())));
        }
    }
    let shown = if rows.len() == listed {
        format!("{listed} wires")
    } else {
        format!("{} of {listed} wires", rows.len())
    };
    println!("\n{shown}: {}", if counts.is_empty() { "none".to_owned() } else { counts.join(", ") });
    Ok(ExitCode::SUCCESS)
}

const HEADINGS: [&str; 7] = ["id", "state", "rhythm", "polled every", "newest item", "items", ""];

fn table(rows: &[SourceRow], now: wiredesk_contract::Timestamp, paint: Paint) {
    let every = |seconds: Option<f64>| seconds.map_or_else(|| "–".to_owned(), span_words);
    let cells: Vec<[String; 7]> = rows
        .iter()
        .map(|row| {
            [
                row.id.clone(),
                State::of(row).as_str().to_owned(),
                every(row.gap_seconds),
                every(row.pace_seconds),
                ago(row.newest_item, now),
                row.items_seen.to_string(),
                cut(&safe(&row.trouble().unwrap_or_default()), 160),
            ]
        })
        .collect();
    let width = |n: usize| {
        let longest = cells.iter().filter_map(|c| c.get(n)).map(|c| c.chars().count()).max().unwrap_or(0);
        longest.max(HEADINGS.get(n).map_or(0, |h| h.len()))
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(c, w)| padded(c, *w)).collect();
        padded.join("  ")
    };
    println!("{}", paint.quiet(line(&HEADINGS.map(str::to_owned)).trim_end()));
    for (row, cells) in rows.iter().zip(&cells) {
        let [id, state, rest @ .., trouble] = cells;
        let state = paint.state(State::of(row), &padded(state, widths.get(1).copied().unwrap_or(0)));
        let id = padded(id, widths.first().copied().unwrap_or(0));
        let rest: Vec<String> = rest.iter().zip(widths.iter().skip(2)).map(|(c, w)| padded(c, *w)).collect();
        println!("{}", format!("{id}  {state}  {}  {}", rest.join("  "), paint.quiet(trouble)).trim_end());
    }
}
