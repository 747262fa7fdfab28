//! Watching over a relay that sends: is it still the leader, does what was sent appear, does anything hold the outbox back?

use std::convert::Infallible;
use std::time::Duration;

use wiredesk_runtime::Answered;
use wiredesk_store::outbox;

use crate::lead::Lead;
use crate::life::Flight;
use crate::relay::Relay;
use crate::trouble::Trouble;

/// Every how many looks the backlog is counted.
const COUNT_EVERY: u32 = 5;
/// How long an open transaction may hold rows back before it is named, in seconds.
const HOLDS_TOO_LONG: f64 = 5.0;

/// Looks once a standby interval, until something is wrong.
pub(crate) async fn run(relay: &Relay, lead: &mut Lead, flight: &Flight) -> Result<Infallible, Trouble> {
    let mut looks = 0u32;
    loop {
        tokio::time::sleep(relay.config.standby().min(Duration::from_secs(1))).await;
        overdue(relay, flight)?;
        lead.check().await.map_err(|e| Trouble::LeadLost(e.to_string()))?;
        if !lead.try_take(&relay.deps.db).answered().await? {
            tracing::debug!("another relay holds the lock still");
        }
        if looks.is_multiple_of(COUNT_EVERY) {
            backlog(relay).await?;
        }
        looks = looks.wrapping_add(1);
    }
}

fn overdue(relay: &Relay, flight: &Flight) -> Result<(), Trouble> {
    let window = flight.window();
    metrics::gauge!("wiredesk_relay_in_flight_rows").set(window.len() as f64);
    match window.overdue(flight.began.elapsed(), relay.config.doubt_after()) {
        None => Ok(()),
        Some((kind, id)) => Err(Trouble::Doubt(format!(
            "the {} record {id} was acknowledged and does not appear in its topic",
            kind.as_str()
        ))),
    }
}

async fn backlog(relay: &Relay) -> Result<(), Trouble> {
    let backlog = outbox::backlog(&relay.deps.db).answered().await?;
    let age = backlog
        .oldest
        .map_or(0.0, |oldest| ((relay.deps.clock)() - oldest).to_std().unwrap_or_default().as_secs_f64());
    metrics::gauge!("wiredesk_relay_outbox_rows").set(backlog.rows as f64);
    metrics::gauge!("wiredesk_relay_outbox_parked_rows").set(backlog.parked as f64);
    metrics::gauge!("wiredesk_relay_outbox_oldest_seconds").set(age);
    if let Some((pid, seconds)) = backlog.holder.filter(|(_, seconds)| *seconds > HOLDS_TOO_LONG) {
        tracing::warn!(
            pid,
            rows = backlog.hidden,
            "Postgres process {pid} has had a transaction open for {seconds:.0} s; {} rows wait for it to end",
            backlog.hidden
        );
    }
    Ok(())
}
