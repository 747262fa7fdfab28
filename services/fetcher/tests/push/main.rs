//! What comes by itself, on real parts: a hub on loopback, signed posts over TCP, files on the disk, a real Postgres, and a
//! bus that keeps what was acknowledged. The clock is the test's.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod common;
mod desk;
mod docs;
mod folder;
mod hub;
mod webhook;
mod websub;
