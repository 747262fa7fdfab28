//! `wiredesk completions` and `wiredesk man`: for shells and for `man`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use crate::failure::Failure;

/// Where the pages go.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Writes a page for each command into this folder; without it the first page goes to stdout
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    clap_complete::generate(shell, &mut Cli::command(), "wiredesk", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}

pub fn man(own: &Man) -> Result<ExitCode, Failure> {
    match &own.folder {
        Some(folder) => {
            let written = std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
            written.map_err(|error| {
                Failure::Failed(format!("the pages cannot be written into {}: {error}", folder.display()))
            })?;
        }
        None => clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}
