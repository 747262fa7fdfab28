//! The whole configuration: one section a concern, each from the crate that owns it.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
pub const ALIASES: [Alias; 4] = [
    Alias { variable: "DATABASE_URL", sets: &[("database.url", None)] },
    Alias {
        variable: "KAFKA_BOOTSTRAP_SERVERS",
        sets: &[("bus.kafka.bootstrap_servers", None), ("bus.kind", Some("kafka"))],
    },
    Alias { variable: "RUST_LOG", sets: &[("log.filter", None)] },
    Alias { variable: "OTEL_EXPORTER_OTLP_ENDPOINT", sets: &[("telemetry.otlp_endpoint", None)] },
];

/// Everything that can be configured.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RootConfig {
    /// Longest time that stopping may take, in seconds.
    pub shutdown_timeout_s: ShutdownTimeout,
    /// Postgres: the ledger, and all state of the stages.
    pub database: DatabaseConfig,
    /// The bus between the stages.
    pub bus: wiredesk_bus::Config,
    /// The topics' names and partitions.
    pub topics: TopicsConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Traces, for an OpenTelemetry collector.
    pub telemetry: TelemetryConfig,
    /// Health and metrics, for those who run it.
    pub admin: AdminConfig,
    /// The fetcher: wires, polls, article pages, pushes.
    pub fetcher: fetcher::Config,
    /// The half of the cleaner that makes clean copy of what came.
    pub strip: cleaner::StripConfig,
    /// The half of the cleaner that finds repeats.
    pub dedupe: cleaner::DedupeConfig,
    /// The processor: enrichment and the ledger.
    pub processor: processor::Config,
    /// The relay: from the outbox to the bus.
    pub relay: relay::Config,
    /// The stories stage: which items tell the same story.
    pub stories: stories::Config,
    /// The page and the API.
    pub api: api::Config,
    /// The alerts: saved searches whose finds are sent to addresses.
    pub alerts: alerts::Config,
    /// The bundled wire with invented copy.
    pub sample_wire: sample_wire::Config,
}

/// The JSON Schema of a configuration file, keys sorted, without references: each key with its default and its sentence.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<RootConfig>().to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "wiredesk's configuration".into());
    }
    shorten(&mut schema);
    wiredesk_contract::schema::sorted(schema)
}

/// A number of 32 bits says `0.22` and not `0.2199999988079071`.
fn shorten(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let long = number.as_f64().unwrap_or_default();
            let short: f64 = (long as f32).to_string().parse().unwrap_or(long);
            if f64::from(long as f32) == long {
                *value = short.into();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct ShutdownTimeout(pub u64);

impl Default for ShutdownTimeout {
    fn default() -> Self {
        Self(20)
    }
}

/// `[topics]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
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
    if args.quiet {
        loaded.value.log.filter = "error".to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_built_in_says_the_defaults_and_adds_wires() {
        let mut built_in: RootConfig = toml::from_str(EMBEDDED).unwrap();
        assert!(!built_in.fetcher.sources.is_empty());
        built_in.fetcher.sources.clear();
        let text = |config: &RootConfig| toml::to_string(config).unwrap();
        assert_eq!(text(&built_in), text(&RootConfig::default()));
    }

    #[test]
    fn quiet_leaves_errors_alone_in_the_log() {
        let of = |quiet| read(&ConfigArgs { quiet, ..ConfigArgs::default() }).unwrap().value.log.filter;
        assert_eq!(of(true), "error");
        assert_ne!(of(false), "error");
    }
}
