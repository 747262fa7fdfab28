//! `wiredesk sources …`: the wires, for the people who choose them.

mod add;
pub(super) mod ask;
mod check;
mod export;
mod import;
mod list;
mod rest;
mod screen;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::boot;
use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// What is done with the wires.
#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Shows every wire: how it is doing, how often it moves, why it is not ok
    List(list::Args),
    /// Adds a wire by its feed's address, or by the address of a site that has one
    ///
    /// Running fetchers poll it within seconds, without a restart. It is kept in Postgres; `wiredesk sources export` writes
    /// it to a file.
    Add(Box<add::Args>),
    /// Says what a source is, how often it moves and what is wrong with it, without adding it
    ///
    /// SOURCE is an address (of a feed, or of a site that has one), a file, - for stdin, or the id of a wire that is listed.
    /// Needs no Postgres for an address or a file. Exit code 1 where it cannot be read.
    Check(check::Args),
    /// Lets wires rest until they are resumed
    Pause {
        /// Ids of the wires
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Why, for those who find it paused
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Polls wires again that were paused, by a person or by the fetcher, or that said they were gone
    Resume {
        /// Ids of the wires
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Adds the wires of a list: OPML 2 as feed readers export it, TOML or JSON
    ///
    /// What is listed already (by id or by address) is skipped; what cannot be used is refused with its line, and its
    /// neighbours are added. Exit code 1 where something was refused.
    Import(import::Args),
    /// Writes the list of wires, without secrets: `import` reads it back the same
    Export(export::Args),
    /// Takes wires off the list that were added by `add` or `import`; what was published stays
    Remove {
        /// Ids of the wires
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

/// Networks that may be reached although they are not public.
#[derive(Clone, Debug, Default, Args)]
pub struct Reach {
    /// Network of your own that may be reached, such as 127.0.0.1/32 (repeat for more)
    #[arg(long, value_name = "NETWORK")]
    allow: Vec<String>,
}

/// Runs what was asked for.
pub fn run(args: &ConfigArgs, command: &Sources) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = boot::Process::start(&config).await?;
        let asked = ask::Desk { config: &config, process: &process };
        let result = match command {
            Sources::List(own) => list::run(&asked, own).await,
            Sources::Add(own) => add::run(&asked, own).await,
            Sources::Check(own) => check::run(&asked, own).await,
            Sources::Pause { ids, why } => rest::pause(&asked, ids, why.as_deref()).await,
            Sources::Resume { ids } => rest::resume(&asked, ids).await,
            Sources::Import(own) => import::run(&asked, own).await,
            Sources::Export(own) => export::run(&asked, own).await,
            Sources::Remove { ids } => rest::remove(&asked, ids).await,
        };
        process.end().await;
        result
    })
}
