//! HTTP: items, stories, sources, live events, OpenAPI and the page.

pub mod admin;
pub mod alerts;
pub mod answers;
pub mod auth;
pub mod cleaning;
pub mod config;
pub mod cursor;
pub mod dead;
pub mod difference;
pub mod entities;
pub mod error;
mod etag;
pub mod extract;
pub mod formats;
pub mod fresh;
pub mod guard;
pub mod items;
pub mod listen;
pub mod live;
pub mod looks;
mod moving;
pub mod openapi;
pub mod page;
pub mod pipeline;
pub mod router;
pub mod serve;
pub mod socket;
pub mod sources;
pub mod state;
pub mod stories;
pub mod stream;
pub mod wanted;

pub use config::Config;
pub use error::ApiError;
pub use serve::run;
