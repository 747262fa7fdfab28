//! The ledger's side of the audit: what should be in a topic, held against what was seen there. The comparison runs in
//! temporary tables, so that its memory does not grow with the archive.

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Row};
use wiredesk_contract::Timestamp;

/// How many differences of one sort are named; all are counted.
pub const NAMED: i64 = 20;

/// An audit under way, on a connection of its own.
pub struct Audit {
    connection: PoolConnection<Postgres>,
}

/// Differences of one sort.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// `missing`, `twice`, `unknown`, `differs`, `parked`, `gap`; or, of no concern, `waiting`, `expired`, `later`.
    pub sort: String,
    /// How many.
    pub count: u64,
    /// The first of them, as `<item id>/<version>`.
    pub first: Vec<String>,
}

impl Audit {
    /// Notes what the ledger holds now: every version, and which of them still wait in the outbox. Read the topic after
    /// this, up to end offsets taken after this.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn begin(db: &PgPool) -> Result<Self, sqlx::Error> {
        let mut connection = db.acquire().await?;
        sqlx::raw_sql("DROP TABLE IF EXISTS audit_expected, audit_seen").execute(&mut *connection).await?;
        sqlx::raw_sql(
            "CREATE TEMPORARY TABLE audit_expected AS
             SELECT v.item_id || '/' || v.version AS event_id, v.digest, v.digest_blanked, v.created,
                    o.event_id IS NOT NULL AS waiting, o.parked IS NOT NULL AS parked
             FROM item_version v
             LEFT JOIN outbox o ON o.kind = 'item' AND o.event_id = v.item_id || '/' || v.version;
             CREATE TEMPORARY TABLE audit_seen (event_id text, digest bytea)",
        )
        .execute(&mut *connection)
        .await?;
        Ok(Self { connection })
    }

    /// Notes records of the topic: event id and payload.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn saw(&mut self, records: &[(&str, &[u8])]) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO audit_seen SELECT id, sha256(payload) FROM UNNEST($1::text[], $2::bytea[]) AS t (id, payload)",
        )
        .bind(records.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .bind(records.iter().map(|(_, payload)| *payload).collect::<Vec<_>>())
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// Versions in the ledger and records in the topic.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn counts(&mut self) -> Result<(u64, u64), sqlx::Error> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM audit_expected) AS versions, (SELECT count(*) FROM audit_seen) AS records",
        )
        .fetch_one(&mut *self.connection)
        .await?;
        Ok((
            row.try_get::<i64, _>("versions")?.unsigned_abs(),
            row.try_get::<i64, _>("records")?.unsigned_abs(),
        ))
    }

    /// Holds the two against each other. Records older than `expired` may have been dropped by the topic's retention.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn finish(mut self, expired: Timestamp) -> Result<Vec<Finding>, sqlx::Error> {
        let rows = sqlx::query(
            "WITH seen AS (
                 SELECT event_id, count(*) AS n, array_agg(DISTINCT digest) AS digests FROM audit_seen GROUP BY event_id
             ), judged AS (
                 SELECT coalesce(e.event_id, s.event_id) AS event_id, CASE
                     WHEN s.n > 1 THEN 'twice'
                     WHEN e.event_id IS NULL AND EXISTS (SELECT FROM item_version v
                         WHERE v.item_id = split_part(s.event_id, '/', 1)
                           AND v.version::text = split_part(s.event_id, '/', 2)) THEN 'later'
                     WHEN e.event_id IS NULL THEN 'unknown'
                     WHEN s.event_id IS NULL AND e.parked THEN 'parked'
                     WHEN s.event_id IS NULL AND e.waiting THEN 'waiting'
                     WHEN s.event_id IS NULL AND e.created < $1 THEN 'expired'
                     WHEN s.event_id IS NULL THEN 'missing'
                     WHEN NOT s.digests && ARRAY[e.digest, e.digest_blanked] THEN 'differs'
                     ELSE 'equal' END AS sort
                 FROM audit_expected e FULL JOIN seen s ON s.event_id = e.event_id
             ), gaps AS (
                 SELECT v.item_id || '/' || max(v.version) AS event_id, 'gap' AS sort
                 FROM item_version v LEFT JOIN item i ON i.item_id = v.item_id
                 GROUP BY v.item_id, i.version HAVING count(*) <> max(v.version) OR max(v.version) IS DISTINCT FROM i.version
             ), all_of_them AS (
                 SELECT * FROM judged UNION ALL SELECT * FROM gaps
             )
             SELECT sort, count(*) AS count, (array_agg(event_id ORDER BY event_id))[1:$2] AS first
             FROM all_of_them WHERE sort <> 'equal' GROUP BY sort ORDER BY sort",
        )
        .bind(expired)
        .bind(i32::try_from(NAMED).unwrap_or(i32::MAX))
        .fetch_all(&mut *self.connection)
        .await?;
        sqlx::raw_sql("DROP TABLE audit_expected, audit_seen").execute(&mut *self.connection).await?;
        rows.iter()
            .map(|row| {
                Ok(Finding {
                    sort: row.try_get("sort")?,
                    count: row.try_get::<i64, _>("count")?.unsigned_abs(),
                    first: row.try_get("first")?,
                })
            })
            .collect()
    }
}
