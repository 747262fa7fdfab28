//! Time: one type everywhere, passed in to every core.

use chrono::{DateTime, SubsecRound, Utc};

/// An instant in UTC. Serialised as RFC 3339 (`2026-02-15T09:30:00Z`).
pub type Timestamp = DateTime<Utc>;

/// The wall clock, for shells only (a service's loop, never a core), cut to microseconds so that an instant
/// that went through Postgres equals the one that did not.
#[allow(clippy::disallowed_methods)]
pub fn wall_clock() -> Timestamp {
    Utc::now().trunc_subsecs(6)
}

/// A span of time for people, in its largest sensible unit: `45 s`, `4 min`, `2 h`, `3 d`.
pub fn span_words(seconds: f64) -> String {
    let (divisor, unit) = match seconds {
        s if s < 99.5 => (1.0, "s"),
        s if s < 99.5 * 60.0 => (60.0, "min"),
        s if s < 47.5 * 3600.0 => (3600.0, "h"),
        _ => (86_400.0, "d"),
    };
    format!("{:.0} {unit}", (seconds.max(0.0) / divisor).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_for_people() {
        for (seconds, words) in [
            (-3.0, "0 s"),
            (0.4, "0 s"),
            (99.0, "99 s"),
            (120.0, "2 min"),
            (5969.0, "99 min"),
            (7200.0, "2 h"),
            (172_800.0, "2 d"),
        ] {
            assert_eq!(span_words(seconds), words);
        }
    }
}
