//! Stories: where an item goes, and what is kept of it. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod placing;
mod store;
