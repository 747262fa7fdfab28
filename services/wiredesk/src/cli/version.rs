//! `wiredesk version`.

use std::io::Write;
use std::process::ExitCode;

use crate::failure::Failure;

pub fn run() -> Result<ExitCode, Failure> {
    writeln!(
        std::io::stdout(),
        "wiredesk {} ({}-{})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        std::env::consts::OS
    )?;
    Ok(ExitCode::SUCCESS)
}
