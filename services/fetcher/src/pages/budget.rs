//! Whose turn it is: the times at which pages of one registrable domain may be fetched. Pure.

use chrono::Duration;
use wiredesk_contract::Timestamp;

/// A domain is never closed for longer, whatever a server says; and a clock that was set back does not close it.
const LONGEST: Duration = Duration::hours(1);

/// The next free time of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    free_at: Timestamp,
}

impl Budget {
    pub fn new(now: Timestamp) -> Self {
        Self { free_at: now }
    }

    /// Takes the next turn, `gap` after the one before, and says how long to wait for it; where it would begin after
    /// `patience` it is not taken, and its time is the error.
    pub fn turn(
        &mut self,
        now: Timestamp,
        gap: Duration,
        patience: Timestamp,
    ) -> Result<Duration, Timestamp> {
        let free_at = if self.free_at > now + LONGEST { now } else { self.free_at };
        let start = free_at.max(now);
        if start > now && start > patience {
            return Err(start);
        }
        self.free_at = start + gap.min(LONGEST);
        Ok(start - now)
    }

    /// No turns until then, at most an hour; when they begin again.
    pub fn close(&mut self, now: Timestamp, pause: Duration) -> Timestamp {
        self.free_at = self.free_at.min(now + LONGEST).max(now + pause.min(LONGEST));
        self.free_at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::milliseconds(ms)
    }

    fn ms(n: i64) -> Duration {
        Duration::milliseconds(n)
    }

    #[test]
    fn turns() {
        let mut budget = Budget::new(at(0));
        assert_eq!(budget.turn(at(0), ms(100), at(150)), Ok(ms(0)));
        assert_eq!(budget.turn(at(0), ms(100), at(150)), Ok(ms(100)));
        assert_eq!(budget.turn(at(0), ms(100), at(150)), Err(at(200)), "patience ends");
        assert_eq!(budget.turn(at(0), ms(100), at(200)), Ok(ms(200)), "and a turn that nobody took is free");
        assert_eq!(budget.turn(at(5000), ms(100), at(0)), Ok(ms(0)), "turns are not saved up");
        assert_eq!(budget.turn(at(5000), ms(100), at(5000)), Err(at(5100)));
        assert_eq!(budget.close(at(5000), ms(60_000)), at(65_000));
        assert_eq!(budget.turn(at(6000), ms(100), at(9000)), Err(at(65_000)));
        assert_eq!(budget.close(at(6000), Duration::days(9)), at(6000) + LONGEST);
        let set_back = at(-86_400_000);
        assert_eq!(budget.turn(set_back, ms(100), set_back), Ok(ms(0)), "a clock that was set back");
    }

    proptest! {
        /// However requests come, the turns that were taken are at least a gap apart, and none waits beyond its patience.
        #[test]
        fn turns_keep_their_distance(asks in proptest::collection::vec((0i64..3000, 0i64..5000), 1..100)) {
            let (mut budget, mut now, mut last) = (Budget::new(at(0)), 0, None);
            for (pause, patience) in asks {
                now += pause;
                if let Ok(wait) = budget.turn(at(now), ms(1000), at(now + patience)) {
                    prop_assert!(wait <= ms(patience) && wait >= ms(0));
                    let start = at(now) + wait;
                    prop_assert!(last.is_none_or(|l| start - l >= ms(1000)));
                    last = Some(start);
                }
            }
        }
    }
}
