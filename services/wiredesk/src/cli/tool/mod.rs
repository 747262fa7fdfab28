//! `wiredesk tool …`: the cores without any server. JSON Lines out; a bad line is reported on stderr with its number and
//! skipped, and the exit code is then 1.

mod enrich;
mod extract;
mod feed;
pub(super) mod input;
mod lines;
mod ner;
mod output;
pub(super) mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::parts::{Clusterer, Deduper, cleaner, stories};
use output::Output;

/// A core as a tool.
#[derive(Debug, Subcommand)]
pub enum Tool {
    /// Reads feed documents: one line each with the feed, its entries and what was mended
    Feed {
        /// Feed documents; - is stdin
        #[arg(required_unless_present = "list")]
        files: Vec<PathBuf>,
        /// JSON Lines of {"file","headers":{…}}, for documents that came with HTTP headers; relative to the list
        #[arg(long, value_name = "FILE.jsonl")]
        list: Option<PathBuf>,
    },
    /// Finds the article in HTML pages
    Extract {
        /// .html and .html.gz files, or folders of them; - is stdin
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Tell of each line of the page why it stayed or went; in colours on a terminal, unless NO_COLOR is set
        #[arg(long)]
        explain: bool,
    },
    /// Cleans wire copy
    Clean(LinesArgs),
    /// Finds repeats; the input is in time order
    Dedupe {
        #[command(flatten)]
        lines: LinesArgs,
        /// How far back a repeat is looked for: 30m, 96h, 4d
        #[arg(long, default_value = "96h", value_parser = window::parse)]
        window: chrono::Duration,
        /// Show shared passages, differing figures and names, and what a version changed; keeps the texts of the window
        #[arg(long)]
        explain: bool,
    },
    /// Finds language, places, people, topics, quotes, figures and dates
    Enrich(enrich::Args),
    /// Trains and measures the models of entities and topics
    Ner {
        #[command(subcommand)]
        command: ner::Ner,
    },
    /// Clusters into stories; the input is in time order
    Stories {
        #[command(flatten)]
        lines: LinesArgs,
        /// How long a story stays open for new items (whole hours): 96h, 4d; by default as in the pipeline
        #[arg(long, value_parser = window::parse)]
        window: Option<chrono::Duration>,
    },
}

/// JSON Lines in.
#[derive(Debug, Args)]
pub struct LinesArgs {
    /// JSON Lines files; - or none is stdin
    pub files: Vec<PathBuf>,
}

/// Runs a tool.
pub fn run(tool: &Tool) -> Result<ExitCode, Failure> {
    if let Tool::Ner { command } = tool {
        ner::run(command)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = Output::stdout();
    let result = match tool {
        Tool::Feed { files, list } => feed::run(files, list.as_deref(), &mut out),
        Tool::Extract { paths, explain } => {
            let telling = if *explain { extract::Telling::Lines } else { extract::Telling::Article };
            extract::run(paths, telling, &mut out)
        }
        Tool::Clean(lines) => lines::run(&lines.files, &mut out, cleaner::tool::clean),
        Tool::Dedupe { lines, window, explain } => {
            let mut deduper = if *explain { Deduper::explaining(*window) } else { Deduper::new(*window) };
            lines::run(&lines.files, &mut out, |v| deduper.push(v))
        }
        Tool::Enrich(args) => enrich::run(args, &mut out),
        Tool::Ner { .. } => Ok(()),
        Tool::Stories { lines, window } => {
            let mut clusterer = Clusterer::with(stories_config(*window));
            lines::run(&lines.files, &mut out, |v| clusterer.push(v))
        }
    };
    out.finish(result)
}

fn stories_config(window: Option<chrono::Duration>) -> stories::Config {
    let mut config = stories::Config::default();
    if let Some(hours) = window.and_then(|w| u32::try_from(w.num_hours()).ok()) {
        config.open_hours = hours.max(1);
    }
    config
}
