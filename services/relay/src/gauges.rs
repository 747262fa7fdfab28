//! What waits in the outbox, as metrics, and who holds it back. It is counted whatever the relay does: while it stands by, and above
//! all while the bus is away and nothing can be sent.

use std::convert::Infallible;
use std::time::Duration;

use metrics::{describe_gauge, describe_histogram, gauge};
use wiredesk_runtime::{Answered, Deps};
use wiredesk_store::outbox::{self, Backlog};

/// How often it is counted.
const PERIOD: Duration = Duration::from_secs(5);
/// How long an open transaction may hold rows back before it is named, in seconds.
const HOLDS_TOO_LONG: f64 = 5.0;

/// Counts for ever; every relay says the same, because the table is one.
pub(crate) async fn run(deps: &Deps) -> Infallible {
    describe_gauge!(
        "wiredesk_relay_outbox_rows",
        "Outbox rows that are to be published, or were and are not read back yet."
    );
    describe_gauge!(
        "wiredesk_relay_outbox_parked_rows",
        "Outbox rows that are too large for their topic and wait for an operator."
    );
    describe_gauge!(
        "wiredesk_relay_outbox_oldest_seconds",
        "Age of the oldest outbox row that is not parked; 0 where there is none."
    );
    describe_histogram!(
        "wiredesk_relay_latency_seconds",
        "From a version's time in the ledger to its record being acknowledged."
    );
    loop {
        match outbox::backlog(&deps.db).answered().await {
            Ok(backlog) => tell(deps, &backlog),
            // The relay itself says that Postgres is away.
            Err(error) => tracing::debug!("the outbox is not counted: {error}"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

fn tell(deps: &Deps, backlog: &Backlog) {
    let age = backlog
        .oldest
        .map_or(0.0, |oldest| ((deps.clock)() - oldest).to_std().unwrap_or_default().as_secs_f64());
    gauge!("wiredesk_relay_outbox_rows").set(backlog.rows as f64);
    gauge!("wiredesk_relay_outbox_parked_rows").set(backlog.parked as f64);
    gauge!("wiredesk_relay_outbox_oldest_seconds").set(age);
    if let Some((pid, seconds)) = backlog.holder.filter(|(_, seconds)| *seconds > HOLDS_TOO_LONG) {
        tracing::warn!(
            pid,
            rows = backlog.hidden,
            "Postgres process {pid} has had a transaction open for {seconds:.0} s; {} rows wait for it to end",
            backlog.hidden
        );
    }
}
