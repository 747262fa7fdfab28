//! The relay and the audit on a real Postgres: whatever breaks, the topic holds every version once.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod audits;
mod bench;
mod doubts;
mod order;
mod rivals;
