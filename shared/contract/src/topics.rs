//! The topic table: `schemas/topics.toml`, read once.

use serde::Deserialize;

use crate::message::Kind;

const TABLE: &str = include_str!("../../../schemas/topics.toml");

/// One topic.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicSpec {
    /// The message that it carries.
    pub kind: Kind,
    /// Its name, `wiredesk.raw.v1`.
    pub name: String,
    /// What records are keyed by, for people.
    pub key: String,
    /// Partitions at birth; changing it later re-maps keys.
    pub partitions: i32,
    /// How long records are kept, in hours.
    pub retention_hours: u32,
    /// Largest record in bytes.
    pub max_bytes: u32,
    /// The stage that writes it.
    pub writer: String,
    /// The stages that read it.
    pub readers: Vec<String>,
    /// One sentence.
    pub summary: String,
}

/// All topics of a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicTable {
    specs: Vec<TopicSpec>,
}

/// Why a topic table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// `schemas/topics.toml` is not of its form.
    #[error("schemas/topics.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// A message has no topic.
    #[error("schemas/topics.toml names no topic for {0} messages; add a [[topic]] with kind = \"{0}\"")]
    Missing(&'static str),
    /// A prefix that Kafka refuses or that makes metric names collide.
    #[error("the topic prefix {0:?} may only have letters, digits, hyphens and dots")]
    Prefix(String),
}

impl TopicTable {
    /// The table of this build, its names under `prefix` (by default `wiredesk`), and, where given, another number of
    /// partitions for every topic.
    ///
    /// # Errors
    /// [`TopicError`] where the prefix or the table is wrong.
    pub fn load(prefix: &str, partitions: Option<i32>) -> Result<Self, TopicError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            topic: Vec<TopicSpec>,
        }
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if prefix.is_empty() || !prefix.chars().all(legal) {
            return Err(TopicError::Prefix(prefix.to_owned()));
        }
        let mut specs = toml::from_str::<File>(TABLE)?.topic;
        for spec in &mut specs {
            if let Some(rest) = spec.name.strip_prefix("wiredesk.") {
                spec.name = format!("{prefix}.{rest}");
            }
            spec.partitions = partitions.unwrap_or(spec.partitions);
        }
        for kind in Kind::ALL {
            if !specs.iter().any(|s| s.kind == kind) {
                return Err(TopicError::Missing(kind.as_str()));
            }
        }
        Ok(Self { specs })
    }

    /// Every topic.
    pub fn specs(&self) -> &[TopicSpec] {
        &self.specs
    }

    /// The name of the topic for messages of `kind`.
    pub fn name(&self, kind: Kind) -> &str {
        self.specs.iter().find(|s| s.kind == kind).map(|s| s.name.as_str()).unwrap_or_default()
    }
}
