//! The verdict of the dedupe stage on one version of one item.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ContentHash, ItemId};

/// What a version is to the version of the same item before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The first version of the item.
    New,
    /// Only the headline differs.
    TitleOnly,
    /// A few words differ.
    Minor,
    /// Earlier text is kept and text was added.
    Expanded,
    /// The wire marks it as a correction, or figures or names took the place of others in what is else the same text.
    Corrected,
    /// Text was taken away and nothing was added.
    Cut,
    /// Most of the text differs.
    Rewritten,
    /// The agency takes the item back.
    Withdrawn,
    /// The text is the same; status, embargo or note changed.
    Status,
    /// The copy is the same; it was enriched anew with other engines or vocabularies.
    Reenriched,
}

/// What a copy is to the other item that it was found to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same text, or as good as.
    Resend,
    /// Part of the original.
    Cut,
    /// The original and more.
    Expanded,
    /// The original with figures, names or words put right.
    Corrected,
    /// The same news in other words.
    Rewritten,
    /// The same template about another event: *not* a duplicate.
    TemplateSibling,
}

/// What the dedupe stage says of one version. Stored once under (item id, content hash) before it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What it is to this item's version before.
    pub change: Change,
    /// The item that this one repeats; absent where it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<ItemId>,
    /// What it is to `duplicate_of`, or to the nearest template sibling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// 0 to 1: the larger of Jaccard similarity and containment of word shingles with the nearest candidate.
    #[serde(deserialize_with = "crate::number::finite")]
    pub similarity: f32,
    /// The id of the original: `duplicate_of`, else the item itself.
    pub cluster: ItemId,
    /// The agency's dispatch that an outlet's copy carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syndicated_from: Option<ItemId>,
    /// The outlets' copies of this dispatch that came before it; `syndicated_from` is set on them afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried_by: Vec<ItemId>,
    /// An equal text from before the window: a new item, but readers may want the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<ItemId>,
    /// Why, in a form that a person can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Why two copies were found to be the same, or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The copy that it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<ItemId>,
    /// Jaccard similarity of word shingles, 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub jaccard: f32,
    /// Share of the shorter copy's shingles that the longer has, 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub containment: f32,
    /// Longest shared passages, at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    /// Figures that only one of the two has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing_figures: Vec<String>,
    /// Names that only one of the two has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing_names: Vec<String>,
    /// What was changed from the version of the same item before, in the order of the text, at most 24 edits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// What else is worth knowing, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Words that took the place of others. One of the two may be empty: words were added, or taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    /// The words before, at most 160 characters.
    #[serde(default)]
    pub before: String,
    /// The words after, at most 160 characters.
    #[serde(default)]
    pub after: String,
}

impl Verdict {
    /// The verdict for a version that repeats nothing.
    pub fn original(item: &ItemId, change: Change) -> Self {
        Self {
            change,
            duplicate_of: None,
            relation: None,
            similarity: 0.0,
            cluster: item.clone(),
            syndicated_from: None,
            carried_by: Vec::new(),
            repeats: None,
            evidence: None,
        }
    }

    /// The key that a verdict is stored under.
    pub fn memo_key<'a>(item: &'a ItemId, hash: &'a ContentHash) -> (&'a str, &'a str) {
        (item.as_str(), hash.as_str())
    }
}
