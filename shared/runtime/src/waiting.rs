//! How much input waits for a stage, as a metric: what an alarm watches, and what more processes are started by.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use metrics::{describe_gauge, gauge};
use wiredesk_bus::BusError;
use wiredesk_contract::Kind;

use crate::{Deps, run};

/// How often it is counted.
const PERIOD: Duration = Duration::from_secs(15);

/// Counts for ever; every process of a stage says the same, because the group's offsets are one. While the bus does not
/// answer, the last number stays.
pub async fn count(deps: Deps, stage: &'static str, input: Kind) -> Infallible {
    describe_gauge!(
        "wiredesk_stage_waiting_records",
        "Records of a stage's input that its group has not taken yet. On Kafka the ends of transactions count too: one or \
         two a partition, for ever."
    );
    let (group, topic) = (run::group(&deps.topics, stage), deps.topics.name(input).to_owned());
    loop {
        match waiting(&deps, &group, &topic).await {
            Ok(records) => gauge!("wiredesk_stage_waiting_records", "stage" => stage).set(records as f64),
            // The stage itself says that the bus is away.
            Err(error) => tracing::debug!("what waits for {stage} is not counted: {error}"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn waiting(deps: &Deps, group: &str, topic: &str) -> Result<i64, BusError> {
    // In this order: what is taken in between makes the number smaller, never less than nothing.
    let next = deps.bus.committed(group, topic).await?;
    Ok(left(&deps.bus.end_offsets(topic).await?, &next))
}

/// Of each partition what lies between the group and the end; of one that the group has not begun, all that ever was in it. Where the
/// log begins is not asked for: on Kafka a stage has no right to.
fn left(ends: &BTreeMap<i32, i64>, next: &BTreeMap<i32, i64>) -> i64 {
    let at = |partition: &i32| next.get(partition).copied().unwrap_or_default();
    ends.iter().map(|(partition, end)| (end - at(partition)).max(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_lies_between_the_group_and_the_end() {
        let ends = BTreeMap::from([(0, 9), (1, 7), (2, 4), (3, 2)]);
        // Partition 0 was never taken on; 1 has two to go; of 2 nothing waits; 3 is ahead of the end.
        let next = BTreeMap::from([(1, 5), (2, 4), (3, 6)]);
        assert_eq!(left(&ends, &next), 9 + 2);
    }
}
