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
