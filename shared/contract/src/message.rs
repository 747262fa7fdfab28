//! How the six messages are written and read: JSON, with a version that a reader checks first.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The six kinds of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An entry as fetched.
    Raw,
    /// Clean copy.
    Copy,
    /// Clean copy with its verdict.
    Clean,
    /// A published version of an item.
    Item,
    /// A revision of a story.
    Story,
    /// What could not be taken.
    Dead,
}

impl Kind {
    /// All six, in the order of the pipeline.
    pub const ALL: [Self; 6] = [Self::Raw, Self::Copy, Self::Clean, Self::Item, Self::Story, Self::Dead];

    /// The name in file names and event types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Copy => "copy",
            Self::Clean => "clean",
            Self::Item => "item",
            Self::Story => "story",
            Self::Dead => "dead",
        }
    }
}

/// A message of the pipeline.
pub trait Message: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// Which of the six.
    const KIND: Kind;
    /// The newest form that this build writes and reads; older forms are read too.
    const VERSION: u16;
    /// The record key: equal keys keep their order.
    fn key(&self) -> &str;
    /// CloudEvents `id`: the same for a replay.
    fn id(&self) -> String;
    /// CloudEvents `subject`.
    fn subject(&self) -> &str;
    /// CloudEvents `source`.
    fn source(&self) -> String;
    /// CloudEvents `type`.
    fn event_type(&self) -> String {
        format!("wiredesk.{}.v{}", Self::KIND.as_str(), Self::VERSION)
    }
}

/// Why bytes are not a message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DecodeError {
    /// Not JSON, or not an object of this form.
    #[error("the payload is not a {kind} message: {detail}; look at the producer of this topic")]
    NotThisForm {
        /// The kind that was expected.
        kind: &'static str,
        /// serde's words, with line and column.
        detail: String,
    },
    /// Written by a newer wiredesk.
    #[error(
        "the {kind} message has schema version {found}, this build reads up to {known}; upgrade this stage before its producers"
    )]
    UnknownVersion {
        /// The kind that was expected.
        kind: &'static str,
        /// What the message says.
        found: u64,
        /// What this build knows.
        known: u16,
    },
}

impl DecodeError {
    /// The stable name for counters and dead letters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotThisForm { .. } => "not_this_form",
            Self::UnknownVersion { .. } => "unknown_version",
        }
    }

    /// Decoding the same bytes again gives the same answer.
    pub fn is_transient(&self) -> bool {
        false
    }
}

/// Most characters of serde's words that are passed on: they quote what was not understood, however long it is, and they are
/// logged and sent with the dead letter.
const DETAIL: usize = 400;

/// The beginning, and the end, which says what was expected and where.
fn shortened(words: String) -> String {
    let length = words.chars().count();
    if length <= DETAIL {
        return words;
    }
    let half = DETAIL / 2;
    let (head, tail): (String, String) =
        (words.chars().take(half).collect(), words.chars().skip(length - half).collect());
    format!("{head} … {tail}")
}

/// Writes a message. The types hold nothing that JSON cannot.
///
/// # Errors
/// Never for the six messages; the error is serde's, for a type of one's own.
pub fn encode<M: Message>(message: &M) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(message)
}

/// Reads a message: its version first, so that a newer form is named as such; unknown fields are ignored.
///
/// # Errors
/// [`DecodeError`] where the bytes are not a message of this kind and a known version.
pub fn decode<M: Message>(bytes: &[u8]) -> Result<M, DecodeError> {
    #[derive(Deserialize)]
    struct Head {
        schema_version: u64,
    }
    let kind = M::KIND.as_str();
    let wrong = |e: serde_json::Error| DecodeError::NotThisForm { kind, detail: shortened(e.to_string()) };
    match serde_json::from_slice::<M>(bytes) {
        Ok(message) => {
            let head: Head = serde_json::from_slice(bytes).map_err(wrong)?;
            known::<M>(head.schema_version)?;
            Ok(message)
        }
        Err(error) => {
            if let Ok(head) = serde_json::from_slice::<Head>(bytes) {
                known::<M>(head.schema_version)?;
            }
            Err(wrong(error))
        }
    }
}

fn known<M: Message>(found: u64) -> Result<(), DecodeError> {
    if (1..=u64::from(M::VERSION)).contains(&found) {
        Ok(())
    } else {
        Err(DecodeError::UnknownVersion { kind: M::KIND.as_str(), found, known: M::VERSION })
    }
}
