//! The ledger on a real Postgres: versions, replays, fences, kills, embargoes.

mod bench;
mod kills;
mod offsets;
mod protection;
mod register;
mod stage;
mod syndication;
mod versions;
