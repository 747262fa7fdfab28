//! The ledger on a real Postgres: versions, replays, fences, kills, embargoes.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

mod bench;
mod kills;
mod offsets;
mod protection;
mod register;
mod stage;
mod syndication;
mod versions;
