//! Figures of the last day, for the page's charts and the pipeline's numbers.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// Versions of one hour in one language.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Volume {
    /// The hour's beginning.
    pub hour: DateTime<Utc>,
    /// BCP 47.
    pub language: String,
    /// Items whose newest version was written in it.
    pub items: i64,
    /// Those of them that repeat another.
    pub repeats: i64,
}

/// What came in since `since`, by hour and language.
///
/// # Errors
/// sqlx's.
pub async fn volumes(db: &PgPool, since: DateTime<Utc>) -> Result<Vec<Volume>, sqlx::Error> {
    sqlx::query_as(
        "SELECT date_trunc('hour', version_created, 'UTC') AS hour, language, count(*) AS items,
                count(duplicate_of) AS repeats
         FROM item WHERE version_created >= $1 GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind(since)
    .fetch_all(db)
    .await
}

/// Something that is counted.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// Its id: of a source, or the code of a topic.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Items.
    pub items: i64,
}

/// The wires that sent most since `since`.
///
/// # Errors
/// sqlx's.
pub async fn busiest(db: &PgPool, since: DateTime<Utc>, most: i64) -> Result<Vec<Counted>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id, coalesce(s.name, c.id) AS name, c.items
         FROM (SELECT source_id AS id, count(*) AS items FROM item WHERE version_created >= $1
               GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $2) AS c
         LEFT JOIN source s ON s.id = c.id ORDER BY c.items DESC, c.id",
    )
    .bind(since)
    .bind(most)
    .fetch_all(db)
    .await
}

/// The topics that most items since `since` are about, by the hours in which they came; repeats do not count.
///
/// # Errors
/// sqlx's.
pub async fn topics(db: &PgPool, since: DateTime<Utc>, most: i64) -> Result<Vec<Counted>, sqlx::Error> {
    sqlx::query_as(
        "SELECT code AS id, min(name) AS name, count(*) AS items FROM item_topic
         WHERE hour >= date_bin('1 hour', $1, timestamptz '2000-01-01 00:00:00+00') AND original
         GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT $2",
    )
    .bind(since)
    .bind(most)
    .fetch_all(db)
    .await
}

/// How fast the line was in an hour.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::FromRow)]
pub struct HourPace {
    /// The hour's beginning.
    pub hour: DateTime<Utc>,
    /// Seconds from the fetch of a first version to the ledger: half of them were faster, ...
    pub p50_seconds: f64,
    /// ... and nineteen of twenty.
    pub p95_seconds: f64,
}

/// How long first versions had been under way that the ledger has written since `since`, by hour; hours without any are left out.
///
/// # Errors
/// sqlx's.
pub async fn paces(db: &PgPool, since: DateTime<Utc>) -> Result<Vec<HourPace>, sqlx::Error> {
    sqlx::query_as(
        "SELECT hour, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50_seconds,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95_seconds
         FROM (SELECT date_trunc('hour', version_created, 'UTC') AS hour,
                      extract(epoch FROM version_created - fetched_at)::float8 AS seconds
               FROM item WHERE version_created >= $1 AND version = 1) AS taken
         GROUP BY 1 ORDER BY 1",
    )
    .bind(since)
    .fetch_all(db)
    .await
}

/// How fast the line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct Pace {
    /// Versions that were written since then.
    pub versions: i64,
    /// Seconds from the fetch of a first version to the ledger: half of them were faster, ...
    pub p50_seconds: Option<f64>,
    /// ... and nineteen of twenty.
    pub p95_seconds: Option<f64>,
}

/// How many versions the ledger has written since `since`, and how long they had been under way.
///
/// # Errors
/// sqlx's.
pub async fn pace(db: &PgPool, since: DateTime<Utc>) -> Result<Pace, sqlx::Error> {
    sqlx::query_as(
        "SELECT count(*) AS versions,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50_seconds,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95_seconds
         FROM (SELECT CASE WHEN version = 1
                           THEN extract(epoch FROM version_created - fetched_at)::float8 END AS seconds
               FROM item WHERE version_created >= $1) AS taken",
    )
    .bind(since)
    .fetch_one(db)
    .await
}
