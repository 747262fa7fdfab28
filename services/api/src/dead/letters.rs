//! The newest dead letters, read from their topic as they come and kept without their payloads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wiredesk_bus::{BusError, Received};
use wiredesk_contract::{DeadId, DeadLetter, Kind, Timestamp};
use wiredesk_runtime::dead::{self, Line};
use wiredesk_runtime::{Deps, StageError};

/// Letters that are kept; of more than that the oldest go, and `wiredesk dead` still has them.
pub const MOST: usize = 10_000;
/// The wait after an error.
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// How one letter is read whole: so many reads, each of so long.
const READS: usize = 20;
const READ: Duration = Duration::from_millis(500);

/// A letter, and where in its topic it stands.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The letter without its payload.
    pub line: Line,
    partition: i32,
    offset: i64,
}

/// The letters by time.
#[derive(Debug, Default)]
struct Pile {
    by_time: BTreeMap<(Timestamp, DeadId), Kept>,
    times: BTreeMap<DeadId, Timestamp>,
}

impl Pile {
    fn put(&mut self, kept: Kept) {
        let (at, id) = (kept.line.at, kept.line.dead_id.clone());
        // A stage that crashed wrote its letter again, maybe at another time.
        if let Some(before) = self.times.insert(id.clone(), at) {
            self.by_time.remove(&(before, id.clone()));
        }
        self.by_time.insert((at, id), kept);
        while self.by_time.len() > MOST {
            if let Some(((_, id), _)) = self.by_time.pop_first() {
                self.times.remove(&id);
            }
        }
    }
}

/// The newest dead letters. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    pile: Arc<Mutex<Pile>>,
}

impl Letters {
    /// Letters for which `wanted` holds, newest first, after a place where one is given; `most` at the most.
    pub fn newest(
        &self,
        after: Option<(Timestamp, DeadId)>,
        most: usize,
        wanted: impl Fn(&Line) -> bool,
    ) -> Vec<Line> {
        let pile = self.pile.lock().unwrap_or_else(PoisonError::into_inner);
        let all = match after {
            Some(place) => pile.by_time.range(..place),
            None => pile.by_time.range(..),
        };
        all.rev().map(|(_, kept)| &kept.line).filter(|line| wanted(line)).take(most).cloned().collect()
    }

    /// One of them.
    pub fn find(&self, id: &DeadId) -> Option<Kept> {
        let pile = self.pile.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pile.times.get(id)?;
        pile.by_time.get(&(*at, id.clone())).cloned()
    }

    fn put(&self, received: &Received) {
        let Some(letter) = dead::read(received) else { return };
        let kept = Kept { line: letter.into(), partition: received.partition, offset: received.offset };
        self.pile.lock().unwrap_or_else(PoisonError::into_inner).put(kept);
    }

    /// Reads the topic until shutdown, coming back after every error.
    ///
    /// # Errors
    /// None: without the letters everything else is served.
    pub async fn run(self, deps: Deps) -> Result<(), StageError> {
        while !deps.shutdown.is_cancelled() {
            let error = tokio::select! {
                () = deps.shutdown.cancelled() => return Ok(()),
                result = self.follow(&deps) => match result {
                    Ok(never) => match never {},
                    Err(error) => error,
                },
            };
            tracing::warn!(%error, "the dead letters cannot be shown now, and it is tried again: {error}");
            tokio::select! {
                () = deps.shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(AFTER_ERROR) => {}
            }
        }
        Ok(())
    }

    async fn follow(&self, deps: &Deps) -> Result<std::convert::Infallible, BusError> {
        let topic = deps.topics.name(Kind::Dead);
        let ends = deps.bus.end_offsets(topic).await?;
        let starts = deps.bus.start_offsets(topic).await?;
        let share = i64::try_from(MOST / ends.len().max(1)).unwrap_or(i64::MAX);
        let from = ends.into_iter().map(|(p, end)| {
            let start = starts.get(&p).copied().unwrap_or_default();
            (p, (end - share).max(start))
        });
        let mut reader = deps.bus.reader(topic, from.collect()).await?;
        loop {
            for received in reader.next(Duration::from_secs(5)).await? {
                self.put(&received);
            }
        }
    }
}

/// A letter whole, from its topic; `None` where that no longer has it.
///
/// # Errors
/// The bus's.
pub async fn whole(deps: &Deps, kept: &Kept) -> Result<Option<DeadLetter>, BusError> {
    let topic = deps.topics.name(Kind::Dead);
    let ends = deps.bus.end_offsets(topic).await?;
    if ends.get(&kept.partition).is_none_or(|end| *end <= kept.offset) {
        return Ok(None);
    }
    // The other partitions are read from their ends, so that this one comes first.
    let mut from = ends;
    from.insert(kept.partition, kept.offset);
    let mut reader = deps.bus.reader(topic, from).await?;
    for _ in 0..READS {
        for received in reader.next(READ).await? {
            if received.partition == kept.partition {
                let letter = dead::read(&received).filter(|letter| letter.dead_id == kept.line.dead_id);
                return Ok(letter);
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(n: i64) -> Kept {
        let at = Timestamp::from_timestamp(1_790_000_000 + n, 0).unwrap();
        let line = Line {
            dead_id: DeadId::derive("topic", 0, n),
            at,
            stage: "strip".to_owned(),
            reason: if n % 2 == 0 { "even" } else { "odd" }.to_owned(),
            topic: "topic".to_owned(),
            partition: 0,
            offset: n,
            key: String::new(),
            explanation: String::new(),
        };
        Kept { line, partition: 0, offset: n }
    }

    #[test]
    fn the_newest_are_kept_and_each_once() {
        let letters = Letters::default();
        let most = i64::try_from(MOST).unwrap();
        {
            let mut pile = letters.pile.lock().unwrap();
            (0..most + 5).for_each(|n| pile.put(kept(n)));
            // The same letter, written again later.
            let mut again = kept(7);
            again.line.at += chrono::TimeDelta::days(1);
            pile.put(again);
            assert_eq!((pile.by_time.len(), pile.times.len()), (MOST, MOST));
        }
        assert!(letters.find(&kept(3).line.dead_id).is_none());
        let offsets = |lines: Vec<Line>| lines.into_iter().map(|l| l.offset).collect::<Vec<_>>();
        let newest = letters.newest(None, 3, |line| line.reason == "odd");
        let next = newest.last().map(|l| (l.at, l.dead_id.clone()));
        assert_eq!(offsets(newest), [7, most + 3, most + 1]);
        assert_eq!(offsets(letters.newest(next, 2, |_| true)), [most, most - 1]);
    }
}
