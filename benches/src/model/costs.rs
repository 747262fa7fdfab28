//! What things cost, as measured by `wiredesk-benches scale` (docs/capacity.md): on two cores of a Xeon that everything shared, with
//! three brokers (their JIT kept to its first stage), PostgreSQL 15 with `fsync` on, 60 wires asked each second. Sizes are of the invented
//! copy of the benches.

/// What a stage costs.
pub struct Cost {
    /// The stage.
    pub stage: &'static str,
    /// CPU milliseconds an item in its own processes: at 10 to 20 items a second, where batches are small.
    pub item_ms: f64,
    /// Cores that a replica takes at rest.
    pub rest: f64,
    /// Megabytes that a replica holds at most, without windows.
    pub memory_mb: f64,
    /// May several share the work? Otherwise one works and the others stand by.
    pub shared: bool,
}

const fn cost(stage: &'static str, item_ms: f64, rest: f64, memory_mb: f64, shared: bool) -> Cost {
    Cost { stage, item_ms, rest, memory_mb, shared }
}

/// The stages.
pub const COSTS: &[Cost] = &[
    cost("fetcher", 1.5, 0.015, 50.0, true),
    cost("strip", 1.5, 0.012, 285.0, true),
    cost("dedupe", 1.0, 0.012, 110.0, true),
    cost("processor", 3.0, 0.013, 465.0, true),
    cost("relay", 1.3, 0.016, 65.0, false),
    cost("stories", 3.2, 0.007, 115.0, false),
];

/// Cores of an API with nobody who asks, and CPU milliseconds for an item that it tells its readers.
pub const API_REST: f64 = 0.02;
/// See [`API_REST`].
pub const API_ITEM_MS: f64 = 0.3;
/// CPU milliseconds of the fetcher for a poll that finds nothing new.
pub const POLL_MS: f64 = 0.75;
/// The same in Postgres.
pub const POSTGRES_POLL_MS: f64 = 0.4;
/// Cores of Postgres for a process at rest.
pub const POSTGRES_REST: f64 = 0.005;
/// Cores of Postgres for as long as anything comes: a batch costs as much with one item as with ten.
pub const POSTGRES_BUSY: f64 = 0.08;
/// CPU milliseconds an item in Postgres, all stages together.
pub const POSTGRES_ITEM_MS: f64 = 4.0;
/// Cores of three brokers at rest.
pub const KAFKA_REST: f64 = 0.264;
/// Cores of three brokers for a process at rest.
pub const KAFKA_REST_PROCESS: f64 = 0.0058;
/// Cores of three brokers for as long as anything comes: as [`POSTGRES_BUSY`], and each batch of the relay is a transaction.
pub const KAFKA_BUSY: f64 = 0.5;
/// CPU milliseconds an item of three brokers: with batches of hundreds it was too little to be told from what they take at rest.
pub const KAFKA_ITEM_MS: f64 = 0.5;
/// CPU milliseconds an item of the owner of the stories and of its statements.
pub const STORIES_OWNER_MS: f64 = 4.3;
/// CPU milliseconds an item of the relay and of its statements.
pub const RELAY_OWNER_MS: f64 = 2.4;
/// CPU milliseconds an item of an owner in dedupe and of its statements; of the index they are .07, at 2,500 copies as at 25,000
/// (`wiredesk tool dedupe`).
pub const DEDUPE_OWNER_MS: f64 = 2.1;
/// Window of dedupe, in seconds.
pub const DEDUPE_WINDOW_S: f64 = 96.0 * 3_600.0;
/// Window of stories, in seconds.
pub const STORIES_WINDOW_S: f64 = 168.0 * 3_600.0;
/// Bytes of a copy in the index of dedupe (`wiredesk tool dedupe`: 44 MB for 22,500).
pub const ENTRY_BYTES: f64 = 2_000.0;
/// Bytes of an item in the open stories (`wiredesk tool stories`: 35 MB for 5,000).
pub const OPEN_ITEM_BYTES: f64 = 7_000.0;
/// Gigabytes of a broker: its heap, and as much for what is read again soon.
pub const BROKER_GB: f64 = 1.0;
/// Copies of each record.
pub const COPIES: u32 = 3;
/// Bytes an item in all topics, all copies.
pub const TOPIC_BYTES: f64 = 38_500.0;
/// Bytes an item in tables and indexes.
pub const TABLE_BYTES: f64 = 36_000.0;
/// Bytes an item of the write-ahead log.
pub const WAL_BYTES: f64 = 53_000.0;
/// Bytes an item from the wires: its page, and its share of the feed.
pub const FETCHED_BYTES: f64 = 50_000.0;
/// Bytes of a poll that finds nothing new: request and answer with their heads. An assumption, not a measurement.
pub const UNCHANGED_BYTES: f64 = 800.0;
