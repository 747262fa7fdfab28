//! Repeats under the item that they repeat.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgPool;
use wiredesk_store::read;

use super::view::Row;
use super::words::Words;
use crate::error::ApiError;

/// Repeats that are listed of one item; the number says how many there are.
const LISTED: i64 = 50;

/// A repeat, in a line.
pub struct Folded {
    pub id: String,
    /// When it came, for people.
    pub time: String,
    /// The same for machines.
    pub time_iso: String,
    pub language: String,
    /// The wire's name.
    pub source: String,
    pub headline: String,
}

/// Puts what repeats an item under its row.
pub(super) async fn list(db: &PgPool, rows: &mut [Row], t: &Words) -> Result<(), ApiError> {
    let originals: Vec<String> =
        rows.iter().filter(|row| row.duplicate_of.is_none()).map(|row| row.id.clone()).collect();
    if originals.is_empty() {
        return Ok(());
    }
    let mut of: BTreeMap<String, (i64, Vec<Folded>)> = BTreeMap::new();
    for one in read::repeats(db, &originals, LISTED).await? {
        let (count, list) = of.entry(one.original).or_default();
        *count = one.of;
        list.push(Folded {
            id: one.item_id,
            time: t.time(one.first_created),
            time_iso: one.first_created.to_rfc3339(),
            language: one.language,
            source: one.source,
            headline: if one.headline.is_empty() { t.wire.no_headline.to_owned() } else { one.headline },
        });
    }
    for row in rows {
        if let Some((count, list)) = of.remove(&row.id) {
            row.repeated = count;
            row.repeats = list;
        }
    }
    Ok(())
}

/// The same, and takes those out of the list that stand under another row now. A repeat whose original is not on the page keeps its row.
pub(super) async fn fold(db: &PgPool, rows: &mut Vec<Row>, t: &Words) -> Result<(), ApiError> {
    list(db, rows, t).await?;
    let folded: BTreeSet<String> =
        rows.iter().flat_map(|row| &row.repeats).map(|repeat| repeat.id.clone()).collect();
    rows.retain(|row| !folded.contains(&row.id));
    Ok(())
}
