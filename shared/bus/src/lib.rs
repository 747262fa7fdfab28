//! One trait for the bus, and its implementations. [`traits`] defines every word about records, offsets, groups and fencing.

pub mod answered;
pub mod batch;
pub mod config;
pub mod connect;
pub mod error;
pub mod kafka;
pub mod limits;
pub mod memory;
pub mod murmur2;
pub mod postgres;
pub mod record;
pub mod secret;
pub mod traits;

pub use batch::{Batch, BatchLimits, Commit};
pub use config::{BusKind, Config};
pub use connect::connect;
pub use error::{BusError, PublishError};
pub use murmur2::partition_of;
pub use record::{Position, Received, Record};
pub use secret::Secret;
pub use traits::{
    Bus, Consumer, Copies, Event, Positions, Producer, Publisher, Reader, StartAt, Subscription, TopicFacts,
};
