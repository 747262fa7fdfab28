//! Faults on real parts, and the oracle's demand at the end of each life: nothing lost, nothing twice, nothing judged otherwise.
//!
//! A fast cut runs with the other tests. `make test-faults` runs as many lives as `WIREDESK_FAULT_LIVES` says and as many runs of each
//! other kind as `WIREDESK_FAULT_RUNS` says, and prints a table.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

mod brokers;
mod clock;
mod disk;
mod kills;
mod kinds;
mod life;
mod network;
mod overload;
mod postgres;
mod rebalances;
mod report;
mod restore;
mod soak;
mod stand;
mod zombies;

use wiredesk_tests::BusChoice;

/// Seeds of the runs on one bus: one, or as many as this variable says, from `WIREDESK_FAULT_SEED` on.
fn seeds(variable: &str) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let first = number("WIREDESK_FAULT_SEED").unwrap_or(1);
    first..first + number(variable).unwrap_or(1)
}

async fn killed_everywhere(bus: BusChoice) {
    let mut report = kills::Report::default();
    for seed in seeds("WIREDESK_FAULT_LIVES") {
        if !kills::life(bus, seed, &mut report).await {
            return;
        }
    }
    println!("{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_place_on_the_postgres_bus() {
    killed_everywhere(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_place_on_kafka() {
    killed_everywhere(BusChoice::Kafka).await;
}
