//! Speed of the whole pipeline, printed together with the audit's verdict: a fast pipeline that loses something is not fast.
//!
//! Two measurements a bus, on a release build of the executable in one process, with everything (driver, PostgreSQL, Kafka)
//! on this one machine:
//! - *throughput*: raw items with article pages are on the raw topic all at once; items a second until the last version is
//!   in Postgres, in the topic, and gone from the outbox;
//! - *latency*: raw items arrive at a steady rate; time from the bytes' arrival (`fetched_at`) until a consumer of the topic
//!   has the record, and until a client of the API has seen the item.
//!
//! And two of the API by itself: `reads` asks it for everything that the page asks for, on a database with a month of items; `readers` has
//! hundreds of live readers count what they get.
//!
//! `scale` measures the sharded form, a process a stage and several of each; `model` computes from those costs what a desk of any
//! size takes, without running anything.

mod fill;
mod invent;
mod latency;
mod model;
mod percentile;
mod process;
mod questions;
mod readers;
mod reads;
mod scale;
mod throughput;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use wiredesk_bus::Bus;
use wiredesk_contract::TopicTable;
use wiredesk_tests::{BusChoice, Desk};

/// What to measure.
#[derive(Clone, Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Args {
    #[command(subcommand)]
    mode: Option<Mode>,
    /// `postgres`, `kafka` or `both`
    #[arg(long, default_value = "both")]
    bus: String,
    /// Raw items of the throughput run
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// Raw items a second of the latency run
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// Length of the latency run in seconds
    #[arg(long, default_value_t = 40)]
    seconds: u32,
}

#[derive(Clone, Debug, Subcommand)]
enum Mode {
    /// How long the API takes for what the page asks, with a month of items in Postgres
    Reads(reads::Args),
    /// What hundreds of live readers get, and what they cost
    Readers(readers::Args),
    /// The sharded form, with several replicas of each stage
    Scale(scale::Args),
    /// What a desk of some size takes, computed
    Model(model::Args),
}

/// A running deployment and a way to its bus.
struct Rig {
    desk: Desk,
    bus: Arc<dyn Bus>,
    topics: TopicTable,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match &args.mode {
        Some(Mode::Reads(own)) => reads::measure(own).await,
        Some(Mode::Readers(own)) => readers::measure(own).await,
        Some(Mode::Scale(own)) => {
            return if scale::measure(own).await { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        Some(Mode::Model(own)) => print!("{}", model::tell(own)),
        None => loads(&args).await,
    }
    ExitCode::SUCCESS
}

/// Throughput and latency, of each bus.
async fn loads(args: &Args) {
    for (name, bus) in [("postgres", BusChoice::Postgres), ("kafka", BusChoice::Kafka)] {
        if args.bus != "both" && args.bus != name {
            continue;
        }
        println!("== on the {name} bus");
        let Some(rig) = rig(bus).await else { continue };
        throughput::measure(&rig, args).await;
        let Some(rig) = self::rig(bus).await else { continue };
        latency::measure(&rig, args).await;
    }
}

async fn rig(bus: BusChoice) -> Option<Rig> {
    let desk = Desk::prepare(bus, Vec::new()).await?;
    let (code, output) = desk.run(&["migrate"]);
    assert!(code == 0, "migrate: {output}");
    let (bus, topics) = (desk.bus().await, desk.topics());
    Some(Rig { desk, bus, topics })
}

impl Rig {
    /// Prints what the audit says; a pipeline that is not equal has no speed worth printing.
    fn audit(&self) {
        let (code, report) = self.desk.run(&["audit"]);
        let last = report.lines().rfind(|l| !l.trim().is_empty()).unwrap_or_default();
        println!("  audit: {} ({last})", if code == 0 { "equal" } else { "NOT EQUAL" });
    }
}
