//! Reading a topic whole, up to the end that it has when the reading begins.

use std::time::Duration;

use crate::{Deps, StageError};
use wiredesk_bus::Received;

/// How long one read waits for a record.
const WAIT: Duration = Duration::from_millis(500);
/// How many reads in vain, one after another, before the topic is said not to end.
const IN_VAIN: u32 = 60;

/// Gives every committed record of a topic to `each`, some at a time.
///
/// # Errors
/// Those of `each`; [`StageError`] where the bus does not answer or the topic is not readable to its end.
pub async fn read_whole(
    deps: &Deps,
    topic: &str,
    mut each: impl AsyncFnMut(Vec<Received>) -> Result<(), StageError>,
) -> Result<(), StageError> {
    let ends = deps.bus.end_offsets(topic).await?;
    let mut reader = deps.bus.reader(topic, Default::default()).await?;
    let mut in_vain = 0;
    loop {
        let positions = reader.positions();
        if ends.iter().all(|(p, end)| positions.get(p).copied().unwrap_or_default() >= *end) {
            return Ok(());
        }
        let records = reader.next(WAIT).await?;
        if !records.is_empty() {
            in_vain = 0;
            each(records).await?;
            continue;
        }
        in_vain += 1;
        if in_vain > IN_VAIN {
            return Err(StageError::Transient(format!(
                "topic {topic} is not readable to its end; try again later"
            )));
        }
    }
}
