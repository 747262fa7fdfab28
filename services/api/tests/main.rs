//! The API and the page, over TCP, on a real Postgres. One executable for all: each would compile again what it has of
//! the libraries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: clippy knows only the test functions themselves"
)]

mod access;
mod api;
mod desk;
mod formats;
mod limits;
mod line;
mod looks;
mod named;
mod page;
mod search;
mod socket;
