//! Pictures and other media that an item names. Only links: wiredesk copies no media.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A picture, video or sound that goes with an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// Absolute address.
    pub url: String,
    /// MIME type, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Caption, without the credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Photographer or agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}
