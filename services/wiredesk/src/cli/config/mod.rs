//! `wiredesk config`: what is in force, and what can be set at all.

mod reference;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// What to print.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints every key with type, default, variable and meaning, as docs/configuration.md has it
    #[arg(long)]
    reference: bool,
    /// Prints the JSON Schema of the configuration file, by which editors complete it (schemas/config.schema.json)
    #[arg(long, conflicts_with = "reference")]
    schema: bool,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    if own.reference {
        return print(&reference::markdown(&crate::config::schema(), &crate::config::ALIASES));
    }
    if own.schema {
        return print(&format!("{:#}\n", crate::config::schema()));
    }
    let config = crate::config::read(args)?;
    let printed = config.print().map_err(Failure::of)?;
    print(&printed)?;
    crate::config::check_wires(&config.value)?;
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) -> Result<ExitCode, Failure> {
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
