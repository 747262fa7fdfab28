//! The command line: one file a subcommand.

mod acls;
mod audit;
mod config;
mod dead;
mod desk;
mod doctor;
mod export;
mod health;
mod migrate;
mod progress;
mod replay;
mod run;
mod sample_wire;
mod service;
mod shell;
mod sources;
mod style;
mod takedown;
mod token;
mod tool;
mod version;
mod vocab;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::failure::Failure;

/// A streaming news-ingestion pipeline: polls wires, cleans copy, finds repeats, enriches, publishes.
#[derive(Debug, Parser)]
#[command(name = "wiredesk", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: Command,
}

/// Where the configuration comes from.
#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArgs {
    /// Configuration file (TOML); without one the built-in config/default.toml is used
    #[arg(long, global = true, value_name = "FILE", env = "WIREDESK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Sets one value over file and environment, such as --set api.listen=127.0.0.1:9000
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// The answer and what went wrong, and nothing beside them: no bars, no log but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every stage in one process, and the sample wire where it is configured
    Run,
    /// Polls the wires
    Fetcher,
    /// Cleans copy and finds repeats
    Cleaner {
        /// Only this half
        #[arg(long, value_enum)]
        only: Option<service::Half>,
    },
    /// Enriches items and writes them to the ledger
    Processor,
    /// Publishes the outbox on the bus
    Relay,
    /// Clusters items into stories
    Stories,
    /// Serves the page and the API
    Api,
    /// Sends what saved searches find to the addresses that they name
    Alerts,
    /// Brings Postgres up to date and makes the topics; with --roles also the roles of the services
    Migrate(migrate::Args),
    /// Prints which Kafka principal needs which rights: commands for kafka-acls.sh, KafkaUsers for Strimzi, or JSON Lines
    Acls(acls::Args),
    /// Prints the effective configuration, secrets masked, and where each value came from; or what can be set at all
    Config(config::Args),
    /// Checks that ledger, outbox and topic hold the same versions; exit code 1 where they do not
    Audit {
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// The wire as it comes in: the latest items, then each new version
    Tail(desk::tail::Args),
    /// Items by words in headline, lead or body, newest first; exit code 1 where there is none
    Search(desk::search::Args),
    /// The desk's numbers: items, stories, volume, wires
    Status(desk::status::Args),
    /// Looks at Postgres, the bus, the stages and the disk, and says what is wrong and what to do; exit code 1 where something is
    Doctor(doctor::Args),
    /// Asks the process at admin.listen whether it is ready; exit code 1 where it is not. For the health checks of containers
    Health,
    /// What the stages could not take: lists, shows, retries and drops it
    #[command(subcommand)]
    Dead(dead::Dead),
    /// Serves the bundled wire with invented copy
    SampleWire(sample_wire::Args),
    /// Writes items from Postgres as ninjs or JSON Lines
    Export(export::Args),
    /// Does again what was done: from what the wires sent, or with the stored items alone
    Replay(replay::Args),
    /// Takes items back by an operator's word: words, copies, and whatever would bring them back
    #[command(subcommand)]
    Takedown(takedown::Takedown),
    /// People and organisations: loads their ids, merges and finds them
    #[command(subcommand)]
    Vocab(vocab::Vocab),
    /// The wires: lists, adds, checks, pauses, imports and exports them
    #[command(subcommand)]
    Sources(sources::Sources),
    /// Who may use the API: makes, lists and revokes tokens
    #[command(subcommand)]
    Token(token::Token),
    /// The cores without any server: files in, JSON Lines out
    #[command(subcommand)]
    Tool(tool::Tool),
    /// Prints what a shell needs to complete commands: `source <(wiredesk completions bash)`
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page, or writes one for each command
    Man(shell::Man),
    /// Prints version and build
    Version,
}

/// Who works at this terminal, for the audit.
fn actor() -> String {
    std::env::var("USER").ok().filter(|user| !user.is_empty()).unwrap_or_else(|| "operator".to_owned())
}

/// Runs what was asked for.
pub fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let args = cli.config;
    if args.quiet {
        progress::be_quiet();
    }
    match cli.command {
        Command::Run => run::run(&args),
        Command::Fetcher => service::run(service::Service::Fetcher, &args),
        Command::Cleaner { only } => service::run(service::Service::Cleaner(only), &args),
        Command::Processor => service::run(service::Service::Processor, &args),
        Command::Relay => service::run(service::Service::Relay, &args),
        Command::Stories => service::run(service::Service::Stories, &args),
        Command::Api => service::run(service::Service::Api, &args),
        Command::Alerts => service::run(service::Service::Alerts, &args),
        Command::Migrate(own) => migrate::run(&args, &own),
        Command::Acls(own) => acls::run(&args, &own),
        Command::Config(own) => config::run(&args, &own),
        Command::Audit { json } => audit::run(&args, json),
        Command::Tail(own) => desk::tail::run(&args, &own),
        Command::Search(own) => desk::search::run(&args, &own),
        Command::Status(own) => desk::status::run(&args, &own),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man(own) => shell::man(&own),
        Command::Doctor(own) => doctor::run(&args, &own),
        Command::Health => health::run(&args),
        Command::Dead(own) => dead::run(&args, &own),
        Command::SampleWire(own) => sample_wire::run(&args, &own),
        Command::Export(own) => export::run(&args, &own),
        Command::Replay(own) => replay::run(&args, &own),
        Command::Takedown(own) => takedown::run(&args, &own),
        Command::Vocab(own) => vocab::run(&args, &own),
        Command::Sources(own) => sources::run(&args, &own),
        Command::Token(own) => token::run(&args, &own),
        Command::Tool(tool) => tool::run(&tool),
        Command::Version => version::run(),
    }
}
