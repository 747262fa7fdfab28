//! What comes by itself, on real parts: a hub on loopback, signed posts over TCP, files on the disk, a real Postgres, and a
//! bus that keeps what was acknowledged. The clock is the test's.

mod desk;
mod docs;
mod folder;
mod hub;
mod webhook;
mod websub;
