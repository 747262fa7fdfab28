//! The time of day against the time that passes.

use std::time::{Duration, Instant};

use wiredesk_contract::Timestamp;

/// What the two may differ by: a clock that is kept by NTP is slewed by less.
const SLACK: chrono::Duration = chrono::Duration::seconds(1);

/// Sees where the clock was set back.
pub(super) struct DayClock {
    wall: Timestamp,
    at: Instant,
}

impl DayClock {
    pub fn new(wall: Timestamp) -> Self {
        Self { wall, at: Instant::now() }
    }

    /// By how much the clock was set back since the last look, where it was.
    pub fn set_back(&mut self, wall: Timestamp) -> Option<chrono::Duration> {
        let passed = self.at.elapsed();
        self.set_back_after(wall, passed)
    }

    fn set_back_after(&mut self, wall: Timestamp, passed: Duration) -> Option<chrono::Duration> {
        let expected = self.wall + chrono::Duration::from_std(passed).ok()?;
        let by = expected - wall;
        (self.wall, self.at) = (wall, self.at + passed);
        (by > SLACK).then_some(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn a_jump_back_is_seen_once_and_one_forward_never() {
        let at = |seconds| DateTime::from_timestamp(1_772_443_800_i64 + seconds, 0).unwrap();
        let mut day = DayClock::new(at(0));
        let mut look = |wall, passed| day.set_back_after(at(wall), Duration::from_millis(passed));
        assert_eq!(look(0, 900), None, "it is slewed");
        assert_eq!(look(-3_598, 2_000), Some(chrono::Duration::seconds(3_600)));
        assert_eq!(look(-3_597, 1_000), None);
        assert_eq!(look(80_000, 10), None);
        assert_eq!(look(80_001, 1_000), None);
    }
}
