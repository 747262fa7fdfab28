//! What the API and the page read. Lists go by keyset, never by OFFSET, so that a page does not shift under its reader.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use sqlx::types::Json;
use wiredesk_contract::{Item, Story};

mod beside;
mod cleaning;
pub mod entities;
pub mod figures;
mod items;
mod parts;
mod ways;

pub use cleaning::{Cleaning, Passage, cleaning};
pub use items::{Circle, Found, ItemFilter, ItemRow, Place, Words, changed_after, newest, newest_or_alike};

/// The place in the order of changes that nothing committed lies behind: where [`changed_after`] begins for somebody who wants only what
/// is to come.
///
/// # Errors
/// sqlx's.
pub async fn newest_change(db: &PgPool) -> Result<(String, i64), sqlx::Error> {
    sqlx::query_as(
        "SELECT coalesce(max(place), '0') AS tx, coalesce(max(seq), 0) AS seq FROM (
             SELECT tx::text AS place, change_seq AS seq FROM item
             WHERE tx < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY tx DESC, change_seq DESC LIMIT 1
         ) AS newest",
    )
    .fetch_one(db)
    .await
}

/// An item's newest version.
///
/// # Errors
/// sqlx's.
pub async fn item(db: &PgPool, id: &str) -> Result<Option<ItemRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.item_id, i.version_created, i.tx::text AS change_tx, i.change_seq, i.doc, s.story_id
         FROM item i LEFT JOIN story_item s ON s.item_id = i.item_id WHERE i.item_id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// All versions of an item as published, oldest first.
///
/// # Errors
/// sqlx's.
pub async fn versions(db: &PgPool, id: &str) -> Result<Vec<Json<Item>>, sqlx::Error> {
    sqlx::query_scalar("SELECT doc FROM item_version WHERE item_id = $1 ORDER BY version")
        .bind(id)
        .fetch_all(db)
        .await
}

/// Ids of the items that repeat this one, in the order in which they came.
///
/// # Errors
/// sqlx's.
pub async fn repeats_of(db: &PgPool, id: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT item_id FROM item WHERE duplicate_of = $1 ORDER BY first_created, item_id LIMIT 1000",
    )
    .bind(id)
    .fetch_all(db)
    .await
}

/// An item that repeats another, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Repeat {
    /// The item that it repeats.
    pub original: String,
    /// Its own id.
    pub item_id: String,
    /// The wire's name.
    pub source: String,
    /// BCP 47.
    pub language: String,
    /// When it came first.
    pub first_created: DateTime<Utc>,
    /// Its headline.
    pub headline: String,
    /// How many repeat this original; those that come after the most are not listed.
    pub of: i64,
}

/// What repeats each of these originals, in the order in which it came, `most` of each. Not what is withheld or withdrawn.
///
/// # Errors
/// sqlx's.
pub async fn repeats(db: &PgPool, originals: &[String], most: i64) -> Result<Vec<Repeat>, sqlx::Error> {
    sqlx::query_as(
        "SELECT wanted.id AS original, its.item_id, coalesce(s.name, its.source_id) AS source, its.language, its.first_created,
                its.headline, its.of
         FROM unnest($1::text[]) AS wanted (id)
         CROSS JOIN LATERAL (
             SELECT item_id, source_id, language, first_created, headline, count(*) OVER () AS of FROM item
             WHERE duplicate_of = wanted.id AND pub_status = 'usable' ORDER BY first_created, item_id LIMIT $2
         ) AS its
         LEFT JOIN source s ON s.id = its.source_id
         ORDER BY its.first_created, its.item_id",
    )
    .bind(originals)
    .bind(most)
    .fetch_all(db)
    .await
}

/// Stories, the one with the newest item first, after the place `(last_seen, story_id)` where one is given. Stories
/// without items (emptied by withdrawals, or merged) are left out.
///
/// # Errors
/// sqlx's.
pub async fn stories(
    db: &PgPool,
    after: Option<(DateTime<Utc>, &str)>,
    limit: i64,
) -> Result<Vec<Json<Story>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT message FROM story
         WHERE items > 0 AND ($1::timestamptz IS NULL OR last_seen < $1 OR (last_seen = $1 AND story_id > $2))
         ORDER BY last_seen DESC, story_id LIMIT $3",
    )
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(db)
    .await
}

/// One story.
///
/// # Errors
/// sqlx's.
pub async fn story(db: &PgPool, id: &str) -> Result<Option<Json<Story>>, sqlx::Error> {
    sqlx::query_scalar("SELECT message FROM story WHERE story_id = $1").bind(id).fetch_optional(db).await
}

/// More items than this are not counted one by one.
const LARGE: i64 = 100_000;

/// The numbers at the top of the page.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct Counts {
    /// Items.
    pub items: i64,
    /// Versions of all items.
    pub versions: i64,
    /// Items that repeat another.
    pub duplicates: i64,
    /// Stories of more than one item.
    pub stories: i64,
}

/// Counts the ledger; where it is large, as Postgres last estimated it: to count a million rows takes longer than a page may.
///
/// # Errors
/// sqlx's.
pub async fn counts(db: &PgPool) -> Result<Counts, sqlx::Error> {
    sqlx::query_as(
        "WITH estimate AS (
             SELECT relname, reltuples::bigint AS rows FROM pg_class
             WHERE oid IN ('item'::regclass, 'item_version'::regclass, 'item_duplicate'::regclass, 'story_several'::regclass)
         ), large AS (SELECT rows > $1 AS it FROM estimate WHERE relname = 'item')
         SELECT CASE WHEN it THEN (SELECT rows FROM estimate WHERE relname = 'item')
                     ELSE (SELECT count(*) FROM item) END AS items,
                CASE WHEN it THEN (SELECT rows FROM estimate WHERE relname = 'item_version')
                     ELSE (SELECT count(*) FROM item_version) END AS versions,
                CASE WHEN it THEN (SELECT rows FROM estimate WHERE relname = 'item_duplicate')
                     ELSE (SELECT count(*) FROM item WHERE duplicate_of IS NOT NULL) END AS duplicates,
                CASE WHEN it THEN (SELECT rows FROM estimate WHERE relname = 'story_several')
                     ELSE (SELECT count(*) FROM story WHERE items > 1) END AS stories
         FROM large",
    )
    .bind(LARGE)
    .fetch_one(db)
    .await
}

/// The languages that items are in, sorted.
///
/// # Errors
/// sqlx's.
pub async fn languages(db: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    // One step a language through its index, where DISTINCT would read every row.
    sqlx::query_scalar(
        "WITH RECURSIVE found AS (
             (SELECT language FROM item ORDER BY language LIMIT 1)
             UNION ALL
             SELECT (SELECT i.language FROM item i WHERE i.language > found.language ORDER BY i.language LIMIT 1)
             FROM found WHERE found.language IS NOT NULL
         ) SELECT language FROM found WHERE language IS NOT NULL ORDER BY 1",
    )
    .fetch_all(db)
    .await
}

/// A wire as the fetcher knows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SourceRow {
    /// The operator's slug.
    pub id: String,
    /// Name.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// As configured; secrets masked or by reference.
    #[sqlx(json)]
    pub config: Value,
    /// Who lists it: `config` or `desk`.
    pub origin: String,
    /// By an operator, or by the fetcher.
    pub paused: bool,
    /// Why it is paused.
    pub paused_reason: Option<String>,
    /// Why it is not polled any more.
    pub stopped: Option<String>,
    /// Last poll.
    pub last_poll: Option<DateTime<Utc>>,
    /// Last poll that was answered well.
    pub last_ok: Option<DateTime<Utc>>,
    /// Next poll.
    pub next_poll: Option<DateTime<Utc>>,
    /// HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last poll failed.
    pub last_error: Option<String>,
    /// Failed polls in a row.
    pub failures: i32,
    /// Newest date that an entry carried.
    pub newest_item: Option<DateTime<Utc>>,
    /// Entries that were new or changed.
    pub items_seen: i64,
    /// Usual gap between two new items, in seconds, once a few came.
    pub gap_seconds: Option<f64>,
    /// Items in the document.
    pub window_items: Option<i32>,
    /// Seconds of news that the document covers.
    pub window_seconds: Option<f64>,
    /// Pause between polls that the schedule has come to, in seconds.
    pub pace_seconds: Option<f64>,
    /// When the last new item arrived, by our clock.
    pub last_arrival: Option<DateTime<Utc>>,
    /// Since when it has been silent; None while it speaks.
    pub silent_since: Option<DateTime<Utc>>,
    /// The form in words.
    pub form: Option<String>,
    /// What was mended in the last document.
    #[sqlx(json(nullable))]
    pub repairs: Option<Value>,
    /// Where a permanent redirect points that is being watched.
    pub moved_to: Option<String>,
}

impl SourceRow {
    /// A text of its configuration, such as `language`.
    pub fn configured(&self, key: &str) -> Option<&str> {
        self.config.get(key).and_then(Value::as_str)
    }
}

/// The wires of the present list, by name.
///
/// # Errors
/// sqlx's.
pub async fn sources(db: &PgPool) -> Result<Vec<SourceRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, name, url, config, origin, paused, paused_reason, stopped, last_poll, last_ok, next_poll, last_status,
                last_error, failures, newest_item, items_seen, gap_seconds, window_items, window_seconds,
                COALESCE(pace_seconds, interval_seconds::float8) AS pace_seconds,
                last_arrival, silent_since, form, repairs, moved_to
         FROM source WHERE active ORDER BY name, id",
    )
    .fetch_all(db)
    .await
}
