//! The contracts of wiredesk: ids, the six messages, the topic table, and how a message travels
//! (CloudEvents headers, W3C trace context). This crate knows no tokio, no sqlx and no rdkafka.
//!
//! Field names follow IPTC ninjs 3.x where ninjs has them; the rest is ours and in `snake_case`.

pub mod asyncapi;
pub mod clean;
pub mod copy;
pub mod dead;
pub mod enrichment;
pub mod envelope;
pub mod escape;
pub mod geojson;
pub mod ids;
pub mod item;
pub mod marked;
pub mod media;
pub mod message;
pub mod ninjs;
mod number;
pub mod outcome;
pub mod raw;
pub mod schema;
pub mod source;
pub mod status;
pub mod story;
pub mod time;
pub mod topics;
pub mod verdict;
mod yaml;

pub use clean::CleanItem;
pub use copy::CopyItem;
pub use dead::DeadLetter;
pub use ids::{ContentHash, DeadId, ItemId, SourceId, StoryId};
pub use item::Item;
pub use message::{DecodeError, Kind, Message, decode, encode};
pub use outcome::{Outcome, Why};
pub use raw::RawItem;
pub use story::Story;
pub use time::Timestamp;
pub use topics::{TopicSpec, TopicTable};
pub use verdict::{Change, Relation, Verdict};
