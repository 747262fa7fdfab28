//! `wiredesk audit`.

use std::process::ExitCode;

use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, progress};
use crate::failure::Failure;
use crate::parts::relay;

pub fn run(args: &ConfigArgs, json: bool) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let deps = process.deps(&config).await?;
        let bar = progress::bar(1, progress::THINGS, "records");
        let read = |read, of| {
            bar.set_length(of);
            bar.set_position(read);
        };
        let report = relay::audit(&deps, read).await.map_err(Failure::of);
        bar.finish_and_clear();
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
