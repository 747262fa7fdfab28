//! What polls came to, saved many at a time: a poll that brought nothing costs no transaction of its own.

use std::collections::BTreeMap;

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Row};

use super::keep::keep;
use super::{ChildState, Found, Manners, Polled, Progress};
use wiredesk_contract::{SourceId, Timestamp};

/// Saves what polls of different sources came to, in one transaction. False for each whose lease was lost, or whose
/// address was edited, meanwhile: of that nothing is saved, and it is polled again, which sends the same again.
///
/// # Errors
/// sqlx's: then nothing of any was saved.
pub async fn save(db: &PgPool, owner: &str, polls: &[Polled]) -> Result<Vec<bool>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let held = held(&mut tx, owner, polls).await?;
    let mine: Vec<&Polled> = polls.iter().filter(|p| held.get(p.domain.as_str()) == Some(&p.lease)).collect();
    let saved = update(&mut tx, &mine).await?;
    let mine: Vec<&Polled> = mine.into_iter().filter(|p| saved.contains(p.id.as_str())).collect();
    let found: Vec<(&SourceId, Timestamp, &Found)> = mine.iter().map(|p| (&p.id, p.at, &p.found)).collect();
    keep(&mut tx, &found).await?;
    for polled in mine.iter().filter(|p| !p.children.is_empty()) {
        children(&mut tx, &polled.id, polled.at, &polled.children).await?;
    }
    tx.commit().await?;
    Ok(polls.iter().map(|p| saved.contains(p.id.as_str())).collect())
}

/// The domains' leases, locked: nobody takes them over until this is committed.
async fn held(
    connection: &mut PgConnection,
    owner: &str,
    polls: &[Polled],
) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let mut domains: Vec<&str> = polls.iter().map(|p| p.domain.as_str()).collect();
    domains.sort_unstable();
    domains.dedup();
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT domain, lease FROM source_domain WHERE lease_owner = $1 AND domain = ANY($2::text[])
         ORDER BY domain FOR SHARE",
    )
    .bind(owner)
    .bind(domains)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

async fn update(
    connection: &mut PgConnection,
    polls: &[&Polled],
) -> Result<std::collections::BTreeSet<String>, sqlx::Error> {
    if polls.is_empty() {
        return Ok(Default::default());
    }
    fn all<'a, T>(polls: &[&'a Polled], of: impl Fn(&'a Polled) -> T) -> Vec<T> {
        polls.iter().map(|p| of(p)).collect()
    }
    fn kept<'a, T>(polls: &[&'a Polled], of: impl Fn(&'a Progress) -> T) -> Vec<T> {
        polls.iter().map(|p| of(&p.progress)).collect()
    }
    let rows = sqlx::query(
        "UPDATE source s SET
             last_poll = p.at, last_status = p.status, last_error = p.error,
             last_ok = CASE WHEN p.error IS NULL THEN p.at ELSE s.last_ok END,
             etag = CASE WHEN p.answered THEN p.etag ELSE s.etag END,
             last_modified = CASE WHEN p.answered THEN p.last_modified ELSE s.last_modified END,
             body_hash = CASE WHEN p.answered THEN p.body_hash ELSE s.body_hash END,
             newest_item = GREATEST(s.newest_item, p.newest_item), items_seen = s.items_seen + p.items,
             partial = COALESCE(p.partial, s.partial), form = COALESCE(p.form, s.form),
             repairs = COALESCE(p.repairs, s.repairs),
             -- Only a document that was read says of how it ended: what it listed was seen then.
             read_at = CASE WHEN p.partial IS NOT NULL THEN p.at ELSE s.read_at END,
             next_poll = p.next_poll, failures = p.failures, failing_since = p.failing_since, stopped = p.stopped,
             paused_reason = CASE WHEN s.paused THEN s.paused_reason ELSE p.paused_reason END,
             rhythm = COALESCE(p.rhythm, s.rhythm), gap_seconds = p.gap_seconds, window_items = p.window_items,
             window_seconds = p.window_seconds, pace_seconds = p.pace_seconds, full_at = p.full_at,
             moved_to = p.moved_to, moved_since = p.moved_since, moved_seen = p.moved_seen, moved_url = p.moved_url,
             last_arrival = GREATEST(s.last_arrival, p.last_arrival), silent_since = p.silent_since
         FROM UNNEST($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::text[], $6::bool[], $7::text[], $8::text[],
                     $9::text[], $10::timestamptz[], $11::bigint[], $12::bool[], $13::text[], $14::jsonb[],
                     $15::timestamptz[], $16::int[], $17::timestamptz[], $18::text[], $19::text[], $20::jsonb[],
                     $21::float8[], $22::int[], $23::float8[], $24::float8[], $25::timestamptz[], $26::text[],
                     $27::timestamptz[], $28::int[], $29::text[], $30::timestamptz[], $31::timestamptz[])
              AS p (id, url, at, status, error, answered, etag, last_modified, body_hash, newest_item, items, partial,
                    form, repairs, next_poll, failures, failing_since, stopped, paused_reason, rhythm, gap_seconds,
                    window_items, window_seconds, pace_seconds, full_at, moved_to, moved_since, moved_seen, moved_url,
                    last_arrival, silent_since)
         WHERE s.id = p.id AND s.url = p.url
         RETURNING s.id",
    )
    .bind(all(polls, |p| p.id.as_str()))
    .bind(all(polls, |p| p.url.as_str()))
    .bind(all(polls, |p| p.at))
    .bind(all(polls, |p| p.status.map(i32::from)))
    .bind(all(polls, |p| p.error.as_deref()))
    .bind(all(polls, |p| p.validators.is_some()))
    .bind(all(polls, |p| p.validators.as_ref().and_then(|v| v.etag.as_deref())))
    .bind(all(polls, |p| p.validators.as_ref().and_then(|v| v.last_modified.as_deref())))
    .bind(all(polls, |p| p.validators.as_ref().and_then(|v| v.body_hash.as_deref())))
    .bind(all(polls, |p| p.found.newest_item))
    .bind(all(polls, |p| i64::try_from(p.found.seen.len()).unwrap_or(i64::MAX)))
    .bind(all(polls, |p| p.found.partial))
    .bind(all(polls, |p| p.found.form.as_deref()))
    .bind(all(polls, |p| p.found.repairs.as_ref().map(Json)))
    .bind(kept(polls, |k| k.next_poll))
    .bind(kept(polls, |k| k.failures))
    .bind(kept(polls, |k| k.failing_since))
    .bind(kept(polls, |k| k.stopped.as_deref()))
    .bind(kept(polls, |k| k.paused_reason.as_deref()))
    .bind(kept(polls, |k| k.rhythm.as_ref().map(Json)))
    .bind(kept(polls, |k| k.gap_seconds))
    .bind(kept(polls, |k| k.window_items))
    .bind(kept(polls, |k| k.window_seconds))
    .bind(kept(polls, |k| k.pace_seconds))
    .bind(kept(polls, |k| k.full_at))
    .bind(kept(polls, |k| k.moved_to.as_deref()))
    .bind(kept(polls, |k| k.moved_since))
    .bind(kept(polls, |k| k.moved_seen))
    .bind(kept(polls, |k| k.moved_url.as_deref()))
    .bind(kept(polls, |k| k.last_arrival))
    .bind(kept(polls, |k| k.silent_since))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|r| r.try_get("id")).collect()
}

async fn children(
    connection: &mut PgConnection,
    id: &SourceId,
    at: Timestamp,
    children: &[ChildState],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO source_child (source_id, url, modified, etag, last_modified, body_hash, listed_at)
         SELECT $1, c.*, $2 FROM UNNEST($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[]) AS c
         ON CONFLICT (source_id, url) DO UPDATE SET modified = excluded.modified, etag = excluded.etag,
             last_modified = excluded.last_modified, body_hash = excluded.body_hash, listed_at = excluded.listed_at",
    )
    .bind(id.as_str())
    .bind(at)
    .bind(children.iter().map(|c| c.url.as_str()).collect::<Vec<_>>())
    .bind(children.iter().map(|c| c.modified).collect::<Vec<_>>())
    .bind(children.iter().map(|c| c.validators.etag.as_deref()).collect::<Vec<_>>())
    .bind(children.iter().map(|c| c.validators.last_modified.as_deref()).collect::<Vec<_>>())
    .bind(children.iter().map(|c| c.validators.body_hash.as_deref()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves what is owed to the servers of domains that have just refused or been forgiven; what the lease no longer covers
/// is left alone.
///
/// # Errors
/// sqlx's.
pub async fn save_manners(
    db: &PgPool,
    owner: &str,
    domains: &[(String, Manners)],
) -> Result<(), sqlx::Error> {
    write_manners(db, owner, domains, false).await
}

/// Writes what is owed to the servers of domains that `owner` holds, and with `give` gives their leases back.
pub(super) async fn write_manners(
    db: &PgPool,
    owner: &str,
    domains: &[(String, Manners)],
    give: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE source_domain d SET next_request = m.next_request, rest_until = m.rest_until,
             refusals = m.refusals, slowness = m.slowness, lease_owner = CASE WHEN $7 THEN NULL ELSE $1 END
         FROM UNNEST($2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::float8[])
              AS m (domain, next_request, rest_until, refusals, slowness)
         WHERE d.domain = m.domain AND d.lease_owner = $1",
    )
    .bind(owner)
    .bind(domains.iter().map(|(d, _)| d.as_str()).collect::<Vec<_>>())
    .bind(domains.iter().map(|(_, m)| m.next_request).collect::<Vec<_>>())
    .bind(domains.iter().map(|(_, m)| m.rest_until).collect::<Vec<_>>())
    .bind(domains.iter().map(|(_, m)| m.refusals).collect::<Vec<_>>())
    .bind(domains.iter().map(|(_, m)| m.slowness).collect::<Vec<_>>())
    .bind(give)
    .execute(db)
    .await?;
    Ok(())
}
