//! The one executable: every stage, and the tools.

mod acls;
mod banner;
mod boot;
mod cli;
mod config;
mod failure;
mod parts;
mod readiness;
mod roles;
mod supervise;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::dispatch(cli::Cli::parse()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("wiredesk: {failure}");
            failure.exit_code()
        }
    }
}
