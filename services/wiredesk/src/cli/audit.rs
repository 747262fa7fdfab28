//! `wiredesk audit`.

use std::process::ExitCode;

use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::failure::Failure;
use crate::parts::relay;

pub fn run(args: &ConfigArgs, json: bool) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let deps = process.deps(&config).await?;
        let report = relay::audit(&deps).await.map_err(Failure::of);
        process.end().await;
        let report = report?;
        if json {
            println!("{}", serde_json::to_string(&report).map_err(Failure::of)?);
        } else {
            println!("{report}");
        }
        Ok(if report.equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
