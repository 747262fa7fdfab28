//! How the sources are doing, as metrics: how many are in each state, and how long those that are in trouble have been.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use metrics::{describe_gauge, gauge};
use wiredesk_runtime::Answered;
use wiredesk_runtime::Deps;
use wiredesk_store::source::{self as table, Troubled};

/// How often the sources are counted.
const PERIOD: Duration = Duration::from_secs(30);
/// So many sources in trouble are named at most, the longest first: where the network is gone, all are, and a desk may have
/// a hundred thousand.
const NAMED: i64 = 1_000;

const SILENT: &str = "wiredesk_source_silent_seconds";
const FAILING: &str = "wiredesk_source_failing_seconds";

/// Counts for ever; every fetcher says the same, because the table is one.
pub async fn run(deps: Deps) -> Infallible {
    describe_gauge!("wiredesk_sources", "Sources of the present list in each state.");
    describe_gauge!(
        SILENT,
        "Seconds since a source went silent for longer than five of its usual gaps; 0 once it speaks again."
    );
    describe_gauge!(FAILING, "Seconds since a source began to fail; 0 once it works again.");
    let mut told = Told::new();
    loop {
        // The fetcher itself says that Postgres is away.
        if let Err(error) = count(&deps, &mut told).await {
            tracing::debug!("the sources are not counted: {error}");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// The sources that were named, and whether each is in trouble still: a gauge that was set once stays, so it has to be set to 0.
type Told = BTreeMap<String, bool>;

async fn count(deps: &Deps, told: &mut Told) -> Result<(), sqlx::Error> {
    for (state, count) in table::states(&deps.db).answered().await? {
        gauge!("wiredesk_sources", "state" => state.as_str()).set(count as f64);
    }
    let troubled = table::troubled(&deps.db, NAMED).answered().await?;
    for source in well(told, troubled) {
        gauge!(SILENT, "source" => source.id.clone()).set(source.silent.unwrap_or_default());
        gauge!(FAILING, "source" => source.id).set(source.failing.unwrap_or_default());
    }
    Ok(())
}

/// Those in trouble, and those that were and are not any more.
fn well(told: &mut Told, troubled: Vec<Troubled>) -> Vec<Troubled> {
    for in_trouble in told.values_mut() {
        *in_trouble = false;
    }
    for source in &troubled {
        told.insert(source.id.clone(), true);
    }
    let over: Vec<String> = told.extract_if(.., |_, in_trouble| !*in_trouble).map(|(id, _)| id).collect();
    let over = over.into_iter().map(|id| Troubled { id, silent: None, failing: None });
    over.chain(troubled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_told_to_be_well_once() {
        let silent = |id: &str| Troubled { id: id.to_owned(), silent: Some(60.0), failing: None };
        let over = |id: &str| Troubled { id: id.to_owned(), silent: None, failing: None };
        let mut told = Told::new();
        assert_eq!(well(&mut told, vec![silent("a"), silent("b")]), [silent("a"), silent("b")]);
        assert_eq!(well(&mut told, vec![silent("b")]), [over("a"), silent("b")]);
        assert_eq!(well(&mut told, vec![]), [over("b")]);
        assert_eq!(well(&mut told, vec![]), []);
    }
}
