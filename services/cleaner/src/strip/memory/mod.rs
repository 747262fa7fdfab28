//! What a source repeats on different articles is not news: learnt from the stream, kept by versions.
//!
//! [`tell`](lines::told) says what one copy tells of its source, [`learn`] decides what of that is repeated, [`sweep`] takes
//! it out of a text. All are functions; [`shell`] stores and loads.

pub mod learn;
pub mod lines;
pub mod shell;
pub(crate) mod sweep;

use std::collections::BTreeSet;

use wiredesk_contract::Timestamp;
use wiredesk_store::memory::SourceLine;

/// All that is known of one source, past versions too.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    lines: Vec<SourceLine>,
}

/// The memory in force for one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    /// The version; 0 before the first.
    pub version: u32,
    lines: BTreeSet<i64>,
}

impl Memory {
    /// The memory that these lines of one source make.
    pub fn new(lines: Vec<SourceLine>) -> Self {
        Self { lines }
    }

    /// What is in force for a page that was fetched at `at`. It depends on nothing else, so a replay says the same.
    pub fn at(&self, at: Timestamp) -> InForce {
        let mut out = InForce::default();
        for line in &self.lines {
            if line.from_time > at {
                continue;
            }
            out.version = out.version.max(line.from_version);
            match line.until {
                Some((version, time)) if time <= at => out.version = out.version.max(version),
                _ => {
                    out.lines.insert(line.line);
                }
            }
        }
        out
    }
}

impl InForce {
    /// Is this line one that the source repeats?
    pub(crate) fn has(&self, text: &str) -> bool {
        !self.lines.is_empty() && lines::hash(text).is_some_and(|hash| self.lines.contains(&hash))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone, Utc};
    use wiredesk_contract::SourceId;

    use super::*;

    #[test]
    fn a_version_counts_for_the_pages_fetched_from_its_time_on() {
        let at = |minutes| Utc.with_ymd_and_hms(2026, 11, 24, 9, 0, 0).unwrap() + Duration::minutes(minutes);
        let hash = |text| lines::hash(text).unwrap();
        let line = |text, from: (u32, i64), until: Option<(u32, i64)>| SourceLine {
            source: SourceId::new("a"),
            line: hash(text),
            from_version: from.0,
            from_time: at(from.1),
            until: until.map(|(version, minutes)| (version, at(minutes))),
        };
        let memory = Memory::new(vec![
            line("Únete a nuestro canal", (1, 10), Some((3, 30))),
            line("Hazte socio", (2, 20), None),
        ]);
        for (minutes, version, channel, member) in [
            (0, 0, false, false),
            (10, 1, true, false),
            (19, 1, true, false),
            (20, 2, true, true),
            (30, 3, false, true),
        ] {
            let now = memory.at(at(minutes));
            let seen = (now.version, now.has("Únete a nuestro canal."), now.has("HAZTE SOCIO"));
            assert_eq!(seen, (version, channel, member), "{minutes}");
        }
    }
}
