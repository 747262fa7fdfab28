//! Records as Kafka has them.

use std::borrow::Cow;

use bytes::Bytes;
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::FutureRecord;
use wiredesk_contract::Timestamp;

use crate::record::{Received, Record};

/// To be sent.
pub(super) fn outgoing(record: &Record) -> FutureRecord<'_, str, [u8]> {
    let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
    for (name, value) in &record.headers {
        headers = headers.insert(Header { key: name, value: Some(value) });
    }
    FutureRecord::to(&record.topic)
        .key(record.key.as_str())
        .payload(record.payload.as_ref())
        .headers(headers)
        .timestamp(record.timestamp.timestamp_millis().max(0))
}

/// As it came.
pub(super) fn incoming(message: &BorrowedMessage<'_>) -> Received {
    let text = |bytes: Option<&[u8]>| bytes.map_or(Cow::Borrowed(""), String::from_utf8_lossy).into_owned();
    let headers = message
        .headers()
        .map_or_else(Vec::new, |headers| headers.iter().map(|h| (h.key.to_owned(), text(h.value))).collect());
    let millis = message.timestamp().to_millis().unwrap_or_default();
    let record = Record {
        topic: message.topic().to_owned(),
        key: text(message.key()),
        payload: Bytes::copy_from_slice(message.payload().unwrap_or_default()),
        headers,
        timestamp: Timestamp::from_timestamp_millis(millis).unwrap_or_default(),
    };
    Received { record, partition: message.partition(), offset: message.offset() }
}
