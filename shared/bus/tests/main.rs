//! The bus: one contract for all, and what is each one's own. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod contract;
mod faults;
mod postgres;
