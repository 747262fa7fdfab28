//! How the sources are doing.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::SourceId;
use wiredesk_contract::time::span_words;

use super::SourceHealth;
use crate::read::SourceRow;

/// A source's state, the one that matters first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Answers, and its documents can be read.
    Ok,
    /// Not polled yet.
    Waiting,
    /// Answers well, but nothing new has come for longer than five of its usual gaps.
    Silent,
    /// Answers with errors, or its documents cannot be read.
    Failing,
    /// Nobody answers.
    Unreachable,
    /// At rest: by an operator, or asked only once in a while because it has failed for days.
    Paused,
    /// It said that it is gone for good.
    Gone,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Waiting, Self::Silent, Self::Failing, Self::Unreachable, Self::Paused, Self::Gone];

    /// The state of a source.
    pub fn of(row: &SourceRow) -> Self {
        match row {
            SourceRow { stopped: Some(_), .. } => Self::Gone,
            SourceRow { paused: true, .. } | SourceRow { paused_reason: Some(_), .. } => Self::Paused,
            SourceRow { last_poll: None, .. } => Self::Waiting,
            SourceRow { failures: 0, silent_since: Some(_), .. } => Self::Silent,
            SourceRow { failures: 0, .. } => Self::Ok,
            // No status: nobody answered.
            SourceRow { last_status: None, .. } => Self::Unreachable,
            _ => Self::Failing,
        }
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Waiting => "waiting",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Paused => "paused",
            Self::Gone => "gone",
        }
    }
}

impl SourceRow {
    /// Why it is not ok, in a sentence.
    pub fn trouble(&self) -> Option<String> {
        match State::of(self) {
            State::Gone => self.stopped.clone(),
            State::Paused => {
                Some(self.paused_reason.clone().unwrap_or_else(|| "paused by an operator".to_owned()))
            }
            State::Silent => {
                let since = self.newest_item.or(self.last_arrival).or(self.silent_since);
                let since =
                    since.map(|t| t.format(" since %-d %b %Y %H:%M UTC").to_string()).unwrap_or_default();
                let usual = self.gap_seconds.map(|g| format!("; usually every {}", span_words(g)));
                Some(format!("nothing new{since}{}", usual.unwrap_or_default()))
            }
            _ => self.last_error.clone(),
        }
    }

    /// Its rhythm in words, once it is known.
    pub fn rhythm(&self) -> Option<String> {
        self.gap_seconds.map(|g| format!("about every {}", span_words(g)))
    }
}

/// How many sources are in each state; every state is there. The statement says what [`State::of`] says.
///
/// # Errors
/// sqlx's.
pub async fn states(db: &PgPool) -> Result<BTreeMap<State, i64>, sqlx::Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT CASE WHEN stopped IS NOT NULL THEN 'gone'
                     WHEN paused OR paused_reason IS NOT NULL THEN 'paused'
                     WHEN last_poll IS NULL THEN 'waiting'
                     WHEN failures = 0 AND silent_since IS NOT NULL THEN 'silent'
                     WHEN failures = 0 THEN 'ok'
                     WHEN last_status IS NULL THEN 'unreachable'
                     ELSE 'failing' END AS state, count(*)
         FROM source WHERE active GROUP BY 1",
    )
    .fetch_all(db)
    .await?;
    let count = |state: State| rows.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, n)| *n);
    Ok(State::ALL.into_iter().map(|s| (s, count(s))).collect())
}

/// A source that somebody should look at.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Troubled {
    /// Its id.
    pub id: String,
    /// Seconds since it went silent; `None` where it speaks, or fails.
    pub silent: Option<f64>,
    /// Seconds since it began to fail; `None` where it works.
    pub failing: Option<f64>,
}

/// The sources that are silent or fail, those at rest apart, the longest first, at most `limit`.
///
/// # Errors
/// sqlx's.
pub async fn troubled(db: &PgPool, limit: i64) -> Result<Vec<Troubled>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, CASE WHEN failures = 0 THEN extract(epoch FROM now() - silent_since)::float8 END AS silent,
                CASE WHEN failures > 0 THEN extract(epoch FROM now() - failing_since)::float8 END AS failing
         FROM source
         WHERE active AND NOT paused AND paused_reason IS NULL AND stopped IS NULL
           AND (failures > 0 AND failing_since IS NOT NULL OR failures = 0 AND silent_since IS NOT NULL)
         ORDER BY CASE WHEN failures > 0 THEN failing_since ELSE silent_since END, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

/// How all sources are doing, by name; those that are no longer listed last.
///
/// # Errors
/// sqlx's.
pub async fn health(db: &PgPool) -> Result<Vec<SourceHealth>, sqlx::Error> {
    let rows =
        sqlx::query("SELECT * FROM source ORDER BY active DESC, lower(name), id").fetch_all(db).await?;
    rows.iter()
        .map(|r| {
            Ok(SourceHealth {
                id: SourceId::new(r.try_get::<String, _>("id")?),
                name: r.try_get("name")?,
                url: r.try_get("url")?,
                config: r.try_get::<Json<Value>, _>("config")?.0,
                active: r.try_get("active")?,
                paused: r.try_get("paused")?,
                stopped: r.try_get("stopped")?,
                interval_seconds: r.try_get("interval_seconds")?,
                next_poll: r.try_get("next_poll")?,
                last_poll: r.try_get("last_poll")?,
                last_ok: r.try_get("last_ok")?,
                last_status: r.try_get("last_status")?,
                last_error: r.try_get("last_error")?,
                failures: r.try_get("failures")?,
                newest_item: r.try_get("newest_item")?,
                items_seen: r.try_get("items_seen")?,
                partial: r.try_get("partial")?,
            })
        })
        .collect()
}
