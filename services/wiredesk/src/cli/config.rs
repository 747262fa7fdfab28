//! `wiredesk config`.

use std::io::Write;
use std::process::ExitCode;

use crate::cli::ConfigArgs;
use crate::failure::Failure;

pub fn run(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?;
    let printed = config.print().map_err(Failure::of)?;
    std::io::stdout().write_all(printed.as_bytes())?;
    crate::config::check_wires(&config.value)?;
    Ok(ExitCode::SUCCESS)
}
