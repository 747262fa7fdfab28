//! The bundled sample wire: invented copy with everything real wires have, served on loopback and released
//! over time by a seedable clock. What must come of it stands beside it in the [`Manifest`].
//!
//! All people, companies and events in `copy/` are invented.

mod calendar;
pub mod clock;
pub mod config;
pub mod copy;
mod edition;
mod epoch;
pub mod error;
mod expect;
mod feeds;
mod load;
pub mod manifest;
mod pages;
mod plan;
mod server;
pub mod settings;
mod sources;
mod state;
mod validators;
pub mod wires;

pub use clock::Clock;
pub use config::Config;
pub use error::SampleError;
pub use load::load_copy;
pub use manifest::{Manifest, manifest};
pub use server::{Served, serve};
pub use settings::Settings;
pub use sources::{SourceEntry, sources};
