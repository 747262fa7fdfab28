//! HTTP: items, stories, sources, live events, OpenAPI and the page.

pub mod answers;
pub mod config;
pub mod cursor;
pub mod error;
pub mod items;
pub mod live;
pub mod openapi;
pub mod page;
pub mod router;
pub mod serve;
pub mod sources;
pub mod state;
pub mod storable;
pub mod stories;
pub mod stream;

pub use config::Config;
pub use error::ApiError;
pub use serve::run;
