//! The guarded HTTP client: which addresses may be reached, caps, redirects.
//!
//! Whoever names a feed names an address that this process will open, and whoever runs a feed's server chooses where
//! its redirects and DNS answers lead. So every hop is checked: scheme, IP literal, and each address that a name
//! resolves to, at the moment of connecting.

pub mod address;
mod body;
pub mod client;
pub mod config;
mod encoding;
pub mod error;
mod failure;
mod headers;
mod location;
pub mod proxy;
pub mod request;
pub mod resolve;
mod tls;
mod transport;

pub use address::{Guard, Network};
pub use body::decoded;
pub use client::Client;
pub use config::NetConfig;
pub use error::NetError;
pub use request::{Redirect, Request, Response};
pub use resolve::{Lookup, SystemLookup};
