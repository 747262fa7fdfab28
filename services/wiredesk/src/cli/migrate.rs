//! `wiredesk migrate`.

use std::process::ExitCode;

use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::failure::Failure;

pub fn run(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let result = process.migrate(&config).await;
        process.end().await;
        result?;
        println!("Postgres is up to date and every topic is there");
        Ok(ExitCode::SUCCESS)
    })
}
