//! The register of people and organisations: how they are written in which language, what they turned out to be, and which items
//! name them.
//!
//! Nobody gives out ids: `ent:<type>:<normalised name>` follows from the name, `wd:Q…` from an operator's extract. Entities are
//! merged by a redirect of one hop; items keep the id that they were published with.

mod extract;
mod merge;

use sqlx::postgres::PgConnection;
use wiredesk_contract::{Item, Timestamp};

pub use extract::{Extracted, extracted, load};
pub use merge::{Entry, MergeError, find, merge};

/// Longer names are no names, and an index takes no longer ones; in bytes.
const LONGEST: i32 = 1_000;

/// Notes what these items name. `items` are current versions, each item once.
///
/// Must be the last of a transaction's statements that lock: items before entities, entities in the order of their ids, so that
/// no two transactions wait for each other.
pub(crate) async fn note(tx: &mut PgConnection, items: &[&Item]) -> Result<(), sqlx::Error> {
    if items.is_empty() {
        return Ok(());
    }
    let named: Vec<Named<'_>> = items.iter().flat_map(|item| named(item)).collect();
    sqlx::query("DELETE FROM item_entity WHERE item_id = ANY($1)")
        .bind(items.iter().map(|item| item.item_id.as_str()).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    if named.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO entity (entity_id, kind, name, first_seen)
         SELECT DISTINCT ON (id) id, kind, name, seen
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, kind, name, seen)
         WHERE kind IN ('PER', 'ORG') AND octet_length(id) <= $5 AND octet_length(name) <= $5
         ORDER BY id, seen, name
         ON CONFLICT DO NOTHING",
    )
    .bind(named.iter().map(|n| n.id).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.kind).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.name).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.item.version_created).collect::<Vec<Timestamp>>())
    .bind(LONGEST)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO entity_name (entity_id, language, name, first_seen)
         SELECT DISTINCT ON (id, language, name) id, language, name, seen
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS t (id, language, name, seen)
         WHERE octet_length(id) <= $5 AND octet_length(name) <= $5 AND EXISTS (SELECT FROM entity e WHERE e.entity_id = id)
         ORDER BY id, language, name, seen
         ON CONFLICT DO NOTHING",
    )
    .bind(named.iter().flat_map(|n| n.printed.iter().map(|_| n.id)).collect::<Vec<_>>())
    .bind(named.iter().flat_map(|n| n.printed.iter().map(|_| n.language())).collect::<Vec<_>>())
    .bind(named.iter().flat_map(|n| n.printed.iter().copied()).collect::<Vec<_>>())
    .bind(named.iter().flat_map(|n| n.printed.iter().map(|_| n.item.version_created)).collect::<Vec<Timestamp>>())
    .bind(LONGEST)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO item_entity (item_id, entity_id, kind, name, mentions, salience, confidence)
         SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::real[], $7::real[])
             AS t (item_id, entity_id, kind, name, mentions, salience, confidence)
         WHERE octet_length(entity_id) <= $8",
    )
    .bind(named.iter().map(|n| n.item.item_id.as_str()).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.id).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.kind).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.name).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.mentions).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.salience).collect::<Vec<_>>())
    .bind(named.iter().map(|n| n.confidence).collect::<Vec<_>>())
    .bind(LONGEST)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Forgets who is named by no item but these, which are being killed: neither names nor entities stay, unless an operator loaded or
/// merged them. Should another item name them one day, they have the same ids.
pub(crate) async fn forget(tx: &mut PgConnection, items: &[&str]) -> Result<(), sqlx::Error> {
    // Kills are rare. Without the lock another transaction could name an entity while it goes.
    sqlx::query("LOCK TABLE entity IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
    sqlx::query(
        "WITH lone AS (
             SELECT entity_id FROM entity e
             WHERE merged_into IS NULL AND entity_id IN (SELECT entity_id FROM item_entity WHERE item_id = ANY($1))
               AND NOT EXISTS (SELECT FROM item_entity i WHERE i.entity_id = e.entity_id AND i.item_id <> ALL($1))
               AND NOT EXISTS (SELECT FROM entity child WHERE child.merged_into = e.entity_id)
               AND NOT EXISTS (SELECT FROM extract x WHERE x.entity_id = e.entity_id)
         ), names AS (
             DELETE FROM entity_name WHERE entity_id IN (SELECT entity_id FROM lone)
         )
         DELETE FROM entity WHERE entity_id IN (SELECT entity_id FROM lone)",
    )
    .bind(items)
    .execute(tx)
    .await?;
    Ok(())
}

/// An entity of an item.
struct Named<'a> {
    item: &'a Item,
    id: &'a str,
    kind: &'static str,
    name: &'a str,
    /// Every form that the item prints, and the fullest.
    printed: Vec<&'a str>,
    mentions: i32,
    salience: f32,
    confidence: f32,
}

impl Named<'_> {
    fn language(&self) -> &str {
        if self.item.language == "und" { "" } else { &self.item.language }
    }
}

/// The entities of an item, each once.
fn named(item: &Item) -> Vec<Named<'_>> {
    let mut all: Vec<Named<'_>> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for entity in &item.entities {
        let place = *places.entry(entity.id.as_str()).or_insert_with(|| {
            all.push(Named {
                item,
                id: &entity.id,
                kind: wiredesk_contract::marked::class(entity.kind),
                name: &entity.name,
                printed: vec![&entity.name],
                mentions: 0,
                salience: entity.salience,
                confidence: 0.0,
            });
            all.len() - 1
        });
        let Some(known) = all.get_mut(place) else { continue };
        known.mentions += 1;
        known.confidence = known.confidence.max(entity.confidence);
        if !known.printed.contains(&entity.text.as_str()) {
            known.printed.push(&entity.text);
        }
    }
    all
}
