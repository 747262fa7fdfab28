//! States and kinds of copy, in the words of the field.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// May an item be used? The three values of ninjs `pubStatus`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PubStatus {
    /// May be published.
    #[default]
    Usable,
    /// Under embargo: metadata only, until `embargoed_until`.
    Withheld,
    /// Killed or taken down: the text is blanked everywhere that it is kept.
    Canceled,
}

impl PubStatus {
    /// The value as ninjs writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usable => "usable",
            Self::Withheld => "withheld",
            Self::Canceled => "canceled",
        }
    }
}

/// What sort of copy an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CopyKind {
    /// A dispatch or article.
    #[default]
    News,
    /// An agenda or advisory about what is to come: for desks, not for readers.
    Planning,
    /// A digest of other items.
    Roundup,
    /// A page or entry that is not an article (section front, video stub, login wall).
    NotArticle,
}

/// What the wire itself says about this version with a mark such as CORRECTED or WITHDRAWN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WireSignal {
    /// The copy corrects an earlier version.
    Corrected,
    /// The copy is sent again unchanged.
    Repeated,
    /// The copy replaces an earlier one with more material.
    Expanded,
    /// The agency takes the copy back.
    Withdrawn,
}
