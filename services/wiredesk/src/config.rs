//! The whole configuration: one section a concern, each from the crate that owns it.

use serde::{Deserialize, Serialize};
use wiredesk_contract::TopicTable;
use wiredesk_runtime::admin::AdminConfig;
use wiredesk_runtime::config::{Alias, From, Loaded, Sources, load};
use wiredesk_runtime::database::DatabaseConfig;
use wiredesk_runtime::telemetry::{LogConfig, TelemetryConfig};

use crate::cli::ConfigArgs;
use crate::failure::Failure;
use crate::parts::{alerts, api, cleaner, fetcher, processor, relay, sample_wire, stories};

/// Used where no file is named.
const EMBEDDED: &str = include_str!("../../../config/default.toml");

/// Plain variables that others use too.
const ALIASES: [Alias; 4] = [
    Alias { variable: "DATABASE_URL", sets: &[("database.url", None)] },
    Alias {
        variable: "KAFKA_BOOTSTRAP_SERVERS",
        sets: &[("bus.kafka.bootstrap_servers", None), ("bus.kind", Some("kafka"))],
    },
    Alias { variable: "RUST_LOG", sets: &[("log.filter", None)] },
    Alias { variable: "OTEL_EXPORTER_OTLP_ENDPOINT", sets: &[("telemetry.otlp_endpoint", None)] },
];

/// Everything that can be configured.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RootConfig {
    /// Longest time that stopping may take, in seconds.
    pub shutdown_timeout_s: ShutdownTimeout,
    /// Postgres.
    pub database: DatabaseConfig,
    /// The bus.
    pub bus: wiredesk_bus::Config,
    /// Topic names.
    pub topics: TopicsConfig,
    /// Logs.
    pub log: LogConfig,
    /// Traces.
    pub telemetry: TelemetryConfig,
    /// Health and metrics.
    pub admin: AdminConfig,
    /// Polling.
    pub fetcher: fetcher::Config,
    /// Clean copy.
    pub strip: cleaner::StripConfig,
    /// Repeats.
    pub dedupe: cleaner::DedupeConfig,
    /// Enrichment and the ledger.
    pub processor: processor::Config,
    /// From the outbox to the bus.
    pub relay: relay::Config,
    /// Clusters.
    pub stories: stories::Config,
    /// HTTP for readers.
    pub api: api::Config,
    /// Saved searches that are sent.
    pub alerts: alerts::Config,
    /// The bundled wire with invented copy.
    pub sample_wire: sample_wire::Config,
}

/// Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct ShutdownTimeout(pub u64);

impl Default for ShutdownTimeout {
    fn default() -> Self {
        Self(20)
    }
}

/// `[topics]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TopicsConfig {
    /// First part of every topic's and group's name.
    pub prefix: String,
    /// Another number of partitions for every topic than `schemas/topics.toml` gives.
    pub partitions: Option<i32>,
}

impl Default for TopicsConfig {
    fn default() -> Self {
        Self { prefix: "wiredesk".to_owned(), partitions: None }
    }
}

impl TopicsConfig {
    /// The topic table under this prefix.
    pub fn table(&self) -> Result<TopicTable, Failure> {
        TopicTable::load(&self.prefix, self.partitions).map_err(|e| Failure::Usage(e.to_string()))
    }
}

/// The configuration of a command whose answer a person reads: only what went wrong is logged beside it, unless RUST_LOG or the
/// file say otherwise.
pub fn for_people(args: &ConfigArgs) -> Result<RootConfig, Failure> {
    let mut config = read(args)?.value;
    if config.log == wiredesk_runtime::telemetry::LogConfig::default() {
        config.log.filter = "warn".to_owned();
    }
    Ok(config)
}

/// Reads the configuration in its layers.
pub fn read(args: &ConfigArgs) -> Result<Loaded<RootConfig>, Failure> {
    let sources = Sources {
        file: args.config.as_deref(),
        embedded: Some(("config/default.toml", EMBEDDED)),
        env: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        aliases: &ALIASES,
        set: args.set.clone(),
    };
    let mut loaded: Loaded<RootConfig> = load(&sources)?;
    // What is wrong with a wire is said with its line.
    if let Some(From::File(name)) = loaded.origins.get("fetcher.sources") {
        let text = match &args.config {
            Some(path) => std::fs::read_to_string(path).unwrap_or_default(),
            None => EMBEDDED.to_owned(),
        };
        fetcher::listing::locate(&mut loaded.value.fetcher.sources, &text, name);
    }
    Ok(loaded)
}

/// May the API be served as configured? Said before anything is started.
pub fn check_api(config: &RootConfig) -> Result<(), Failure> {
    config.api.check().map_err(|e| Failure::Usage(e.to_string()))
}

/// Is the list of wires usable? Said before anything is started.
pub fn check_wires(config: &RootConfig) -> Result<(), Failure> {
    fetcher::list::load(&config.fetcher).map(|_| ()).map_err(|e| Failure::Usage(e.to_string()))
}
