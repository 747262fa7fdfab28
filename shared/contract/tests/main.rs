//! The messages: their schemas, their examples, what is generated from them. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod generated;
mod golden;
mod ninjs;
mod roundtrip;
