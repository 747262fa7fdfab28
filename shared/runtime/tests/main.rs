//! The runtime: the loop, configuration, what an operator asks. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod admin;
mod configuration;
mod database;
mod the_loop;
