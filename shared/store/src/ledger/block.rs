//! The block list: what was taken down does not come back under another id.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::postgres::PgConnection;
use wiredesk_contract::{CopyItem, ItemId, Timestamp};

use super::Arrival;

/// A text with fewer words is not blocked by its words: many items of a wire say nothing but "Photo gallery".
const LEAST_WORDS: i32 = 25;

/// Everybody who writes copies holds this lock with others, a takedown holds it alone: so no copy is on its way, judged by the list
/// as it was before, when the takedown looks for those that are there.
const LOCK: &str = "wiredesk block list";

/// A copy that is refused.
pub(super) struct Refused<'a> {
    copy: &'a CopyItem,
    /// Whom it repeats.
    by: &'a Block,
}

/// An entry of the list, as it is told.
pub(super) struct Block {
    item: String,
    reason: String,
}

/// The entries of the list that these copies could meet.
pub(super) struct List {
    addresses: BTreeMap<String, Block>,
    words: BTreeMap<String, Block>,
}

impl List {
    /// Reads what concerns these copies, and keeps takedowns out until the transaction ends.
    pub async fn read(tx: &mut PgConnection, arrivals: &[Arrival<'_>]) -> Result<Self, sqlx::Error> {
        sqlx::query("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))")
            .bind(LOCK)
            .execute(&mut *tx)
            .await?;
        // A statement of its own: its snapshot is younger than the lock.
        let copies = || arrivals.iter().map(|arrival| &arrival.delivery.copy);
        let rows = sqlx::query(
            "SELECT kind, value, item_id, reason FROM block
             WHERE (kind = 'address' AND value = ANY($1)) OR (kind = 'words' AND value = ANY($2))",
        )
        .bind(copies().flat_map(addresses).collect::<Vec<_>>())
        .bind(copies().map(|copy| copy.fingerprint.exact.as_str()).collect::<Vec<_>>())
        .fetch_all(tx)
        .await?;
        let mut list = Self { addresses: BTreeMap::new(), words: BTreeMap::new() };
        for row in &rows {
            let block = Block { item: row.try_get("item_id")?, reason: row.try_get("reason")? };
            let of = if row.try_get::<&str, _>("kind")? == "words" {
                &mut list.words
            } else {
                &mut list.addresses
            };
            of.insert(row.try_get("value")?, block);
        }
        Ok(list)
    }

    /// Is this copy refused?
    pub fn refuses<'a>(&'a self, copy: &'a CopyItem) -> Option<Refused<'a>> {
        let by = self.words.get(&copy.fingerprint.exact);
        let by = by.or_else(|| addresses(copy).find_map(|address| self.addresses.get(address)))?;
        Some(Refused { copy, by })
    }
}

fn addresses(copy: &CopyItem) -> impl Iterator<Item = &str> {
    [copy.url.as_deref(), copy.canonical_url.as_deref()].into_iter().flatten()
}

/// Writes down that copies were refused, once an item, and blanks what their verdicts keep of the words.
pub(super) async fn note(
    tx: &mut PgConnection,
    refused: &[Refused<'_>],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if refused.is_empty() {
        return Ok(());
    }
    let ids = || refused.iter().map(|refused| refused.copy.item_id.as_str()).collect::<Vec<_>>();
    sqlx::query(
        "INSERT INTO status_audit (item_id, version, action, actor, reason, at)
         SELECT DISTINCT ON (t.item_id) t.item_id, coalesce(i.version, 0), 'blocked', t.source, t.reason, $4
         FROM UNNEST($1::text[], $2::text[], $3::text[]) AS t (item_id, source, reason)
         LEFT JOIN item i ON i.item_id = t.item_id
         WHERE NOT EXISTS (SELECT FROM status_audit a WHERE a.item_id = t.item_id AND a.action = 'blocked')",
    )
    .bind(ids())
    .bind(refused.iter().map(|refused| refused.copy.source.id.as_str()).collect::<Vec<_>>())
    .bind(refused.iter().map(told).collect::<Vec<_>>())
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE verdict v SET entry = NULL, kept = NULL, exact = NULL
         FROM UNNEST($1::text[], $2::text[]) AS t (item_id, content_hash)
         WHERE v.item_id = t.item_id AND v.content_hash = t.content_hash",
    )
    .bind(ids())
    .bind(refused.iter().map(|refused| refused.copy.content_hash.as_str()).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

fn told(refused: &Refused<'_>) -> String {
    let Block { item, reason } = refused.by;
    let whole = format!("what {item} said was taken down: {reason}");
    whole.chars().take(500).collect()
}

/// Puts the addresses and the words of an item on the list. To be called before its text is blanked. An address that other items have
/// too (a front page, a live ticker) is left out.
pub(super) async fn add(
    tx: &mut PgConnection,
    item: &ItemId,
    actor: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(LOCK).execute(&mut *tx).await?;
    sqlx::query(
        "INSERT INTO block (kind, value, item_id, actor, reason, at)
         SELECT kind, value, $1, $2, $3, $4 FROM (
             SELECT DISTINCT 'words' AS kind, copy -> 'fingerprint' ->> 'exact' AS value FROM item_version
             WHERE item_id = $1 AND cardinality(regexp_split_to_array(btrim(copy ->> 'text'), '\\s+')) >= $5
             UNION
             SELECT DISTINCT 'address', address FROM item_version v,
                 LATERAL (VALUES (v.copy ->> 'url'), (v.copy ->> 'canonical_url')) AS a (address)
             WHERE v.item_id = $1 AND NOT EXISTS (
                 SELECT FROM item i WHERE i.doc ->> 'url' = address AND i.item_id <> $1
                   AND i.doc -> 'bodies' IS DISTINCT FROM (SELECT doc -> 'bodies' FROM item WHERE item_id = $1))
         ) AS found WHERE value <> ''
         ON CONFLICT (kind, value) DO NOTHING",
    )
    .bind(item.as_str())
    .bind(actor)
    .bind(reason)
    .bind(now)
    .bind(LEAST_WORDS)
    .execute(tx)
    .await?;
    Ok(())
}
