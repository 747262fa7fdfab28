//! The command line, as a person types it. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod cli;
mod common;
mod configuration;
mod sources;
mod token;
