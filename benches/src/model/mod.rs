//! `model`: what a desk of some size takes, computed from measured costs ([`costs`]), and which part is full first.
//!
//! # Assumptions
//! - *CPU time is linear*: a stage takes a fixed part a replica at rest and a fixed part an item; Postgres and the brokers take another for as long
//!   as anything comes. Larger batches make items cheaper (the backlog runs show by how much), so at high rates the model says too much
//!   rather than too little.
//! - *A core* is one of the machine's that the costs were measured on. Another machine's are other cores: measure again
//!   (`wiredesk-benches scale`).
//! - *Copy* is like the benches': pages of some tens of kilobytes, one item in ten a re-send, seven languages. An item is an item of a wire;
//!   versions count as items.
//! - *Peak*: the day's mean rate times a factor; processors are counted for the peak, disk and network for the mean.
//! - *Polls*: each source once in [`Row::poll_seconds`] on average. The fetcher asks busy wires every half minute and quiet ones hourly.
//! - *Replicas*: as many as keep each below [`FULL`] of a core at the peak, two at least, so that one may die.
//! - *One owner*: stories, the relay, and dedupe for each language work one batch after another. Such a part is full when its own time and
//!   the time of its statements in Postgres make [`FULL`] of a second a second. Waiting for the disk is not in that: durable commits
//!   are one a batch, and batches grow with the load.
//! - *Postgres* keeps every row; words are kept for [`Row::retention_days`]. What is left of an item after that is not reckoned.
//!   The cost of a row does not grow with the table; what grows is the depth of its indexes, by the logarithm.
//! - *Memory* of index and stories grows with the items in their windows (96 hours and 7 days).

mod capacity;
mod costs;
#[cfg(test)]
mod measured;

pub use capacity::Desk;

use std::fmt::Write as _;

/// Of a core, or of the one thread of a single owner, no more is planned for.
pub const FULL: f64 = 0.7;

/// A size.
#[derive(Clone, Debug, clap::Args)]
pub struct Row {
    /// Wires
    #[arg(long, default_value_t = 1_000)]
    pub sources: u64,
    /// Items a day, all wires together
    #[arg(long, default_value_t = 20_000)]
    pub items: u64,
    /// The busiest minute's rate, as a multiple of the day's mean
    #[arg(long, default_value_t = 4.0)]
    pub peak: f64,
    /// Seconds between two polls of a wire on average
    #[arg(long, default_value_t = 600.0)]
    pub poll_seconds: f64,
    /// Days that items keep their words
    #[arg(long, default_value_t = 90)]
    pub retention_days: u32,
    /// Share of the items in the language that has most
    #[arg(long, default_value_t = 0.4)]
    pub language: f64,
}

/// Which sizes.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The size; without `--table`
    #[command(flatten)]
    pub row: Row,
    /// The table of docs/capacity.md instead
    #[arg(long)]
    pub table: bool,
    /// Price of a core for an hour, in any currency
    #[arg(long, default_value_t = 0.0)]
    pub core_hour: f64,
    /// Price of a gigabyte of memory for an hour
    #[arg(long, default_value_t = 0.0)]
    pub memory_hour: f64,
    /// Price of a gigabyte of disk for a month
    #[arg(long, default_value_t = 0.0)]
    pub disk_month: f64,
}

/// Sources and items a day of the table.
const TABLE: &[(u64, u64)] = &[(100, 2_000), (1_000, 20_000), (10_000, 200_000), (100_000, 2_000_000)];

/// The answer as text.
pub fn tell(args: &Args) -> String {
    if args.table {
        return table(&args.row);
    }
    let desk = Desk::of(&args.row);
    let mut said = desk.to_string();
    if args.core_hour > 0.0 || args.memory_hour > 0.0 || args.disk_month > 0.0 {
        let month = desk.cost(args.core_hour, args.memory_hour, args.disk_month);
        let _ = writeln!(said, "a month: {month:.0} (cores and memory of 730 hours, disk)");
    }
    said
}

fn table(like: &Row) -> String {
    let mut said = String::from(
        "| sources | items a day | cores at the peak | memory | disk: Kafka, 3 copies | disk: Postgres | into the desk | partitions | fullest single owner |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for (sources, items) in TABLE {
        let desk = Desk::of(&Row { sources: *sources, items: *items, ..like.clone() });
        let _ = writeln!(said, "{}", desk.cells());
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sources: u64, items: u64) -> Row {
        Row { sources, items, peak: 4.0, poll_seconds: 600.0, retention_days: 90, language: 0.4 }
    }

    #[test]
    fn ten_times_the_items_is_no_more_than_ten_times_the_cores() {
        let (small, large) = (Desk::of(&row(1_000, 20_000)), Desk::of(&row(10_000, 200_000)));
        // What a desk takes at rest is paid once.
        assert!(large.cores() < 10.0 * small.cores(), "{} of {}", large.cores(), small.cores());
        assert!(large.cores() > small.cores());
        assert!((large.kafka_gb / small.kafka_gb - 10.0).abs() < 0.01);
    }

    #[test]
    fn what_is_full_is_said() {
        let small = Desk::of(&row(100, 2_000));
        assert!(small.owners.iter().all(|owner| owner.load < 1.0), "{small}");
        let huge = Desk::of(&row(1_000_000, 200_000_000));
        assert!(huge.owners.iter().all(|owner| owner.load > 1.0), "{huge}");
        // The load at which it is full is the same whatever is asked.
        for (a, b) in small.owners.iter().map(|a| (a, huge.owners.iter().find(|b| b.name == a.name).unwrap()))
        {
            let (full_small, full_huge) = (2_000.0 / a.load, 200_000_000.0 / b.load);
            assert!((full_small / full_huge - 1.0).abs() < 0.01, "{}: {full_small} and {full_huge}", a.name);
        }
    }

    #[test]
    fn a_price_is_paid_for_what_is_used() {
        let desk = Desk::of(&row(1_000, 20_000));
        let (core, memory, disk) =
            (desk.cost(1.0, 0.0, 0.0), desk.cost(0.0, 1.0, 0.0), desk.cost(0.0, 0.0, 1.0));
        assert!((core - desk.cores() * 730.0).abs() < 1e-6);
        assert!((desk.cost(1.0, 1.0, 1.0) - core - memory - disk).abs() < 1e-6);
    }
}
