//! Security between the parts, on servers of its own: a PostgreSQL with TLS and SCRAM, and a Kafka with TLS, SCRAM, client
//! certificates and ACLs. Where openssl or a server is missing, the tests say SKIP.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

mod certificates;
mod desk;
mod kafka_access;
mod least_privilege;
mod pipeline;
mod postgres_tls;
mod refusals;
mod secrets;
mod servers;
