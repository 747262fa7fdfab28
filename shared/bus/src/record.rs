//! Records, and where they are.

use bytes::Bytes;
use wiredesk_contract::{Timestamp, TopicTable, message::Message};

/// A record to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Topic name.
    pub topic: String,
    /// Equal keys go to the same partition and keep their order.
    pub key: String,
    /// Payload.
    pub payload: Bytes,
    /// Header names and values, UTF-8.
    pub headers: Vec<(String, String)>,
    /// The record's own time.
    pub timestamp: Timestamp,
}

impl Record {
    /// The record of a message, with its CloudEvents headers, for the topic of its kind.
    ///
    /// # Errors
    /// serde's, which the six messages never give.
    pub fn of<M: Message>(
        message: &M,
        topics: &TopicTable,
        time: Timestamp,
        traceparent: Option<&str>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            topic: topics.name(M::KIND).to_owned(),
            key: message.key().to_owned(),
            payload: wiredesk_contract::encode(message)?.into(),
            headers: wiredesk_contract::envelope::headers(message, time, traceparent),
            timestamp: time,
        })
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Bytes of key, payload and headers: what a topic's limit counts.
    pub fn size(&self) -> usize {
        self.key.len()
            + self.payload.len()
            + self.headers.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>()
    }
}

/// Where a record is: `offset` counts from 0 in each partition and may have gaps (Kafka's transaction markers).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Topic name.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The record.
    pub record: Record,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

impl Received {
    /// Where it is.
    pub fn position(&self) -> Position {
        Position { topic: self.record.topic.clone(), partition: self.partition, offset: self.offset }
    }
}
