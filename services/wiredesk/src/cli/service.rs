//! `wiredesk fetcher|cleaner|processor|relay|stories|api|alerts`: one service, as a container runs it.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::config::RootConfig;
use crate::failure::Failure;
use crate::parts::{self, Task};
use crate::supervise::supervise;

/// Which service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Polls.
    Fetcher,
    /// Cleans; both halves unless one is named.
    Cleaner(Option<Half>),
    /// Enriches and stores.
    Processor,
    /// Publishes.
    Relay,
    /// Clusters.
    Stories,
    /// Answers.
    Api,
    /// Sends what saved searches find.
    Alerts,
}

/// A half of the cleaner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Half {
    /// Any number side by side.
    Strip,
    /// One owner a language.
    Dedupe,
}

impl Service {
    /// Its stages, not yet started.
    pub fn tasks(self, config: &RootConfig, deps: &wiredesk_runtime::Deps) -> Vec<Task> {
        match self {
            Self::Fetcher => vec![parts::fetcher(config, deps)],
            Self::Cleaner(None) => vec![parts::strip(config, deps), parts::dedupe(config, deps)],
            Self::Cleaner(Some(Half::Strip)) => vec![parts::strip(config, deps)],
            Self::Cleaner(Some(Half::Dedupe)) => vec![parts::dedupe(config, deps)],
            Self::Processor => vec![parts::processor(config, deps)],
            Self::Relay => vec![parts::relay(config, deps)],
            Self::Stories => vec![parts::stories(config, deps)],
            Self::Api => vec![parts::api(config, deps)],
            Self::Alerts => vec![parts::alerts(config, deps)],
        }
    }
}

pub fn run(service: Service, args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let mut config = crate::config::read(args)?.value;
    if service == Service::Fetcher {
        parts::sample_wire_elsewhere(&mut config)?;
        crate::config::check_wires(&config)?;
    }
    if service == Service::Api {
        crate::config::check_api(&config)?;
    }
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let result = async {
            process.serve_admin(&config).await?;
            let deps = process.deps(&config).await?;
            supervise(service.tasks(&config, &deps), &deps).await
        }
        .await;
        process.end().await;
        result.map(|()| ExitCode::SUCCESS)
    })
}
