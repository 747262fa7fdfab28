//! `wiredesk audit`.

use std::process::ExitCode;

use crate::cli::ConfigArgs;
use crate::failure::Failure;

pub fn run(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let _ = crate::config::read(args)?;
    Err(Failure::of("the audit is not built in yet"))
}
