//! What sources repeat: tables `source_memory`, `source_article`, `source_line`.
//!
//! A version of a source's memory is in force for the pages fetched from its `from_time` on. That time lies `lead` ahead of
//! the moment when the version is written, and reading takes a shared lock on the row that writing locks: so whoever has
//! read at the time `T` knows every version for pages fetched before `T + lead`, and every cleaner says the same of a page,
//! now and in a replay.

use chrono::Duration;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, Row, Transaction};
use wiredesk_contract::{ItemId, SourceId, Timestamp};

/// Most articles of a source that are learnt from; older ones are forgotten.
pub const MOST_ARTICLES: i64 = 400;

/// A line that a source repeats, and for which pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The source.
    pub source: SourceId,
    /// Hash of the line.
    pub line: i64,
    /// First version that has it.
    pub from_version: u32,
    /// Pages fetched from then on.
    pub from_time: Timestamp,
    /// First version without it and the time that this version counts from.
    pub until: Option<(u32, Timestamp)>,
}

/// What an article tells of its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceArticle {
    /// The source.
    pub source: SourceId,
    /// The item.
    pub item_id: ItemId,
    /// When its page was fetched.
    pub fetched_at: Timestamp,
    /// Hashes of its short lines.
    pub lines: Vec<i64>,
    /// MinHash of its prose.
    pub sketch: Vec<u32>,
}

/// A line to be learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// Hash of the line.
    pub line: i64,
    /// As it is printed.
    pub text: String,
    /// How many different dispatches had it.
    pub dispatches: u32,
}

fn line_of(row: &PgRow) -> Result<SourceLine, sqlx::Error> {
    let version = |n: i32| u32::try_from(n).unwrap_or(0);
    let until_version: Option<i32> = row.try_get("until_version")?;
    let until_time: Option<Timestamp> = row.try_get("until_time")?;
    Ok(SourceLine {
        source: SourceId::new(row.try_get::<String, _>("source_id")?),
        line: row.try_get("line")?,
        from_version: version(row.try_get("from_version")?),
        from_time: row.try_get("from_time")?,
        until: until_version.map(version).zip(until_time),
    })
}

/// All lines of these sources, past ones too, and the database's time when they were read.
///
/// # Errors
/// sqlx's.
pub async fn load(db: &PgPool, sources: &[SourceId]) -> Result<(Vec<SourceLine>, Timestamp), sqlx::Error> {
    let names: Vec<&str> = sources.iter().map(SourceId::as_str).collect();
    let mut tx = db.begin().await?;
    // In one order, so that two readers of the same new sources do not wait for each other.
    sqlx::query(
        "INSERT INTO source_memory (source_id) SELECT DISTINCT s FROM UNNEST($1::text[]) AS t (s) ORDER BY s
         ON CONFLICT DO NOTHING",
    )
    .bind(&names)
    .execute(&mut *tx)
    .await?;
    // Waits for a version that is being written, and keeps the next from being written before the time below.
    sqlx::query("SELECT 1 FROM source_memory WHERE source_id = ANY($1) ORDER BY source_id FOR SHARE")
        .bind(&names)
        .execute(&mut *tx)
        .await?;
    let at: Timestamp = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&mut *tx).await?;
    let rows = sqlx::query(
        "SELECT source_id, line, from_version, from_time, until_version, until_time FROM source_line
         WHERE source_id = ANY($1) ORDER BY source_id, from_version, line",
    )
    .bind(&names)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok((rows.iter().map(line_of).collect::<Result<_, _>>()?, at))
}

/// Notes what articles tell; an article that is known stays as it is.
///
/// # Errors
/// sqlx's.
pub async fn note(db: &PgPool, articles: &[SourceArticle]) -> Result<(), sqlx::Error> {
    if articles.is_empty() {
        return Ok(());
    }
    let bytes = |lines: &[i64]| lines.iter().flat_map(|l| l.to_be_bytes()).collect::<Vec<u8>>();
    let bins = |sketch: &[u32]| sketch.iter().flat_map(|b| b.to_be_bytes()).collect::<Vec<u8>>();
    sqlx::query(
        "INSERT INTO source_article (source_id, item_id, fetched_at, lines, sketch)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::timestamptz[], $4::bytea[], $5::bytea[])
              AS t (source_id, item_id, fetched_at, lines, sketch)
         ORDER BY source_id, item_id
         ON CONFLICT (source_id, item_id) DO NOTHING",
    )
    .bind(articles.iter().map(|a| a.source.as_str()).collect::<Vec<_>>())
    .bind(articles.iter().map(|a| a.item_id.as_str()).collect::<Vec<_>>())
    .bind(articles.iter().map(|a| a.fetched_at).collect::<Vec<_>>())
    .bind(articles.iter().map(|a| bytes(&a.lines)).collect::<Vec<_>>())
    .bind(articles.iter().map(|a| bins(&a.sketch)).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// A lesson on one source: nobody else holds one on it until this is finished or dropped.
pub struct Lesson {
    tx: Transaction<'static, Postgres>,
    source: SourceId,
    version: i32,
    /// Lines in force or about to be.
    pub known: Vec<i64>,
    /// The newest articles, oldest first.
    pub articles: Vec<SourceArticle>,
}

/// Begins a lesson, unless somebody holds one or the last is younger than `every`.
///
/// # Errors
/// sqlx's.
pub async fn begin(db: &PgPool, source: &SourceId, every: Duration) -> Result<Option<Lesson>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let version: Option<i32> = sqlx::query_scalar(
        "SELECT version FROM source_memory
         WHERE source_id = $1 AND (learnt_at IS NULL OR learnt_at <= clock_timestamp() - make_interval(secs => $2))
         FOR UPDATE SKIP LOCKED",
    )
    .bind(source.as_str())
    .bind(every.as_seconds_f64())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(version) = version else { return Ok(None) };
    sqlx::query(
        "DELETE FROM source_article WHERE source_id = $1 AND fetched_at < (
             SELECT min(fetched_at) FROM (
                 SELECT fetched_at FROM source_article WHERE source_id = $1 ORDER BY fetched_at DESC LIMIT $2
             ) newest)",
    )
    .bind(source.as_str())
    .bind(MOST_ARTICLES)
    .execute(&mut *tx)
    .await?;
    let rows = sqlx::query(
        "SELECT item_id, fetched_at, lines, sketch FROM source_article WHERE source_id = $1
         ORDER BY fetched_at, item_id",
    )
    .bind(source.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let articles = rows.iter().map(|row| article_of(source, row)).collect::<Result<_, _>>()?;
    let known = sqlx::query_scalar(
        "SELECT line FROM source_line WHERE source_id = $1 AND until_version IS NULL ORDER BY line",
    )
    .bind(source.as_str())
    .fetch_all(&mut *tx)
    .await?;
    Ok(Some(Lesson { tx, source: source.clone(), version, known, articles }))
}

fn article_of(source: &SourceId, row: &PgRow) -> Result<SourceArticle, sqlx::Error> {
    let lines: Vec<u8> = row.try_get("lines")?;
    let sketch: Vec<u8> = row.try_get("sketch")?;
    Ok(SourceArticle {
        source: source.clone(),
        item_id: ItemId::new(row.try_get::<String, _>("item_id")?),
        fetched_at: row.try_get("fetched_at")?,
        lines: lines.as_chunks::<8>().0.iter().map(|b| i64::from_be_bytes(*b)).collect(),
        sketch: sketch.as_chunks::<4>().0.iter().map(|b| u32::from_be_bytes(*b)).collect(),
    })
}

impl Lesson {
    /// Ends the lesson. What was learnt and what is over make the next version, in force for pages fetched from `lead`
    /// after now on; answers with its number and time. Without either there is no new version.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn finish(
        mut self,
        learnt: &[NewLine],
        over: &[i64],
        lead: Duration,
    ) -> Result<Option<(u32, Timestamp)>, sqlx::Error> {
        let changed = !learnt.is_empty() || !over.is_empty();
        let version = self.version + i32::from(changed);
        let from: Timestamp = sqlx::query_scalar(
            "UPDATE source_memory SET version = $2, learnt_at = clock_timestamp() WHERE source_id = $1
             RETURNING learnt_at + make_interval(secs => $3)",
        )
        .bind(self.source.as_str())
        .bind(version)
        .bind(lead.as_seconds_f64())
        .fetch_one(&mut *self.tx)
        .await?;
        if changed {
            sqlx::query(
                "INSERT INTO source_line (source_id, line, from_version, from_time, text, dispatches)
                 SELECT $1, line, $2, $3, text, dispatches
                 FROM UNNEST($4::bigint[], $5::text[], $6::integer[]) AS t (line, text, dispatches)",
            )
            .bind(self.source.as_str())
            .bind(version)
            .bind(from)
            .bind(learnt.iter().map(|l| l.line).collect::<Vec<_>>())
            .bind(learnt.iter().map(|l| l.text.as_str()).collect::<Vec<_>>())
            .bind(learnt.iter().map(|l| i32::try_from(l.dispatches).unwrap_or(i32::MAX)).collect::<Vec<_>>())
            .execute(&mut *self.tx)
            .await?;
            sqlx::query(
                "UPDATE source_line SET until_version = $2, until_time = $3
                 WHERE source_id = $1 AND line = ANY($4) AND until_version IS NULL",
            )
            .bind(self.source.as_str())
            .bind(version)
            .bind(from)
            .bind(over)
            .execute(&mut *self.tx)
            .await?;
        }
        self.tx.commit().await?;
        Ok(changed.then(|| (u32::try_from(version).unwrap_or(0), from)))
    }
}
