//! Dead letters for what could not be read.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wiredesk_contract::{ContentHash, DeadId, DeadLetter, Kind, Message, Timestamp};
use wiredesk_runtime::Emitter;

use crate::source::SourceConfig;

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Its bytes, or the first of them.
    pub bytes: Vec<u8>,
    /// The stable name.
    pub reason: &'static str,
    /// One sentence.
    pub explanation: String,
}

impl Refusal {
    /// Equal bytes refused for the same reason have one hash: one letter, however often they are polled.
    pub fn hash(&self) -> String {
        ContentHash::of(&[self.reason, &String::from_utf8_lossy(&self.bytes)]).to_string()
    }
}

/// The dead letter of a refusal, its payload cut to what the topic takes.
pub fn letter(refusal: &Refusal, source: &SourceConfig, emitter: &Emitter, at: Timestamp) -> DeadLetter {
    let id = ContentHash::of(&["fetcher", &source.id, &refusal.hash()]);
    let letter = DeadLetter {
        schema_version: DeadLetter::VERSION,
        dead_id: DeadId::new(id.as_str()),
        stage: "fetcher".to_owned(),
        topic: emitter.topics().name(Kind::Raw).to_owned(),
        // It never was in a topic.
        partition: -1,
        offset: -1,
        key: source.id.clone(),
        headers: BTreeMap::from([("url".to_owned(), source.url.clone())]),
        payload: STANDARD.encode(&refusal.bytes),
        reason: refusal.reason.to_owned(),
        explanation: refusal.explanation.clone(),
        at,
    };
    wiredesk_runtime::dead::fit(letter, &refusal.bytes, emitter.max_bytes(Kind::Dead), emitter.topics())
}
