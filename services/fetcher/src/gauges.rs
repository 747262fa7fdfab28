//! How many sources are in each state, as metrics: `wiredesk_sources{state="silent"}` and its like are what alarms watch.

use std::convert::Infallible;
use std::time::Duration;

use wiredesk_runtime::Answered;
use wiredesk_runtime::Deps;
use wiredesk_store::source as table;

/// How often the sources are counted.
const PERIOD: Duration = Duration::from_secs(30);

/// Counts for ever; every fetcher says the same, because the table is one.
pub async fn run(deps: Deps) -> Infallible {
    loop {
        match table::states(&deps.db).answered().await {
            Ok(states) => {
                for (state, count) in states {
                    metrics::gauge!("wiredesk_sources", "state" => state.as_str()).set(count as f64);
                }
            }
            // The fetcher itself says that Postgres is away.
            Err(error) => tracing::debug!("the sources are not counted: {error}"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}
