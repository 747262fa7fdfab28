//! The verdicts of the dedupe stage, stored once under (item id, content hash): the stored one always wins.

use std::collections::BTreeMap;

use chrono::Duration;
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Row};
use wiredesk_contract::{ContentHash, ItemId, Timestamp, Verdict};

/// A verdict and what the index needs of the copy that it was given on.
#[derive(Clone, Debug, PartialEq)]
pub struct VerdictRow {
    /// The item.
    pub item_id: ItemId,
    /// Hash of the version's cleaned fields.
    pub content_hash: ContentHash,
    /// BCP 47 language of the copy: one index each.
    pub language: String,
    /// The time that the window goes by.
    pub event_time: Timestamp,
    /// The fetcher's count of the entry's states.
    pub revision: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Headline and text; the form belongs to the dedupe stage. `None` once the item was blanked or its text forgotten.
    pub entry: Option<serde_json::Value>,
    /// What the index is rebuilt from; the form belongs to the dedupe stage. `None` as `entry`.
    pub kept: Option<Vec<u8>>,
    /// Hash of the normalised text; `None` where there is no text.
    pub exact: Option<String>,
}

/// A row of the window: what the index is rebuilt from.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowRow {
    /// The item.
    pub item_id: String,
    /// Hash of the version's cleaned fields.
    pub content_hash: String,
    /// The time that the window goes by.
    pub event_time: Timestamp,
    /// The fetcher's count of the entry's states.
    pub revision: u32,
    /// What the index is rebuilt from, or, where that was blanked, the verdict.
    pub kept: Result<Vec<u8>, Verdict>,
}

/// The key that a verdict is stored under.
pub type MemoKey = (ItemId, ContentHash);

fn read(row: &PgRow) -> Result<VerdictRow, sqlx::Error> {
    Ok(VerdictRow {
        item_id: ItemId::new(row.try_get::<String, _>("item_id")?),
        content_hash: ContentHash::new(row.try_get::<String, _>("content_hash")?),
        language: row.try_get("language")?,
        event_time: row.try_get("event_time")?,
        revision: revision(row)?,
        verdict: row.try_get::<Json<Verdict>, _>("verdict")?.0,
        entry: row.try_get("entry")?,
        kept: row.try_get("kept")?,
        exact: row.try_get("exact")?,
    })
}

/// Stores `rows` in their order, each unless its key is there already, and answers with what is stored for each: the
/// given verdict, or the one that somebody stored before.
///
/// # Errors
/// sqlx's.
pub async fn insert(db: &PgPool, rows: &[VerdictRow]) -> Result<Vec<VerdictRow>, sqlx::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = db.begin().await?;
    // `ord` keeps the order of the verdicts: the index is rebuilt in it.
    sqlx::query(
        "INSERT INTO verdict (item_id, content_hash, language, event_time, revision, verdict, entry, kept, exact)
         SELECT item_id, content_hash, language, event_time, revision, verdict, entry, kept, exact
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::jsonb[], $7::jsonb[], $8::bytea[], $9::text[])
              WITH ORDINALITY AS t (item_id, content_hash, language, event_time, revision, verdict, entry, kept, exact, ord)
         ORDER BY ord
         ON CONFLICT (item_id, content_hash) DO NOTHING",
    )
    .bind(rows.iter().map(|r| r.item_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.content_hash.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.language.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.event_time).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| i64::from(r.revision)).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| Json(&r.verdict)).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.entry.as_ref()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.kept.as_deref()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.exact.as_deref()).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    let keys: Vec<MemoKey> = rows.iter().map(|r| (r.item_id.clone(), r.content_hash.clone())).collect();
    // A statement of its own: its snapshot sees a row that another owner committed while the insert waited for it.
    let stored = fetch(&mut tx, &keys).await?;
    tx.commit().await?;
    Ok(keys.iter().filter_map(|key| stored.get(key).cloned()).collect())
}

/// The stored verdicts among these keys.
///
/// # Errors
/// sqlx's.
pub async fn memoised(db: &PgPool, keys: &[MemoKey]) -> Result<BTreeMap<MemoKey, VerdictRow>, sqlx::Error> {
    let mut connection = db.acquire().await?;
    fetch(&mut connection, keys).await
}

async fn fetch(
    connection: &mut PgConnection,
    keys: &[MemoKey],
) -> Result<BTreeMap<MemoKey, VerdictRow>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT item_id, content_hash, language, event_time, revision, verdict, entry, kept, exact FROM verdict
         WHERE (item_id, content_hash) IN (SELECT * FROM UNNEST($1::text[], $2::text[]))",
    )
    .bind(keys.iter().map(|k| k.0.as_str()).collect::<Vec<_>>())
    .bind(keys.iter().map(|k| k.1.as_str()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| read(row).map(|r| ((r.item_id.clone(), r.content_hash.clone()), r))).collect()
}

/// The newest stored version of each of these items.
///
/// # Errors
/// sqlx's.
pub async fn newest(db: &PgPool, items: &[ItemId]) -> Result<BTreeMap<ItemId, VerdictRow>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT DISTINCT ON (item_id) item_id, content_hash, language, event_time, revision, verdict, entry, kept, exact
         FROM verdict WHERE item_id = ANY($1::text[]) ORDER BY item_id, revision DESC, seq DESC",
    )
    .bind(items.iter().map(ItemId::as_str).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| read(row).map(|r| (r.item_id.clone(), r))).collect()
}

/// The newest item with each of these texts (hashes of the normalised text) from before its time: `(exact, item)`.
///
/// # Errors
/// sqlx's.
pub async fn older(
    db: &PgPool,
    texts: &[(String, Timestamp)],
) -> Result<BTreeMap<String, ItemId>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.exact, v.item_id FROM UNNEST($1::text[], $2::timestamptz[]) AS t (exact, before)
         CROSS JOIN LATERAL (
             SELECT item_id FROM verdict WHERE exact = t.exact AND event_time < t.before
             ORDER BY event_time DESC, seq DESC LIMIT 1
         ) v",
    )
    .bind(texts.iter().map(|t| t.0.as_str()).collect::<Vec<_>>())
    .bind(texts.iter().map(|t| t.1).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(exact, item)| (exact, ItemId::new(item))).collect())
}

/// Calls `row` with the rows of a language that are not older than `window` before its newest event time, in the order in
/// which the verdicts were given: the newest `limit` of them.
///
/// # Errors
/// sqlx's.
pub async fn window(
    db: &PgPool,
    language: &str,
    window: Duration,
    limit: u32,
    mut row: impl FnMut(WindowRow),
) -> Result<(), sqlx::Error> {
    let newest: Option<Timestamp> =
        sqlx::query_scalar("SELECT max(event_time) FROM verdict WHERE language = $1")
            .bind(language)
            .fetch_one(db)
            .await?;
    let Some(newest) = newest else { return Ok(()) };
    // The first row of the window, or the one from which `limit` are left. Without it the walk along `verdict_order` would
    // begin at the first verdict ever given.
    let from: i64 = sqlx::query_scalar(
        "SELECT greatest(
             (SELECT min(seq) FROM verdict WHERE language = $1 AND event_time >= $2),
             (SELECT seq FROM verdict WHERE language = $1 ORDER BY seq DESC OFFSET $3 - 1 LIMIT 1))",
    )
    .bind(language)
    .bind(newest - window)
    .bind(i64::from(limit.max(1)))
    .fetch_one(db)
    .await?;
    let mut rows = sqlx::query(
        "SELECT item_id, content_hash, event_time, revision, kept, CASE WHEN kept IS NULL THEN verdict END AS verdict
         FROM verdict WHERE language = $1 AND seq >= $2 AND event_time >= $3 ORDER BY seq",
    )
    .bind(language)
    .bind(from)
    .bind(newest - window)
    .fetch(db);
    while let Some(found) = rows.try_next().await? {
        let kept: Option<Vec<u8>> = found.try_get("kept")?;
        row(WindowRow {
            item_id: found.try_get("item_id")?,
            content_hash: found.try_get("content_hash")?,
            event_time: found.try_get("event_time")?,
            revision: revision(&found)?,
            kept: match kept {
                Some(kept) => Ok(kept),
                None => Err(found.try_get::<Json<Verdict>, _>("verdict")?.0),
            },
        });
    }
    Ok(())
}

fn revision(row: &PgRow) -> Result<u32, sqlx::Error> {
    Ok(u32::try_from(row.try_get::<i64, _>("revision")?).unwrap_or(u32::MAX))
}

/// Blanks what is kept of the text of killed items: their entries, and the evidence that quotes them, their own and other items'.
/// The verdicts themselves stay, so that a replay still says the same.
///
/// # Errors
/// sqlx's.
pub async fn blank(tx: &mut PgConnection, items: &[&str]) -> Result<(), sqlx::Error> {
    const QUOTES: [&str; 4] = ["shared", "differing_figures", "differing_names", "edits"];
    sqlx::query("UPDATE verdict SET entry = NULL, kept = NULL, exact = NULL WHERE item_id = ANY($1)")
        .bind(items)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE verdict SET verdict = jsonb_set(verdict, '{evidence}', (verdict -> 'evidence') - $2::text[])
         WHERE (item_id = ANY($1) OR verdict -> 'evidence' ->> 'compared_with' = ANY($1))
           AND jsonb_typeof(verdict -> 'evidence') = 'object'",
    )
    .bind(items)
    .bind(QUOTES.map(str::to_owned).to_vec())
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Forgets the text of entries from before `before`; the verdicts stay. Answers with how many were forgotten.
///
/// # Errors
/// sqlx's.
pub async fn forget_entries(db: &PgPool, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE verdict SET entry = NULL, kept = NULL WHERE event_time < $1 AND entry IS NOT NULL",
    )
    .bind(before)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
