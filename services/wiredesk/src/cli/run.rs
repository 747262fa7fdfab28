//! `wiredesk run`: every stage in one process.

use std::process::ExitCode;

use crate::banner;
use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::cli::service::Service;
use crate::config::RootConfig;
use crate::failure::Failure;
use crate::parts;
use crate::supervise::supervise;

/// In the order of the pipeline.
const SERVICES: [Service; 7] = [
    Service::Fetcher,
    Service::Cleaner(None),
    Service::Processor,
    Service::Relay,
    Service::Stories,
    Service::Api,
    Service::Alerts,
];

pub fn run(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    crate::config::check_wires(&config)?;
    crate::config::check_api(&config)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let result = everything(&process, config).await;
        process.end().await;
        result.map(|()| ExitCode::SUCCESS)
    })
}

async fn everything(process: &Process, mut config: RootConfig) -> Result<(), Failure> {
    let admin = process.serve_admin(&config).await?;
    process.migrate(&config).await?;
    let deps = process.deps(&config).await?;
    let sample = match config.sample_wire.enabled {
        true => Some(parts::sample_wire(&mut config, &deps).await?),
        false => None,
    };
    let tasks = SERVICES.iter().flat_map(|service| service.tasks(&config, &deps)).collect();
    tokio::spawn(banner::when_ready(deps.clone(), config, admin, sample));
    supervise(tasks, &deps).await
}
