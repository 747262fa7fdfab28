//! How large a record may be, topic by topic.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wiredesk_contract::{TopicSpec, TopicTable};

use crate::error::BusError;
use crate::record::Record;

/// Where a topic is not in the table: Kafka's own default.
const DEFAULT_MAX: usize = 1_048_576;

/// The limit of each topic: the table's, and those that [`crate::Bus::ensure_topics`] was told.
#[derive(Debug, Default)]
pub struct SizeLimits {
    known: Mutex<BTreeMap<String, usize>>,
}

impl SizeLimits {
    /// The limits of a table.
    pub fn new(topics: &TopicTable) -> Self {
        let limits = Self::default();
        limits.learn(topics.specs());
        limits
    }

    /// Takes over the limits of these.
    pub fn learn(&self, specs: &[TopicSpec]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(specs.iter().map(|s| (s.name.clone(), s.max_bytes as usize)));
    }

    /// Takes over one limit.
    pub fn set(&self, topic: &str, max: usize) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned(), max);
    }

    /// Refuses the batch if any of it is too large, before anything was sent.
    ///
    /// # Errors
    /// [`BusError::TooLarge`] for the first that is.
    pub fn check(&self, records: &[Record]) -> Result<(), BusError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            let max = known.get(&record.topic).copied().unwrap_or(DEFAULT_MAX);
            let size = record.size();
            if size > max {
                return Err(BusError::TooLarge { topic: record.topic.clone(), size, max });
            }
        }
        Ok(())
    }
}
