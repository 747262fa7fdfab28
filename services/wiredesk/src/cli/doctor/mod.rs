//! `wiredesk doctor`: what is wrong, and what to do about it. Each file looks at one part; what it saw is judged by functions that ask
//! nobody, so that every finding can be tried.

mod bus;
mod disk;
mod finding;
mod line;
mod postgres;
mod process;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use wiredesk_runtime::Deps;
use wiredesk_runtime::terminal::Colour;

use self::finding::{Finding, Grade, report};
use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::config::RootConfig;
use crate::failure::Failure;

/// How it is told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As one JSON object
    #[arg(long)]
    json: bool,
    /// Only what is not well
    #[arg(long)]
    quiet: bool,
}

/// Longest that one part is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let mut config = crate::config::for_people(args)?;
    // A start waits for Postgres; a doctor says that it does not answer.
    config.database.wait_s = 5;
    config.database.acquire_timeout_s = 5;
    config.bus.kafka.request_timeout_ms = config.bus.kafka.request_timeout_ms.min(5_000);
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let mut findings = examine(&process, &config).await?;
        process.end().await;
        if own.quiet {
            findings.retain(|finding| finding.grade != Grade::Well);
        }
        if own.json {
            println!("{}", report(&findings));
        } else {
            let colour = Colour::of_stdout();
            findings.iter().for_each(|finding| println!("{}", finding.line(colour)));
        }
        let ill = findings.iter().any(|finding| finding.grade == Grade::Ill);
        Ok(if ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}

/// Looks at everything that can be reached; what cannot be is a finding, not an end.
async fn examine(process: &Process, config: &RootConfig) -> Result<Vec<Finding>, Failure> {
    let mut findings = vec![process::look(&config.admin.listen).await];
    let topics = Arc::new(config.topics.table()?);
    let db = match process.database(config).await {
        Ok(db) => db,
        Err(error) => {
            findings.push(Finding::ill(
                "postgres",
                error.to_string(),
                "everything waits for it; start it first",
            ));
            if config.bus.kind == wiredesk_bus::BusKind::Postgres {
                return Ok(findings);
            }
            findings.extend(bus::without_postgres(config, &topics).await);
            return Ok(findings);
        }
    };
    findings.extend(within("postgres", postgres::look(&db, &config.database)).await);
    findings.extend(disk::look(&db, &config.database).await);
    let connected = wiredesk_bus::connect(&config.bus, &db, &topics).await;
    let bus = match connected {
        Ok(bus) => bus,
        Err(error) => {
            findings.push(Finding::ill(
                "bus",
                error.to_string(),
                "see the section [bus] of the configuration",
            ));
            return Ok(findings);
        }
    };
    let deps = Deps {
        bus,
        db,
        topics,
        health: wiredesk_runtime::Health::default(),
        shutdown: process.shutdown(),
        clock: wiredesk_contract::time::wall_clock,
    };
    let topics = within("bus", bus::look(&*deps.bus, &deps.topics)).await;
    let reachable = topics.iter().all(|finding| finding.about != "bus" || finding.grade != Grade::Ill);
    findings.extend(topics);
    if reachable {
        findings.extend(within("line", line::look(&deps)).await);
    }
    Ok(findings)
}

/// What a part found; that it takes too long is a finding too.
async fn within(about: &'static str, look: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(findings) => findings,
        Err(_) => vec![Finding::ill(
            about,
            format!("no answer within {} s", PATIENCE.as_secs()),
            "it is overloaded or the network drops packets; look at the part itself",
        )],
    }
}
