//! The whole pipeline on real parts: processes, servers, the sample wire, and the comparison with its manifest.

pub mod ambush;
pub mod compare;
pub mod cookbook;
pub mod desk;
pub mod docs;
pub mod flow;
pub mod grafana;
pub mod measured;
pub mod mount;
pub mod panels;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod servers;
pub mod topic;
pub mod views;
pub mod wire;

pub use desk::{BusChoice, Desk};
pub use process::Process;
pub use wire::Wire;
