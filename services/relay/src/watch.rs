//! Watching over a relay that sends: is it still the leader, does what was sent appear?

use std::convert::Infallible;
use std::time::Duration;

use wiredesk_runtime::Answered;

use crate::lead::Lead;
use crate::life::Flight;
use crate::relay::Relay;
use crate::trouble::Trouble;

/// Looks once a standby interval, until something is wrong.
pub(crate) async fn run(relay: &Relay, lead: &mut Lead, flight: &Flight) -> Result<Infallible, Trouble> {
    loop {
        tokio::time::sleep(relay.config.standby().min(Duration::from_secs(1))).await;
        overdue(relay, flight)?;
        lead.check().await.map_err(|e| Trouble::LeadLost(e.to_string()))?;
        if !lead.try_take(&relay.deps.db).answered().await? {
            tracing::debug!("another relay holds the lock still");
        }
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
