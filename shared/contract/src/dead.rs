//! `dead`: what a stage could not take, with its payload, where it was, and why.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::DeadId;
use crate::message::{Kind, Message};
use crate::time::Timestamp;

/// A record that a stage could not take. Key: the record's own key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeadLetter {
    /// Version of this message's form.
    pub schema_version: u16,
    /// Derived from topic, partition and offset: a replay writes the same letter.
    pub dead_id: DeadId,
    /// The stage that refused it.
    pub stage: String,
    /// Where it was.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its key, invalid UTF-8 replaced.
    pub key: String,
    /// Its headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Its payload, base64.
    pub payload: String,
    /// A short stable name: `not_json`, `unknown_version`, `panic`, `too_large` …
    pub reason: String,
    /// One sentence for a person, with what to do next.
    pub explanation: String,
    /// When it was refused.
    pub at: Timestamp,
}

impl Message for DeadLetter {
    const KIND: Kind = Kind::Dead;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        &self.key
    }
    fn id(&self) -> String {
        self.dead_id.to_string()
    }
    fn subject(&self) -> &str {
        self.dead_id.as_str()
    }
    fn source(&self) -> String {
        format!("/wiredesk/stages/{}", self.stage)
    }
}
