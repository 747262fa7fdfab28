//! `wiredesk tool stories`: the core of the stories stage on JSON objects, in time order.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{ItemId, SourceId, StoryId, Timestamp};

use crate::config::Config;
use crate::features::{Facts, Features};
use crate::state::Stories;

/// Open stories, fed by [`Clusterer::push`].
pub struct Clusterer {
    stories: Stories,
    now: Timestamp,
    pushed: u64,
}

impl Default for Clusterer {
    fn default() -> Self {
        Self::new()
    }
}

impl Clusterer {
    /// No stories yet, default settings.
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    /// No stories yet, these settings.
    pub fn with(config: Config) -> Self {
        Self { stories: Stories::new(config), now: Timestamp::default(), pushed: 0 }
    }

    /// The answer on one item: `{"id","story"}`. Takes `{"id","title","text","published"}`; `language` and `entities` (as
    /// `tool enrich` gives them) are hints. An item without a time counts as published with the one before it.
    pub fn push(&mut self, line: &Value) -> Value {
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let id = line
            .get("id")
            .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
            .unwrap_or_default();
        let language = [text("language"), text("lang")].into_iter().find(|l| !l.is_empty()).unwrap_or("und");
        let published =
            [text("published"), text("ts")].iter().find_map(|t| DateTime::parse_from_rfc3339(t).ok());
        self.now = published.map_or(self.now, |t| t.with_timezone(&Utc));
        let mut entities: Vec<(&str, &str, f32)> = Vec::new();
        for entity in line.get("entities").and_then(Value::as_array).into_iter().flatten() {
            let field = |key: &str| entity.get(key).and_then(Value::as_str).unwrap_or_default();
            let name = if field("name").is_empty() { field("text") } else { field("name") };
            let salience = entity.get("salience").and_then(Value::as_f64).unwrap_or_default();
            entities.push((field("id"), name, salience as f32));
        }
        self.pushed += 1;
        if self.pushed.is_multiple_of(1_000) {
            // As the stage does with each batch: what has left the window is let go.
            self.stories.lend(Vec::new(), Vec::new());
        }
        let item_id = ItemId::derive(&SourceId::new("tool"), &id);
        let facts = Facts {
            features: Features::extract(language, text("title"), text("text"), &entities),
            version: 1,
            language: language.to_owned(),
            headline: text("title").to_owned(),
            event_time: self.now,
            status: PubStatus::Usable,
            kind: CopyKind::News,
            duplicate_of: None,
            sibling_of: None,
            item_id: item_id.clone(),
        };
        let placed = self.stories.place(&facts);
        let story = placed.as_ref().and_then(|p| p.row.story_id.clone());
        if let Some(placed) = placed {
            self.stories.apply(placed);
        }
        json!({"id": id, "story": story.unwrap_or_else(|| StoryId::derive(&item_id))})
    }
}
