//! From a size to cores, memory, disk and network.

use std::collections::BTreeMap;
use std::fmt;

use super::costs::{self, COSTS};
use super::{FULL, Row};

const DAY: f64 = 86_400.0;
const GB: f64 = 1e9;
/// Processes of the API: one and a spare.
const APIS: f64 = 2.0;
/// Processes that are there whatever the load: those, and alerts, which wait for Postgres alone.
const BESIDE: f64 = 3.0;

/// How full a part is of which there can be one only.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Which.
    pub name: &'static str,
    /// 1 is full, at the peak.
    pub load: f64,
}

/// What a desk takes.
#[derive(Clone, Debug)]
pub struct Desk {
    row: Row,
    /// Replicas by stage.
    pub replicas: BTreeMap<&'static str, u64>,
    /// Cores at the peak by stage, and of `kafka` and `postgres`.
    pub by_part: BTreeMap<&'static str, f64>,
    /// Memory in GB: stages, the windows of dedupe and stories, Postgres, brokers.
    pub memory_gb: [f64; 4],
    /// Disk of Kafka in GB, all copies, when its topics are as old as they get.
    pub kafka_gb: f64,
    /// Disk of Postgres in GB at the end of the retention.
    pub postgres_gb: f64,
    /// Write-ahead log a day in GB: what a backup by log shipping takes.
    pub wal_gb: f64,
    /// Megabits a second from the wires, at the peak.
    pub megabits: f64,
    /// Partitions of each topic.
    pub partitions: u64,
    /// Copies of the largest language in the index: `cleaner.dedupe.max_entries` must not be below.
    pub entries: f64,
    /// Parts of which there can be one only, the fullest first.
    pub owners: Vec<Owner>,
}

/// Cores of each part at a rate of items and of polls a second, by the number of its replicas, with so many APIs and so many
/// processes beside the stages.
pub fn cores(
    replicas: &BTreeMap<&'static str, u64>,
    (apis, beside): (f64, f64),
    items: f64,
    polls: f64,
) -> BTreeMap<&'static str, f64> {
    let mut by_part = BTreeMap::new();
    let mut processes = beside;
    for cost in COSTS {
        let n = replicas.get(cost.stage).copied().unwrap_or_default() as f64;
        processes += n;
        let polling = if cost.stage == "fetcher" { polls * costs::POLL_MS } else { 0.0 };
        by_part.insert(cost.stage, n * cost.rest + (items * cost.item_ms + polling) / 1000.0);
    }
    by_part.insert("api", apis * costs::API_REST + items * costs::API_ITEM_MS / 1000.0);
    // From nothing to always within the first item a second.
    let busy = items / (1.0 + items);
    let postgres = costs::POSTGRES_REST * processes
        + busy * costs::POSTGRES_BUSY
        + (items * costs::POSTGRES_ITEM_MS + polls * costs::POSTGRES_POLL_MS) / 1000.0;
    by_part.insert("postgres", postgres);
    let kafka = costs::KAFKA_REST
        + costs::KAFKA_REST_PROCESS * processes
        + busy * costs::KAFKA_BUSY
        + items * costs::KAFKA_ITEM_MS / 1000.0;
    by_part.insert("kafka", kafka);
    by_part
}

impl Desk {
    /// What a desk of this size takes.
    pub fn of(row: &Row) -> Self {
        let mean = row.items as f64 / DAY;
        let peak = mean * row.peak;
        let polls = row.sources as f64 / row.poll_seconds;
        let mut replicas = BTreeMap::new();
        for cost in COSTS {
            let polling = if cost.stage == "fetcher" { polls * costs::POLL_MS } else { 0.0 };
            let needed = ((peak * cost.item_ms + polling) / 1000.0 / FULL).ceil() as u64;
            // Of a single owner there is one and a spare, however full it is.
            replicas.insert(cost.stage, if cost.shared { needed.max(2) } else { 2 });
        }
        let by_part = cores(&replicas, (APIS, BESIDE), peak, polls);
        let entries = mean * row.language * costs::DEDUPE_WINDOW_S;
        let stages: f64 = COSTS.iter().map(|cost| cost.memory_mb * replicas[cost.stage] as f64).sum();
        let windows = mean
            * (costs::DEDUPE_WINDOW_S * costs::ENTRY_BYTES
                + costs::STORIES_WINDOW_S * costs::OPEN_ITEM_BYTES);
        let busiest = ["strip", "processor"].iter().filter_map(|stage| replicas.get(stage)).max();
        let postgres_gb = row.items as f64 * f64::from(row.retention_days) * costs::TABLE_BYTES / GB;
        let mut owners = vec![
            Owner { name: "stories", load: peak * costs::STORIES_OWNER_MS / 1000.0 / FULL },
            Owner { name: "relay", load: peak * costs::RELAY_OWNER_MS / 1000.0 / FULL },
            Owner {
                name: "dedupe of the largest language",
                load: peak * row.language * costs::DEDUPE_OWNER_MS / 1000.0 / FULL,
            },
        ];
        owners.sort_by(|a, b| b.load.total_cmp(&a.load));
        Self {
            row: row.clone(),
            memory_gb: [
                stages / 1000.0,
                windows / GB,
                // A quarter of what four days bring, since that is what is asked for; two at least.
                (row.items as f64 * 4.0 * costs::TABLE_BYTES / GB / 4.0).max(2.0),
                3.0 * costs::BROKER_GB,
            ],
            kafka_gb: row.items as f64 * 7.0 * costs::TOPIC_BYTES / GB,
            postgres_gb,
            wal_gb: row.items as f64 * costs::WAL_BYTES / GB,
            megabits: (peak * costs::FETCHED_BYTES + polls * costs::UNCHANGED_BYTES) * 8.0 / 1e6,
            // Room to double, in twelves; changing it later sends keys elsewhere.
            partitions: (busiest.copied().unwrap_or(1) * 2).div_ceil(12) * 12,
            replicas,
            by_part,
            entries,
            owners,
        }
    }

    /// Cores at the peak, all together.
    pub fn cores(&self) -> f64 {
        self.by_part.values().sum()
    }

    /// A month's price of cores, memory (each an hour) and disk (a GB a month).
    pub fn cost(&self, core_hour: f64, memory_hour: f64, disk_month: f64) -> f64 {
        let memory: f64 = self.memory_gb.iter().sum();
        730.0 * (self.cores() * core_hour + memory * memory_hour)
            + (self.kafka_gb + self.postgres_gb) * disk_month
    }

    /// Items a day at which a part is full, as it is loaded now.
    fn full_at(&self, owner: &Owner) -> f64 {
        self.row.items as f64 / owner.load
    }

    /// A row of the table.
    pub fn cells(&self) -> String {
        let first = &self.owners[0];
        format!(
            "| {} | {} | {:.1} | {:.0} GB | {:.0} GB | {:.0} GB | {:.0} Mbit/s | {} | {}, {:.0} % |",
            self.row.sources,
            self.row.items,
            self.cores(),
            self.memory_gb.iter().sum::<f64>(),
            self.kafka_gb,
            self.postgres_gb,
            self.megabits,
            self.partitions,
            first.name,
            first.load * 100.0
        )
    }
}

impl fmt::Display for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.row;
        writeln!(
            f,
            "{} sources, {} items a day, {:.1}/s at the peak, {:.0} polls/s",
            row.sources,
            row.items,
            row.items as f64 / DAY * row.peak,
            row.sources as f64 / row.poll_seconds
        )?;
        for (part, cores) in &self.by_part {
            let replicas = self.replicas.get(part).map(|n| format!(", {n} replicas")).unwrap_or_default();
            writeln!(f, "  {part}: {cores:.2} cores{replicas}")?;
        }
        writeln!(f, "cores at the peak: {:.1}", self.cores())?;
        let [stages, windows, postgres, brokers] = self.memory_gb;
        writeln!(
            f,
            "memory in GB: {stages:.1} processes, {windows:.1} windows of dedupe and stories, {postgres:.1} Postgres, {brokers:.1} brokers"
        )?;
        writeln!(
            f,
            "disk in GB: {:.0} Kafka ({} copies, 7 days), {:.0} Postgres after {} days; write-ahead log {:.1} a day",
            self.kafka_gb,
            costs::COPIES,
            self.postgres_gb,
            row.retention_days,
            self.wal_gb
        )?;
        writeln!(f, "from the wires: {:.1} Mbit/s at the peak", self.megabits)?;
        writeln!(f, "partitions: {}", self.partitions)?;
        writeln!(
            f,
            "copies of the largest language in the window: {:.0} (cleaner.dedupe.max_entries)",
            self.entries
        )?;
        for owner in &self.owners {
            writeln!(
                f,
                "single owner: {} {:.0} % full; full at {:.1} million items a day",
                owner.name,
                owner.load * 100.0,
                self.full_at(owner) / 1e6
            )?;
        }
        Ok(())
    }
}
