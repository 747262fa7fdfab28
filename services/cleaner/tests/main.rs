//! The cleaner: copy out of pages and wires, and what repeats what. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod conventions;
mod datelines;
mod dedupe;
mod dedupe_restarts;
mod dedupe_store;
mod dedupe_support;
mod memory;
mod page_kinds;
mod relations;
mod strip;
mod strip_support;
