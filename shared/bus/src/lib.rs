//! One trait for the bus, and its implementations. [`traits`] defines every word about records, offsets, groups and fencing.

pub mod batch;
pub mod error;
pub mod record;
pub mod traits;

pub use batch::{Batch, BatchLimits, Commit};
pub use error::{BusError, PublishError};
pub use record::{Position, Received, Record};
pub use traits::{Bus, Consumer, Event, Positions, Producer, Publisher, Reader, StartAt, Subscription};
