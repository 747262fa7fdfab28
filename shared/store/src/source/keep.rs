//! What was sent and what was refused, remembered: of many sources at a time.

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use wiredesk_contract::{SourceId, Timestamp};

use super::{Found, SeenEntry};

/// Rows of one statement: 500 rows of 12 values stay far below Postgres' 65,535 parameters.
const ROWS: usize = 500;

/// Entries that were sent, those that were still there, and what was refused. A source may occur once.
pub(super) async fn keep(
    connection: &mut PgConnection,
    found: &[(&SourceId, Timestamp, &Found)],
) -> Result<(), sqlx::Error> {
    let seen: Vec<(&SourceId, Timestamp, &SeenEntry)> =
        found.iter().flat_map(|(id, at, f)| last_of_each(&f.seen).map(|s| (*id, *at, s))).collect();
    for rows in seen.chunks(ROWS) {
        let mut insert = QueryBuilder::<Postgres>::new(
            "INSERT INTO seen_entry (source_id, item_id, entry_hash, page_hash, revision, first_seen, last_seen,
                                     page_due, page_tries, pending, alt_key, alt_site) ",
        );
        insert.push_values(rows, |mut row, (id, at, seen)| {
            row.push_bind(id.as_str())
                .push_bind(seen.item_id.as_str())
                .push_bind(&seen.entry_hash)
                .push_bind(seen.page_hash.as_deref())
                .push_bind(i64::from(seen.revision))
                .push_bind(*at)
                .push_bind(*at)
                .push_bind(seen.page_due)
                .push_bind(seen.page_tries)
                .push_bind(seen.pending.as_ref().map(Json))
                .push_bind(seen.alt.as_ref().map(|a| &a.key))
                .push_bind(seen.alt.as_ref().map(|a| &a.site));
        });
        insert.push(
            " ON CONFLICT (source_id, item_id) DO UPDATE SET entry_hash = excluded.entry_hash,
                  page_hash = excluded.page_hash, revision = excluded.revision, last_seen = excluded.last_seen,
                  page_due = excluded.page_due, page_tries = excluded.page_tries, pending = excluded.pending,
                  alt_key = excluded.alt_key, alt_site = excluded.alt_site",
        );
        insert.build().execute(&mut *connection).await?;
    }
    let (mut ids, mut items, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for (id, at, found) in found {
        for item in &found.touched {
            ids.push(id.as_str());
            items.push(item.as_str());
            times.push(*at);
        }
    }
    if !ids.is_empty() {
        sqlx::query(
            // Days are enough for pruning, and spare the disk: a feed lists the same entries poll after poll.
            "UPDATE seen_entry e SET last_seen = t.at
             FROM UNNEST($1::text[], $2::text[], $3::timestamptz[]) AS t (source_id, item_id, at)
             WHERE e.source_id = t.source_id AND e.item_id = t.item_id AND e.last_seen < t.at - interval '1 day'",
        )
        .bind(ids)
        .bind(items)
        .bind(times)
        .execute(&mut *connection)
        .await?;
    }
    let refused: Vec<_> =
        found.iter().flat_map(|(id, at, f)| f.refused.iter().map(|r| (*id, *at, r))).collect();
    for rows in refused.chunks(ROWS) {
        let mut insert = QueryBuilder::<Postgres>::new(
            "INSERT INTO refused (source_id, content_hash, reason, first_seen) ",
        );
        insert.push_values(rows, |mut row, (id, at, refused)| {
            row.push_bind(id.as_str())
                .push_bind(&refused.content_hash)
                .push_bind(&refused.reason)
                .push_bind(*at);
        });
        insert.push(" ON CONFLICT DO NOTHING");
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// An item that occurs twice (in an index and in one of its documents) counts as it was last: one statement may not
/// write a row twice.
fn last_of_each(seen: &[SeenEntry]) -> impl Iterator<Item = &SeenEntry> {
    let last: std::collections::BTreeMap<&str, &SeenEntry> =
        seen.iter().map(|s| (s.item_id.as_str(), s)).collect();
    last.into_values()
}

/// Saves what a document that was pushed came to, after the bus has acknowledged it; `arrived` says that it held
/// something new. No lease is asked for: a push does not touch what a poll decides on. False where the source is not in
/// the table: then nothing is saved.
///
/// # Errors
/// sqlx's.
pub async fn save_pushed(
    db: &PgPool,
    id: &SourceId,
    at: Timestamp,
    arrived: bool,
    found: &Found,
) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let done = sqlx::query(
        "UPDATE source SET newest_item = GREATEST(newest_item, $3), items_seen = items_seen + $4,
             partial = COALESCE($5, partial), form = COALESCE($6, form), repairs = COALESCE($7, repairs),
             read_at = CASE WHEN $5 IS NOT NULL THEN $2 ELSE read_at END,
             last_arrival = CASE WHEN $8 THEN GREATEST(last_arrival, $2) ELSE last_arrival END,
             silent_since = CASE WHEN $8 THEN NULL ELSE silent_since END
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(at)
    .bind(found.newest_item)
    .bind(i64::try_from(found.seen.len()).unwrap_or(i64::MAX))
    .bind(found.partial)
    .bind(found.form.as_deref())
    .bind(found.repairs.as_ref().map(Json))
    .bind(arrived)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    keep(&mut tx, &[(id, at, found)]).await?;
    tx.commit().await?;
    Ok(true)
}
