//! What a topic has and this database does not know: it was published before the database went back to an older state.
//!
//! A ledger that went back takes its input again and makes the same versions with the same ids. Without this memory the relay
//! would publish them a second time: it has read past their records when their rows come.

use serde::Deserialize;
use sqlx::{Executor, PgConnection, Postgres, Row};
use wiredesk_contract::{ContentHash, Kind};

/// A record that was read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// CloudEvents id.
    pub event_id: &'a str,
    /// The payload.
    pub payload: &'a [u8],
}

/// The one field of an item's payload that is looked at.
#[derive(Deserialize)]
struct Words {
    content_hash: ContentHash,
}

/// What settling came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Rows that left the outbox, because the topic has their records.
    pub withdrawn: u64,
    /// Rows that stay: their version has other words than the record that bears its id.
    pub differing: u64,
}

/// Remembers those of these records that neither the outbox nor the ledger knows, and with `waiting` those that wait in the
/// outbox too. Answers how many there were. Of two records with one id the later one counts.
pub(super) async fn remember(
    tx: &mut PgConnection,
    kind: Kind,
    seen: &[Seen<'_>],
    waiting: bool,
) -> Result<u64, sqlx::Error> {
    let words = seen.iter().map(|record| serde_json::from_slice::<Words>(record.payload).ok());
    let done = sqlx::query(
        "INSERT INTO outbox_ahead (kind, event_id, digest, content_hash)
         SELECT DISTINCT ON (event_id) $1, event_id, sha256(payload), content_hash
         FROM UNNEST($2::text[], $3::bytea[], $4::text[]) WITH ORDINALITY AS t (event_id, payload, content_hash, ord),
              LATERAL (SELECT regexp_replace(event_id, '/[0-9]+$', '') AS id, substring(event_id FROM '/([0-9]{1,9})$')::bigint AS n) AS key
         WHERE n IS NOT NULL
           AND CASE WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.kind = $1 AND o.event_id = t.event_id) THEN $5
               ELSE NOT EXISTS (SELECT 1 FROM item i WHERE $1 = 'item' AND i.item_id = id AND i.version >= n)
                AND NOT EXISTS (SELECT 1 FROM story s WHERE $1 = 'story' AND s.story_id = id AND s.revision >= n) END
         ORDER BY event_id, ord DESC
         ON CONFLICT (kind, event_id) DO UPDATE SET digest = excluded.digest, content_hash = excluded.content_hash",
    )
    .bind(kind.as_str())
    .bind(seen.iter().map(|record| record.event_id).collect::<Vec<_>>())
    .bind(seen.iter().map(|record| record.payload).collect::<Vec<_>>())
    .bind(words.map(|words| words.map(|words| words.content_hash.to_string())).collect::<Vec<_>>())
    .bind(waiting)
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// Is anything remembered?
///
/// # Errors
/// sqlx's.
pub async fn is_any_ahead<'e>(db: impl Executor<'e, Database = Postgres>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM outbox_ahead)").fetch_one(db).await
}

/// Takes the rows out of the outbox whose records the topic has, where the words are the same; their versions take over the digest
/// of what was published. What was remembered of rows that came is forgotten.
///
/// # Errors
/// sqlx's.
pub async fn settle<'e>(db: impl Executor<'e, Database = Postgres>) -> Result<Settled, sqlx::Error> {
    let row = sqlx::query(
        "WITH met AS (
             DELETE FROM outbox_ahead a USING outbox o WHERE a.kind = o.kind AND a.event_id = o.event_id
             RETURNING a.kind, a.event_id, a.digest, a.content_hash, o.key,
                       substring(a.event_id FROM '/([0-9]{1,9})$')::bigint AS n
         ), same AS (
             SELECT m.* FROM met m LEFT JOIN item_version v ON m.kind = 'item' AND v.item_id = m.key AND v.version = m.n
             WHERE m.content_hash IS NULL OR v.content_hash = m.content_hash
         ), adopted AS (
             UPDATE item_version v SET digest = s.digest FROM same s
             WHERE s.kind = 'item' AND v.item_id = s.key AND v.version = s.n
         ), gone AS (
             DELETE FROM outbox o USING same s WHERE o.kind = s.kind AND o.event_id = s.event_id RETURNING 1
         )
         SELECT (SELECT count(*) FROM gone) AS withdrawn, (SELECT count(*) FROM met) - (SELECT count(*) FROM same) AS differing",
    )
    .fetch_one(db)
    .await?;
    Ok(Settled {
        withdrawn: row.try_get::<i64, _>("withdrawn")?.unsigned_abs(),
        differing: row.try_get::<i64, _>("differing")?.unsigned_abs(),
    })
}
