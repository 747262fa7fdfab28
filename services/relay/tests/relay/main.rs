//! The relay and the audit on a real Postgres: whatever breaks, the topic holds every version once.

mod audits;
mod bench;
mod doubts;
mod order;
mod rivals;
