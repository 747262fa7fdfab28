//! What an operator does at the command line, on a deployment that runs: doctor, takedown, replay, dead letters.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

mod desk;
mod doctor;
mod protection;
mod replay;

use std::time::Duration;

use wiredesk_oracle::Oracle;
use wiredesk_tests::{BusChoice, Desk, Process};

/// For what is lost it is waited in vain however long; what only takes its time on a busy machine must not fail.
const PATIENCE: Duration = Duration::from_secs(240);

/// A deployment whose wires are the oracle's; `None` where a part is missing (which was said).
async fn desk_on(bus: BusChoice, seed: u64) -> Option<(Desk, Oracle)> {
    let oracle = Oracle::serve(seed, 2).await.unwrap();
    let desk = Desk::prepare(bus, oracle.source_tables()).await?;
    Some((desk, oracle))
}

/// Waits until everything that was issued is stored and published.
async fn settled(desk: &Desk, oracle: &mut Oracle, process: &mut Process) {
    let expected = i64::try_from(oracle.versions()).unwrap();
    let waited = desk.wait("all versions", PATIENCE, std::slice::from_mut(process), async || {
        let (versions, waiting): (i64, i64) =
            sqlx::query_as("SELECT (SELECT count(*) FROM item_version), (SELECT count(*) FROM outbox)")
                .fetch_one(desk.db())
                .await?;
        let done = versions >= expected && waiting == 0;
        Ok((!done).then(|| format!("{versions} of {expected} versions, {waiting} in the outbox")))
    });
    waited.await.unwrap_or_else(|left| panic!("{left}"));
    oracle.settled();
}
