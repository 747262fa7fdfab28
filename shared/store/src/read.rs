//! What the API and the page read. Lists go by keyset, never by OFFSET, so that a page does not shift under its reader.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use sqlx::types::Json;
use wiredesk_contract::{Item, Story};

/// Which items are wanted; `None` and `false` do not filter.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// Source ids.
    pub sources: Option<Vec<String>>,
    /// BCP 47 languages.
    pub languages: Option<Vec<String>>,
    /// Sort of copy, as in the contract.
    pub kind: Option<String>,
    /// Leave repeats out.
    pub hide_duplicates: bool,
    /// Words in the headline, in the syntax of web searches.
    pub words: Option<String>,
    /// Story id.
    pub story: Option<String>,
    /// Written at or after.
    pub since: Option<DateTime<Utc>>,
    /// Rows at most.
    pub limit: i64,
}

/// An item's newest version.
#[derive(Debug, sqlx::FromRow)]
pub struct ItemRow {
    /// Id.
    pub item_id: String,
    /// When the version was written.
    pub version_created: DateTime<Utc>,
    /// The transaction that wrote it: with `change_seq`, the order of changes over all items.
    pub change_tx: String,
    /// Order within `change_tx`.
    pub change_seq: i64,
    /// The published document.
    pub doc: Json<Item>,
    /// The story, where the stories stage has placed it.
    pub story_id: Option<String>,
}

/// One query over items, filtered by [`ItemFilter`] (parameters 3 to 10), its first condition and order as given.
macro_rules! items_sql {
    ($place:literal, $order:literal) => {
        concat!(
            "SELECT i.item_id, i.version_created, i.tx::text AS change_tx, i.change_seq, i.doc, s.story_id
             FROM item i LEFT JOIN story_item s ON s.item_id = i.item_id
             WHERE ",
            $place,
            " AND ($3::text[] IS NULL OR i.source_id = ANY($3))
              AND ($4::text[] IS NULL OR i.language = ANY($4))
              AND ($5::text IS NULL OR i.kind = $5)
              AND (NOT $6 OR i.duplicate_of IS NULL)
              AND ($7::text IS NULL OR to_tsvector('simple', i.headline) @@ websearch_to_tsquery('simple', $7))
              AND ($8::text IS NULL OR s.story_id = $8)
              AND ($9::timestamptz IS NULL OR i.version_created >= $9)
             ORDER BY ",
            $order,
            " LIMIT $10"
        )
    };
}

type ItemQuery<'q> = sqlx::query::QueryAs<'q, sqlx::Postgres, ItemRow, sqlx::postgres::PgArguments>;

fn filtered<'q>(query: ItemQuery<'q>, filter: &'q ItemFilter) -> ItemQuery<'q> {
    query
        .bind(&filter.sources)
        .bind(&filter.languages)
        .bind(&filter.kind)
        .bind(filter.hide_duplicates)
        .bind(&filter.words)
        .bind(&filter.story)
        .bind(filter.since)
        .bind(filter.limit)
}

/// Items, newest version first, after the place `(version_created, item_id)` where one is given.
///
/// # Errors
/// sqlx's.
pub async fn newest(
    db: &PgPool,
    after: Option<(DateTime<Utc>, &str)>,
    filter: &ItemFilter,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let sql = items_sql!(
        "($1::timestamptz IS NULL OR (i.version_created, i.item_id) < ($1, $2))",
        "i.version_created DESC, i.item_id DESC"
    );
    let query = sqlx::query_as(sql).bind(after.map(|(at, _)| at)).bind(after.map(|(_, id)| id));
    filtered(query, filter).fetch_all(db).await
}

/// What was written after the place `(transaction, sequence)`, oldest first. Only below the oldest transaction that
/// is still open: a later commit with an earlier number is then never missed.
///
/// # Errors
/// sqlx's.
pub async fn changed_after(
    db: &PgPool,
    after: (&str, i64),
    filter: &ItemFilter,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let sql = items_sql!(
        "(i.tx, i.change_seq) > ($1::text::xid8, $2) AND i.tx < pg_snapshot_xmin(pg_current_snapshot())",
        "i.tx, i.change_seq"
    );
    filtered(sqlx::query_as(sql).bind(after.0).bind(after.1), filter).fetch_all(db).await
}

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

/// Counts the ledger.
///
/// # Errors
/// sqlx's.
pub async fn counts(db: &PgPool) -> Result<Counts, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM item) AS items,
                (SELECT coalesce(sum(version), 0)::bigint FROM item) AS versions,
                (SELECT count(*) FROM item WHERE duplicate_of IS NOT NULL) AS duplicates,
                (SELECT count(*) FROM story WHERE items > 1) AS stories",
    )
    .fetch_one(db)
    .await
}

/// The languages that items are in, sorted.
///
/// # Errors
/// sqlx's.
pub async fn languages(db: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT DISTINCT language FROM item ORDER BY 1").fetch_all(db).await
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
