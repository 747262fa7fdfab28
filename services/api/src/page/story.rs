//! The stories, and one of them: its time line, how each language tells it, why its items are together, where it happens.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use sqlx::PgPool;
use wiredesk_contract::{Item, Story, Timestamp};
use wiredesk_store::read::{self, ItemFilter};

use super::map::{self, Map};
use super::pages::{Page, PlaceView, place};
use super::words::{Frame, Words};
use crate::error::ApiError;
use crate::extract::Id;
use crate::formats;
use crate::items::document;

/// Items of a story that its page shows: the newest.
const SHOWN: i64 = 100;
/// Languages side by side.
const LANGUAGES: usize = 12;

struct StoryView {
    id: String,
    time: String,
    time_iso: String,
    title: String,
    language: String,
    languages: Vec<String>,
    items: Vec<MemberView>,
}

struct MemberView {
    id: String,
    language: String,
    headline: String,
}

impl StoryView {
    fn of(story: Story, t: &Words) -> Self {
        let member = |i: wiredesk_contract::story::StoryItem| MemberView {
            id: i.item_id.to_string(),
            language: i.language,
            headline: i.headline,
        };
        Self {
            id: story.story_id.to_string(),
            time: t.time(story.last_seen),
            time_iso: story.last_seen.to_rfc3339(),
            title: story.title,
            language: story.language,
            languages: story.languages,
            items: story.items.into_iter().map(member).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "stories.html")]
struct StoriesPage {
    t: &'static Words,
    frame: Frame,
    stories: Vec<StoryView>,
}

pub(super) async fn stories(State(db): State<PgPool>, frame: Frame) -> Page {
    let list = crate::stories::page(&db, None, 100).await?;
    let mut stories: Vec<StoryView> =
        list.stories.into_iter().map(|story| StoryView::of(story, frame.t)).collect();
    // A story of one item is the item: the wire shows it already.
    stories.retain(|s| s.items.len() > 1);
    Ok(Html(StoriesPage { t: frame.t, frame: frame.at("stories"), stories }.render()?))
}

/// A step of the time line.
struct Step {
    time: String,
    time_iso: String,
    id: String,
    language: String,
    source: String,
    headline: String,
    /// How well it fits, in hundredths; none for an item that the story's record does not list any more.
    fits: Option<u32>,
    /// What it is to the item that it repeats.
    relation: Option<&'static str>,
}

/// How one language tells it: by its newest item.
struct Telling {
    language: String,
    id: String,
    headline: String,
    lead: Option<String>,
    items: usize,
}

#[derive(Template)]
#[template(path = "story.html")]
struct StoryPage {
    t: &'static Words,
    frame: Frame,
    id: String,
    title: String,
    language: String,
    first: String,
    last: String,
    /// Of all items, those too that are not shown.
    count: usize,
    shared: Vec<String>,
    tellings: Vec<Telling>,
    steps: Vec<Step>,
    places: Vec<PlaceView>,
    map: Option<Map>,
}

pub(super) async fn story(State(db): State<PgPool>, frame: Frame, Id(id): Id) -> Page {
    let story = crate::stories::find(&db, &id).await?;
    let mut items = members(&db, &id).await?;
    items.sort_by_key(when);
    let t = frame.t;
    let places = places(&items);
    let page = StoryPage {
        t: frame.t,
        frame: frame.at("stories"),
        id,
        first: t.time(story.first_seen),
        last: t.time(story.last_seen),
        count: story.items.len(),
        shared: story.entities.clone(),
        tellings: tellings(&items),
        steps: items.iter().map(|item| step(&story, item, t)).collect(),
        map: map::of(&places),
        places,
        title: story.title,
        language: story.language,
    };
    Ok(Html(page.render()?))
}

async fn members(db: &PgPool, id: &str) -> Result<Vec<Item>, ApiError> {
    let filter = ItemFilter { story: Some(id.to_owned()), limit: SHOWN, ..ItemFilter::default() };
    Ok(read::newest(db, None, &filter).await?.into_iter().map(document).collect())
}

fn when(item: &Item) -> Timestamp {
    item.content_created.unwrap_or(item.first_created)
}

fn step(story: &Story, item: &Item, t: &Words) -> Step {
    let member = story.items.iter().find(|member| member.item_id == item.item_id);
    Step {
        time: t.time(when(item)),
        time_iso: when(item).to_rfc3339(),
        id: item.item_id.to_string(),
        language: item.language.clone(),
        source: item.source.name.clone(),
        headline: item.headline().to_owned(),
        fits: member.map(|member| (member.score * 100.0).round() as u32),
        relation: item
            .verdict
            .duplicate_of
            .as_ref()
            .map(|_| item.verdict.relation.map_or(t.wire.repeat, t.relation)),
    }
}

fn tellings(items: &[Item]) -> Vec<Telling> {
    let mut of: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in items {
        of.entry(&item.language).or_default().push(item);
    }
    let telling = |(language, items): (&str, Vec<&Item>)| {
        let newest = items.last()?;
        Some(Telling {
            language: language.to_owned(),
            id: newest.item_id.to_string(),
            headline: newest.headline().to_owned(),
            lead: formats::lead(newest).map(str::to_owned),
            items: items.len(),
        })
    };
    let mut tellings: Vec<Telling> = of.into_iter().filter_map(telling).collect();
    tellings.sort_by_key(|telling| std::cmp::Reverse(telling.items));
    tellings.truncate(LANGUAGES);
    tellings
}

/// Where its items say that it happens, most often first.
fn places(items: &[Item]) -> Vec<PlaceView> {
    let mut named: BTreeMap<&str, (usize, PlaceView)> = BTreeMap::new();
    for at in items.iter().filter_map(|item| item.event_place.as_ref()) {
        named.entry(&at.place.id).or_insert_with(|| (0, place(&at.place))).0 += 1;
    }
    let mut places: Vec<(usize, PlaceView)> = named.into_values().collect();
    places.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    places.into_iter().map(|(_, place)| place).collect()
}
