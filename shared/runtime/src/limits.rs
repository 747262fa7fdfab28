//! Dead-letter limits: a stage that refuses nearly everything is broken, and must stop instead of emptying its topic.

use std::collections::VecDeque;

use crate::loop_config::DeadLetterLimits;

/// Counts what was refused of the records seen last.
#[derive(Debug)]
pub struct DeadLetterWatch {
    limits: DeadLetterLimits,
    consecutive: usize,
    recent: VecDeque<bool>,
    dead_in_recent: usize,
}

impl DeadLetterWatch {
    /// A watch that has seen nothing.
    pub fn new(limits: DeadLetterLimits) -> Self {
        Self { limits, consecutive: 0, recent: VecDeque::new(), dead_in_recent: 0 }
    }

    /// Takes note of one record.
    ///
    /// # Errors
    /// A sentence, when a limit is exceeded by it.
    pub fn note(&mut self, dead: bool) -> Result<(), String> {
        self.consecutive = if dead { self.consecutive + 1 } else { 0 };
        self.recent.push_back(dead);
        self.dead_in_recent += usize::from(dead);
        if self.recent.len() > self.limits.window {
            self.dead_in_recent -= usize::from(self.recent.pop_front() == Some(true));
        }
        let DeadLetterLimits { consecutive, share, window } = self.limits;
        if dead && consecutive > 0 && self.consecutive >= consecutive {
            return Err(format!("{consecutive} records one after another were refused"));
        }
        let full = window > 0 && self.recent.len() >= window;
        if dead && full && share < 1.0 && self.dead_in_recent as f64 > share * window as f64 {
            return Err(format!("{} of the last {window} records were refused", self.dead_in_recent));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_stop(limits: DeadLetterLimits, pattern: impl Iterator<Item = bool>) -> Option<(usize, String)> {
        let mut watch = DeadLetterWatch::new(limits);
        pattern.enumerate().find_map(|(n, dead)| watch.note(dead).err().map(|why| (n + 1, why)))
    }

    #[test]
    fn where_the_line_stops() {
        let limits = DeadLetterLimits { consecutive: 10, share: 0.5, window: 20 };
        type Case = (&'static str, fn(usize) -> bool, Option<usize>);
        let cases: [Case; 5] = [
            ("all good", |_| false, None),
            ("all dead: the consecutive limit", |_| true, Some(10)),
            ("every second dead is not more than half", |n| n % 2 == 0, None),
            ("two of three dead: the share, once the window is full", |n| n % 3 != 0, Some(20)),
            ("nine in a row, then a good one, and eleven good", |n| n % 20 < 9, None),
        ];
        for (name, pattern, stop) in cases {
            assert_eq!(first_stop(limits.clone(), (0..500).map(pattern)).map(|(n, _)| n), stop, "{name}");
        }
    }

    #[test]
    fn limits_can_be_switched_off() {
        let off = DeadLetterLimits { consecutive: 0, share: 1.0, window: 200 };
        assert_eq!(first_stop(off, std::iter::repeat_n(true, 5000)), None);
    }

    #[test]
    fn what_it_says() {
        let limits = DeadLetterLimits { consecutive: 3, share: 0.5, window: 20 };
        let (_, why) = first_stop(limits, std::iter::repeat(true)).unwrap();
        assert_eq!(why, "3 records one after another were refused");
    }
}
