//! Stories, and which item belongs to which. Written by the stories stage alone, in the transaction that moves its input
//! offsets and fills the outbox.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Row};
use wiredesk_contract::{ItemId, Story, StoryId, Timestamp};

use crate::ledger::LedgerError;
use crate::ledger::offsets::{self, Advance};
use crate::outbox;

/// An item as the stories stage keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// The item.
    pub item_id: ItemId,
    /// Its story; none where it is withheld or was withdrawn.
    pub story_id: Option<StoryId>,
    /// The newest version that was looked at.
    pub version: u32,
    /// Its place in the order of joining.
    pub seq: i64,
    /// When it was published: what the window goes by.
    pub event_time: Timestamp,
    /// Features; their form belongs to the stories stage. None where the item may not be used.
    pub features: Option<serde_json::Value>,
}

/// The open stories and their items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// Items in the order in which they joined.
    pub items: Vec<ItemRow>,
    /// The stories of those items.
    pub stories: Vec<Story>,
    /// The highest `seq` given out.
    pub seq: i64,
}

/// What one input came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The item and its story.
    pub row: ItemRow,
    /// The story's new revision, where there is one.
    pub story: Option<Story>,
    /// W3C trace context of the input.
    pub traceparent: Option<String>,
}

/// Where a batch of placements came from.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// The stage and its bus: `stories@kafka`.
    pub consumer: &'a str,
    /// Input topic.
    pub topic: &'a str,
    /// For each partition, the first offset and the offset after the last.
    pub spans: &'a crate::ledger::Spans,
}

/// Stores a batch: all of it or nothing. Called again after an error, it finds out whether it was stored.
///
/// # Errors
/// [`LedgerError::Fenced`] where somebody else has taken the input; see [`LedgerError::is_transient`] for the others.
pub async fn apply(
    db: &PgPool,
    taken: Taken<'_>,
    placements: &[Placement],
    now: Timestamp,
) -> Result<(), LedgerError> {
    let mut tx = db.begin().await?;
    if offsets::advance(&mut tx, taken.consumer, taken.topic, taken.spans).await? == Advance::AlreadyThere {
        tx.rollback().await?;
        return Ok(());
    }
    let mut rows = Vec::new();
    // The last revision and the last row of the batch are what the tables keep; every revision is published.
    let mut stories: BTreeMap<&StoryId, &Story> = BTreeMap::new();
    let mut items: BTreeMap<&ItemId, &ItemRow> = BTreeMap::new();
    for placement in placements {
        if let Some(story) = &placement.story {
            let row = outbox::NewRow::of(story, now, placement.traceparent.as_deref()).map_err(|e| {
                LedgerError::Json { item: placement.row.item_id.clone(), detail: e.to_string() }
            })?;
            rows.push(row);
            stories.insert(&story.story_id, story);
        }
        items.insert(&placement.row.item_id, &placement.row);
    }
    for story in stories.values() {
        put_story(&mut tx, story).await?;
    }
    put_items(&mut tx, &items.into_values().collect::<Vec<_>>()).await?;
    outbox::insert(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(())
}

async fn put_story(tx: &mut PgConnection, story: &Story) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO story (story_id, revision, title, language, languages, items, first_seen, last_seen, message)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (story_id) DO UPDATE SET revision = excluded.revision, title = excluded.title,
             language = excluded.language, languages = excluded.languages, items = excluded.items,
             first_seen = excluded.first_seen, last_seen = excluded.last_seen, message = excluded.message",
    )
    .bind(story.story_id.as_str())
    .bind(i64::from(story.revision))
    .bind(&story.title)
    .bind(&story.language)
    .bind(&story.languages)
    .bind(story.items.len() as i64)
    .bind(story.first_seen)
    .bind(story.last_seen)
    .bind(Json(story))
    .execute(tx)
    .await?;
    Ok(())
}

async fn put_items(tx: &mut PgConnection, rows: &[&ItemRow]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO story_item (item_id, story_id, version, seq, event_time, features)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::jsonb[])
         ON CONFLICT (item_id) DO UPDATE SET story_id = excluded.story_id, version = excluded.version,
             seq = excluded.seq, event_time = excluded.event_time, features = excluded.features",
    )
    .bind(rows.iter().map(|r| r.item_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.story_id.as_ref().map(StoryId::as_str)).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| i64::from(r.version)).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.seq).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.event_time).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.features.as_ref()).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Loads the items that are not more than `open` older than the newest, and their stories.
///
/// # Errors
/// sqlx's.
pub async fn load(db: &PgPool, open: chrono::Duration) -> Result<Open, sqlx::Error> {
    let (newest, seq): (Option<Timestamp>, Option<i64>) =
        sqlx::query_as("SELECT max(event_time), max(seq) FROM story_item").fetch_one(db).await?;
    let Some(newest) = newest else { return Ok(Open::default()) };
    let rows = sqlx::query("SELECT * FROM story_item WHERE event_time >= $1 ORDER BY seq")
        .bind(newest - open)
        .fetch_all(db)
        .await?;
    let stories = sqlx::query_scalar(
        "SELECT message FROM story WHERE story_id IN (SELECT story_id FROM story_item WHERE event_time >= $1)
         ORDER BY story_id",
    )
    .bind(newest - open)
    .fetch_all(db)
    .await?;
    finish(&rows, stories, seq.unwrap_or_default())
}

/// Loads these items, however old, and their stories.
///
/// # Errors
/// sqlx's.
pub async fn items(db: &PgPool, items: &[ItemId]) -> Result<Open, sqlx::Error> {
    if items.is_empty() {
        return Ok(Open::default());
    }
    let ids: Vec<&str> = items.iter().map(ItemId::as_str).collect();
    let rows = sqlx::query("SELECT * FROM story_item WHERE item_id = ANY($1) ORDER BY seq")
        .bind(&ids)
        .fetch_all(db)
        .await?;
    let stories = sqlx::query_scalar(
        "SELECT message FROM story WHERE story_id IN (SELECT story_id FROM story_item WHERE item_id = ANY($1))
         ORDER BY story_id",
    )
    .bind(&ids)
    .fetch_all(db)
    .await?;
    finish(&rows, stories, 0)
}

fn finish(rows: &[PgRow], stories: Vec<Json<Story>>, seq: i64) -> Result<Open, sqlx::Error> {
    let items = rows.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Open { items, stories: stories.into_iter().map(|s| s.0).collect(), seq })
}

fn read(row: &PgRow) -> Result<ItemRow, sqlx::Error> {
    Ok(ItemRow {
        item_id: ItemId::new(row.try_get::<String, _>("item_id")?),
        story_id: row.try_get::<Option<String>, _>("story_id")?.map(StoryId::new),
        version: u32::try_from(row.try_get::<i64, _>("version")?).unwrap_or(u32::MAX),
        seq: row.try_get("seq")?,
        event_time: row.try_get("event_time")?,
        features: row.try_get("features")?,
    })
}
