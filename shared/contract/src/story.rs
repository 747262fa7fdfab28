//! `story`: what several items tell.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, StoryId};
use crate::message::{Kind, Message};
use crate::time::Timestamp;

/// A revision of a story. Key: story id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// Version of this message's form.
    pub schema_version: u16,
    /// The story.
    pub story_id: StoryId,
    /// 1 for the first.
    pub revision: u32,
    /// Headline of the item that stands for it.
    pub title: String,
    /// Language of `title`.
    pub language: String,
    /// All languages that it is told in, sorted.
    pub languages: Vec<String>,
    /// Its items, in the order in which they joined.
    pub items: Vec<StoryItem>,
    /// Event time of the first item.
    pub first_seen: Timestamp,
    /// Event time of the newest item.
    pub last_seen: Timestamp,
    /// Names that most items share, best first.
    #[serde(default)]
    pub entities: Vec<String>,
    /// The story that took this one in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<StoryId>,
}

/// An item of a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoryItem {
    /// The item.
    pub item_id: ItemId,
    /// Its language.
    pub language: String,
    /// Its headline when it joined.
    pub headline: String,
    /// 0 to 1: how well it fits.
    #[serde(deserialize_with = "crate::number::finite")]
    pub score: f32,
}

impl Message for Story {
    const KIND: Kind = Kind::Story;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        self.story_id.as_str()
    }
    fn id(&self) -> String {
        format!("{}/{}", self.story_id, self.revision)
    }
    fn subject(&self) -> &str {
        self.story_id.as_str()
    }
    fn source(&self) -> String {
        "/wiredesk/stories".to_owned()
    }
    fn event_type(&self) -> String {
        if self.revision == 1 { "news.story.opened" } else { "news.story.updated" }.to_owned()
    }
}
