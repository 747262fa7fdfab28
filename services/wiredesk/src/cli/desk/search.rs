//! `wiredesk search`: items by words in headline, lead or body, newest first.

use std::process::ExitCode;

use wiredesk_contract::time::wall_clock;
use wiredesk_store::read;

use super::{Wanted, tail};
use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// What is looked for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Words; '"two words"' stand together, or is or; behind -- a word that begins with - must be absent
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    wanted: Wanted,
    /// At most so many
    #[arg(short = 'n', long, default_value_t = 20, value_name = "ITEMS")]
    lines: u32,
    /// As JSON Lines, each the item as published
    #[arg(long)]
    json: bool,
}

/// Exit code 1 where nothing was found, as grep does.
pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let filter = own.wanted.filter(Some(own.words.join(" ")), own.lines.max(1), wall_clock())?;
        let found = read::newest_or_alike(&db, None, &filter, None).await.map_err(Failure::of);
        process.end().await;
        let found = found?;
        if found.alike {
            eprintln!("nothing has these words; these headlines are written much alike:");
        }
        tail::told(&found.rows, own.json)?;
        Ok(if found.rows.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}
