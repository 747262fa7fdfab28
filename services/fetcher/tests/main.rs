//! The fetcher on real servers: wires on loopback, posts, files, a real Postgres. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod common;
mod discovery;
mod leases;
mod looks;
mod pages;
mod politeness;
mod polling;
mod push;
mod seen;
#[allow(dead_code, reason = "shared with the examples")]
mod simulator;
mod wire_formats;
