//! Polls the wires and publishes what is new as raw items.
//!
//! Pure: [`read`] (bytes to entries), [`identity`] and [`changes`] (what is new), [`address`] (forms of a link), [`robots`] (what
//! may be fetched), [`schedule`] (when to ask again), [`queue`] (who may be asked now).
//! The shell: [`run`] leases domains and lets polls go, [`poll`] asks and publishes; what it came to is saved only after the
//! bus has acknowledged. [`pages`] fetches articles; [`discover`] finds a site's feeds.

pub mod address;
pub mod admit;
pub mod answer;
pub mod ask;
pub mod changes;
pub mod config;
pub mod discover;
pub mod error;
pub mod gauges;
pub mod health;
pub mod html;
pub mod identity;
pub mod list;
pub mod listing;
pub mod look;
pub mod opml;
pub mod pages;
pub mod place;
pub mod poll;
pub mod prune;
pub mod push;
pub mod queue;
pub mod read;
pub mod reference;
pub mod refuse;
pub mod robots;
pub mod run;
pub mod schedule;
pub mod source;
pub mod starter;
pub mod text;
pub mod tool;

pub use config::Config;
pub use error::FetchError;
pub use run::run;
pub use source::SourceConfig;
