//! `wiredesk replay`.

mod raw;
mod reenrich;

use std::process::ExitCode;

use chrono::{DateTime, Utc};

use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// What is done again. Without `--reenrich`: what the wires sent goes through the whole line once more, as far back as the topic `raw`
/// reaches. Ids, verdicts and versions are those of the first time; where the cleaning has become better, an item gets a new version.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only enrich the stored copy again; what differs becomes a new version whose change is `reenriched`
    #[arg(long)]
    reenrich: bool,
    /// Only what was fetched (with --reenrich: whose current version was written) at or after this time (2026-02-15T09:30:00Z)
    #[arg(long, required_unless_present = "reenrich")]
    from: Option<DateTime<Utc>>,
    /// Only before this time
    #[arg(long)]
    to: Option<DateTime<Utc>>,
    /// Only of this wire
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Only say how much it would be
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    fn check(&self) -> Result<(), Failure> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from >= to => Err(Failure::Usage(format!(
                "--from {from} is not before --to {to}; nothing lies between them"
            ))),
            _ => Ok(()),
        }
    }
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    own.check()?;
    if own.reenrich { reenrich::run(args, own) } else { raw::run(args, own) }
}
