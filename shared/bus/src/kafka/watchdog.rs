//! What has gone silent: librdkafka has stopped fetching while it heartbeat (rust-rdkafka#638), a whole member or a single
//! partition whose leader it lost. Silence alone is no sign, a quiet topic is silent too: a partition is stalled where the
//! log has more than was delivered, and neither a record nor the news of its end came for a while.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What each held partition last gave.
pub(super) struct Watchdog {
    every: Duration,
    /// Of the assignment that is watched.
    generation: u64,
    partitions: BTreeMap<i32, Heard>,
    /// How often in a row no answer came to where the logs end.
    unanswered: u32,
}

#[derive(Clone, Copy)]
struct Heard {
    at: Instant,
    /// The next offset that is waited for.
    next: i64,
    /// Was the end reached since the last record? What the log had beyond were markers of transactions then.
    ended: bool,
    /// The end when it was looked at, if nothing came since.
    end: Option<i64>,
}

impl Watchdog {
    /// `every` zero never looks.
    pub fn new(every: Duration) -> Self {
        Self { every, generation: 0, partitions: BTreeMap::new(), unanswered: 0 }
    }

    /// Starts with the partitions of an assignment, unless it is the one that is watched already.
    pub fn watch(&mut self, generation: u64, starts: &BTreeMap<i32, i64>, now: Instant) {
        if self.generation != generation {
            self.generation = generation;
            let heard = |next| Heard { at: now, next, ended: false, end: None };
            self.partitions = starts.iter().map(|(partition, next)| (*partition, heard(*next))).collect();
        }
    }

    /// A record came.
    pub fn record(&mut self, partition: i32, offset: i64, now: Instant) {
        if let Some(heard) = self.partitions.get_mut(&partition) {
            *heard = Heard { at: now, next: offset + 1, ended: false, end: None };
        }
    }

    /// The news of the end came.
    pub fn end(&mut self, partition: i32, now: Instant) {
        if let Some(heard) = self.partitions.get_mut(&partition) {
            *heard = Heard { at: now, ended: true, end: None, ..*heard };
        }
    }

    /// Nothing could come until now: the partitions were paused.
    pub fn resumed(&mut self, now: Instant) {
        self.partitions.values_mut().for_each(|heard| heard.at = now);
    }

    /// Those that were silent for too long and are to be asked about; each so often at most.
    pub fn silent(&mut self, now: Instant) -> Vec<i32> {
        if self.every.is_zero() {
            return Vec::new();
        }
        let mut silent = Vec::new();
        for (partition, heard) in &mut self.partitions {
            if now.saturating_duration_since(heard.at) >= self.every {
                heard.at = now;
                silent.push(*partition);
            }
        }
        silent
    }

    /// No answer came to where the logs end: true where none came the last time either, so that the member starts anew.
    pub fn deaf(&mut self) -> bool {
        self.unanswered += 1;
        self.unanswered > 1
    }

    /// Which of the silent ones are stalled, by the ends of their logs.
    pub fn stalled(&mut self, ends: &BTreeMap<i32, i64>) -> Vec<i32> {
        self.unanswered = 0;
        let mut stalled = Vec::new();
        for (partition, end) in ends {
            let Some(heard) = self.partitions.get_mut(partition) else { continue };
            let missing = !heard.ended && *end > heard.next;
            let grown = heard.end.is_some_and(|was| was < *end);
            heard.end = Some(*end);
            if missing || grown {
                stalled.push(*partition);
            }
        }
        stalled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(60);

    /// Looks, a little over `EVERY` later.
    fn look(dog: &mut Watchdog, now: &mut Instant, ends: &[(i32, i64)]) -> Vec<i32> {
        *now += EVERY + Duration::from_secs(1);
        let silent = dog.silent(*now);
        dog.stalled(&ends.iter().copied().filter(|(p, _)| silent.contains(p)).collect())
    }

    fn watching() -> (Watchdog, Instant) {
        let (mut dog, now) = (Watchdog::new(EVERY), Instant::now());
        dog.watch(1, &BTreeMap::from([(0, 0), (1, 0)]), now);
        (dog, now)
    }

    #[test]
    fn a_partition_that_never_began_is_stalled_while_another_flows() {
        let (mut dog, mut now) = watching();
        for offset in 0..5 {
            now += Duration::from_secs(30);
            dog.record(0, offset, now);
        }
        assert_eq!(dog.silent(now), [1]);
        assert_eq!(dog.stalled(&BTreeMap::from([(1, 3)])), [1]);
        assert_eq!(dog.silent(now), [0; 0], "asked about once in a while only");
    }

    #[test]
    fn a_member_that_twice_cannot_ask_for_the_ends_is_deaf() {
        let (mut dog, mut now) = watching();
        assert!(!dog.deaf());
        assert_eq!(look(&mut dog, &mut now, &[(0, 0)]), [0; 0]);
        assert!(!dog.deaf(), "an answer came between");
        assert!(dog.deaf());
    }

    #[test]
    fn a_quiet_topic_is_not_stalled() {
        let (mut dog, mut now) = watching();
        assert_eq!(look(&mut dog, &mut now, &[(0, 0), (1, 0)]), [0; 0]);
        dog.record(0, 6, now);
        assert_eq!(look(&mut dog, &mut now, &[(0, 7), (1, 0)]), [0; 0]);
        assert_eq!(look(&mut dog, &mut now, &[(0, 7), (1, 0)]), [0; 0]);
    }

    #[test]
    fn markers_of_transactions_are_not_missing_but_growth_behind_them_is() {
        let (mut dog, mut now) = watching();
        dog.record(0, 6, now);
        dog.end(0, now);
        assert_eq!(look(&mut dog, &mut now, &[(0, 8)]), [0; 0]);
        assert_eq!(look(&mut dog, &mut now, &[(0, 8)]), [0; 0]);
        dog.end(0, now);
        assert_eq!(look(&mut dog, &mut now, &[(0, 9)]), [0; 0], "its end was told of");
        assert_eq!(look(&mut dog, &mut now, &[(0, 11)]), [0]);
    }

    #[test]
    fn another_assignment_and_a_pause_start_the_clock_anew() {
        let (mut dog, mut now) = watching();
        now += EVERY;
        dog.resumed(now);
        assert_eq!(dog.silent(now), [0; 0]);
        now += EVERY;
        dog.watch(1, &BTreeMap::new(), now);
        assert_eq!(dog.silent(now), [0, 1]);
        dog.watch(2, &BTreeMap::from([(1, 4)]), now);
        assert_eq!(dog.silent(now), [0; 0]);
        assert_eq!(look(&mut dog, &mut now, &[(1, 4)]), [0; 0]);
        assert_eq!(Watchdog::new(Duration::ZERO).silent(now + EVERY), [0; 0]);
    }
}
