//! What an item knows of the wire that it came from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::SourceId;

/// What may be published of a wire's text. Agencies forbid redistribution, so the default is the narrow one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rights {
    /// Title, lead, link and metadata.
    #[default]
    Headline,
    /// The whole text.
    FullText,
}

/// The wire that an item came from, as the operator configured it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceRef {
    /// The operator's slug.
    pub id: SourceId,
    /// The name to show.
    pub name: String,
    /// The feed's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// BCP 47 language that the operator or the feed declares; a prior, not a verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2 country of the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// IANA time zone of dates without a zone, such as `Europe/Madrid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Name of the agency whose own wire this is (`Europa Press`), absent for outlets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// What may be published.
    #[serde(default)]
    pub rights: Rights,
}
