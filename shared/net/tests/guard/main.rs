//! The client against servers, names and proxies that misbehave, on loopback.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod bombs;
mod hostile;
mod parts;
mod proxies;
mod secrets;
mod ssrf;
mod tls;
mod wire;
