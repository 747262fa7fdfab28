//! How a message travels: CloudEvents 1.0 in Kafka binary mode, and W3C trace context.

use crate::message::Message;
use crate::time::Timestamp;

/// Header names, as the CloudEvents Kafka protocol binding and W3C Trace Context write them.
pub mod header {
    /// Always `1.0`.
    pub const SPECVERSION: &str = "ce_specversion";
    /// Unique within the source; the same for a replay.
    pub const ID: &str = "ce_id";
    /// Where it comes from.
    pub const SOURCE: &str = "ce_source";
    /// What happened.
    pub const TYPE: &str = "ce_type";
    /// When.
    pub const TIME: &str = "ce_time";
    /// Item or story id.
    pub const SUBJECT: &str = "ce_subject";
    /// JSON Schema of the payload.
    pub const DATASCHEMA: &str = "ce_dataschema";
    /// MIME type of the payload.
    pub const CONTENT_TYPE: &str = "content-type";
    /// W3C Trace Context.
    pub const TRACEPARENT: &str = "traceparent";
}

/// The headers of a message's record, in a fixed order.
pub fn headers<M: Message>(message: &M, time: Timestamp, traceparent: Option<&str>) -> Vec<(String, String)> {
    let mut headers = vec![
        (header::SPECVERSION, "1.0".to_owned()),
        (header::ID, message.id()),
        (header::SOURCE, message.source()),
        (header::TYPE, message.event_type()),
        (header::TIME, time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
        (header::SUBJECT, message.subject().to_owned()),
        (header::DATASCHEMA, format!("urn:wiredesk:schema:{}.v{}", M::KIND.as_str(), M::VERSION)),
        (header::CONTENT_TYPE, "application/json".to_owned()),
    ];
    if let Some(parent) = traceparent {
        headers.push((header::TRACEPARENT, parent.to_owned()));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A W3C `traceparent` for an item that starts its way: derived from `seed` (an item id and revision), so that a replay
/// continues the same trace.
pub fn traceparent_of(seed: &str) -> String {
    let trace = crate::ids::ContentHash::of(&["trace", seed]);
    let span = crate::ids::ContentHash::of(&["span", seed]);
    format!("00-{trace}-{}-01", &span.as_str()[..16])
}
