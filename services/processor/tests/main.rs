//! The processor: its engines on invented copy, its ledger on a real Postgres. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod corpus;
mod ledger;
mod publish;
