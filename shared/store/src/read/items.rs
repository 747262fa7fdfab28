//! Items by what readers ask for. Each condition stands in the statement only where it was asked for, so that Postgres plans for
//! what is asked.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgPool, Postgres, QueryBuilder};
use wiredesk_contract::Item;

use super::ways;

/// The languages that Postgres has a dictionary for here, as `search_language` in schemas/postgres tells them apart.
const DICTIONARIES: [&str; 7] = ["ca", "de", "en", "es", "fr", "it", "pt"];
/// Stands for the languages that have none.
const OTHERS: &str = "und";
/// Kilometres between two parallels of latitude, a degree apart.
const DEGREE_KM: f64 = 111.195;
/// Which items are wanted; `None` and `false` do not filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemFilter {
    /// Source ids.
    pub sources: Option<Vec<String>>,
    /// BCP 47 languages.
    pub languages: Option<Vec<String>>,
    /// Sort of copy, as in the contract.
    pub kind: Option<String>,
    /// At least as urgent: 1 (flash) to 9.
    pub urgency: Option<i16>,
    /// Leave repeats out.
    pub hide_duplicates: bool,
    /// Words in headline, lead or body, in the syntax of web searches, in the forms of the item's language.
    pub words: Option<Words>,
    /// Any of these topics, by code (`medtop:04000000`).
    pub topics: Option<Vec<String>>,
    /// Names this entity, by id; what was merged into it counts.
    pub entity: Option<String>,
    /// Is about this place, or names it: `geo:<geonameid>`.
    pub place: Option<String>,
    /// Is about a place in this circle, or names one.
    pub near: Option<Circle>,
    /// Story id.
    pub story: Option<String>,
    /// Written at or after.
    pub since: Option<DateTime<Utc>>,
    /// Written before.
    pub until: Option<DateTime<Utc>>,
    /// Rows at most.
    pub limit: i64,
}

/// Words that are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// These, in some form.
    Exact(String),
    /// Headlines that are written much like this.
    Alike(String),
}

/// A circle on the globe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Circle {
    /// Degrees north of its middle.
    pub lat: f64,
    /// Degrees east of it.
    pub lon: f64,
    /// Its radius, in kilometres.
    pub km: f64,
}

/// An item's newest version.
#[derive(Debug, sqlx::FromRow)]
pub struct ItemRow {
    /// Id.
    pub item_id: String,
    /// When the version was written.
    pub version_created: DateTime<Utc>,
    /// The transaction that wrote it: with `change_seq`, the order of changes over all items.
    pub change_tx: String,
    /// Order within `change_tx`.
    pub change_seq: i64,
    /// The published document.
    pub doc: Json<Item>,
    /// The story, where the stories stage has placed it.
    pub story_id: Option<String>,
}

/// A place in the list of items, newest first: when the version of the item before it was written, and its id.
pub type Place<'a> = (DateTime<Utc>, &'a str);

/// A page of items.
#[derive(Debug, Default)]
pub struct Found {
    /// The items, newest version first.
    pub rows: Vec<ItemRow>,
    /// None has the words that are looked for; these headlines are written much like them.
    pub alike: bool,
    /// Where the list goes on: there may be more. The page before may be short of its limit, where looking for more took too long.
    pub next: Option<(DateTime<Utc>, String)>,
}

impl Found {
    /// All that there is, or a whole page.
    pub(super) fn ended(mut self, limit: i64) -> Self {
        let last = self.rows.last().filter(|_| self.rows.len() as i64 >= limit);
        self.next = last.map(|row| (row.version_created, row.item_id.clone()));
        self
    }

    /// What was written at `until` or later; the next page goes on with what is older.
    pub(super) fn so_far(mut self, until: Option<DateTime<Utc>>) -> Self {
        // No id comes before the empty one.
        self.next = until.map(|until| (until, String::new()));
        self
    }
}

pub(super) type Sql = QueryBuilder<Postgres>;

pub(super) const COLUMNS: &str =
    "i.item_id, i.version_created, i.tx::text AS change_tx, i.change_seq, i.doc, s.story_id";
pub(super) const NEWEST_FIRST: &str = " ORDER BY i.version_created DESC, i.item_id DESC LIMIT ";

fn select() -> Sql {
    QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM item i LEFT JOIN story_item s ON s.item_id = i.item_id WHERE true"
    ))
}

impl ItemFilter {
    pub(super) fn conditions(&self, sql: &mut Sql) {
        self.plain(sql);
        self.beside().iter().for_each(|beside| beside.of_one(sql));
        self.searched(sql);
    }

    /// Conditions on columns of `item`.
    pub(super) fn plain(&self, sql: &mut Sql) {
        any_of(sql, "i.source_id", self.sources.as_deref());
        any_of(sql, "i.language", self.languages.as_deref());
        if let Some(kind) = &self.kind {
            sql.push(" AND i.kind = ").push_bind(kind.clone());
        }
        if let Some(urgency) = self.urgency {
            sql.push(" AND i.urgency <= ").push_bind(urgency);
        }
        if self.hide_duplicates {
            sql.push(" AND i.duplicate_of IS NULL");
        }
        if let Some(since) = self.since {
            sql.push(" AND i.version_created >= ").push_bind(since);
        }
        if let Some(until) = self.until {
            sql.push(" AND i.version_created < ").push_bind(until);
        }
    }

    /// The words.
    pub(super) fn searched(&self, sql: &mut Sql) {
        match &self.words {
            None => {}
            Some(Words::Exact(words)) => self.words(sql, words),
            Some(Words::Alike(words)) => {
                sql.push(" AND search_plain(").push_bind(words.clone()).push(") <% search_plain(i.headline)");
            }
        }
    }

    /// Each language is asked by its own dictionary, all in one question to the index.
    fn words(&self, sql: &mut Sql, words: &str) {
        let mut dictionaries: BTreeSet<&str> = DICTIONARIES.into_iter().chain([OTHERS]).collect();
        if let Some(languages) = &self.languages {
            let wanted: BTreeSet<&str> = languages.iter().map(|language| dictionary(language)).collect();
            dictionaries.retain(|dictionary| wanted.contains(dictionary));
        }
        let mut or = " AND i.words @@ (";
        for language in &dictionaries {
            sql.push(or).push("search_query(").push_bind(language.to_string());
            sql.push(", ").push_bind(words.to_owned()).push(")");
            or = " || ";
        }
        sql.push(if dictionaries.is_empty() { " AND false" } else { ")" });
    }
}

/// One value is asked for by `=`, so that an index which has its items by time is read in that order.
fn any_of(sql: &mut Sql, column: &str, values: Option<&[String]>) {
    match values {
        None => {}
        Some([one]) => {
            sql.push(format!(" AND {column} = ")).push_bind(one.clone());
        }
        Some(several) => {
            sql.push(format!(" AND {column} = ANY(")).push_bind(several.to_vec()).push(")");
        }
    }
}

/// The dictionary of a BCP 47 language.
fn dictionary(language: &str) -> &str {
    let primary = language.split('-').next().unwrap_or(language);
    if DICTIONARIES.contains(&primary) { primary } else { OTHERS }
}

impl Circle {
    /// Of `latitude,longitude,kilometres`; None where that is no circle on the globe.
    pub fn read(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
        let [lat, lon, km] = numbers[..] else { return None };
        let there = lat.abs() <= 90.0 && lon.abs() <= 180.0 && (0.0..=20_100.0).contains(&km);
        there.then_some(Self { lat, lon, km })
    }

    /// The condition on latitude and longitude of `b`: a box around the circle, which an index finds, and then the distance itself
    /// (haversine).
    pub(super) fn holds(&self, sql: &mut Sql) {
        let height = self.km / DEGREE_KM;
        // Parallels shrink towards the poles; a circle that holds a pole holds every meridian.
        let narrowest = (self.lat.abs() + height).min(90.0).to_radians().cos();
        let width = if narrowest * 180.0 <= height { 180.0 } else { height / narrowest };
        sql.push("b.lat BETWEEN ").push_bind(self.lat - height).push(" AND ").push_bind(self.lat + height);
        if self.lon - width >= -180.0 && self.lon + width <= 180.0 {
            sql.push(" AND b.lon BETWEEN ").push_bind(self.lon - width);
            sql.push(" AND ").push_bind(self.lon + width);
        } else {
            // Across the meridian where the date changes.
            sql.push(" AND least(abs(b.lon - ").push_bind(self.lon);
            sql.push("), 360 - abs(b.lon - ").push_bind(self.lon).push(")) <= ").push_bind(width);
        }
        sql.push(" AND 2 * 6371.0 * asin(least(1, sqrt(sin(radians(b.lat - ")
            .push_bind(self.lat)
            .push(") / 2) ^ 2 + cos(radians(b.lat)) * cos(radians(")
            .push_bind(self.lat)
            .push(")) * sin(radians(b.lon - ")
            .push_bind(self.lon)
            .push(") / 2) ^ 2))) <= ")
            .push_bind(self.km);
    }
}

/// Items, newest version first, after the place `after` where one is given.
///
/// # Errors
/// sqlx's.
pub async fn newest(
    db: &PgPool,
    after: Option<Place<'_>>,
    filter: &ItemFilter,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    Ok(ways::newest(db, after, filter, None).await?.rows)
}

/// A page of the same; where no item at all has the words that are looked for, items whose headlines are written much like them: those
/// are no list to go on in. What stands between quotation marks is meant as it is written. Words that are looked for among older and
/// older items are so for `within` at most, and then for one statement more where it is short: the page may be short of its limit.
///
/// # Errors
/// sqlx's.
pub async fn newest_or_alike(
    db: &PgPool,
    after: Option<Place<'_>>,
    filter: &ItemFilter,
    within: Option<Duration>,
) -> Result<Found, sqlx::Error> {
    let found = ways::newest(db, after, filter, within).await?;
    let nothing = found.rows.is_empty() && found.next.is_none() && after.is_none();
    let Some(Words::Exact(words)) = filter.words.as_ref().filter(|_| nothing) else { return Ok(found) };
    let anywhere = ItemFilter { words: filter.words.clone(), limit: filter.limit, ..ItemFilter::default() };
    if words.contains('"') || anywhere != *filter && ways::has_words(db, &anywhere).await? {
        return Ok(found);
    }
    let filter = ItemFilter { words: Some(Words::Alike(words.clone())), ..filter.clone() };
    let rows = ways::newest(db, None, &filter, None).await?.rows;
    Ok(Found { alike: !rows.is_empty(), rows, next: None })
}

/// What was written after the place `(transaction, sequence)`, oldest first. Only below the oldest transaction that
/// is still open: a later commit with an earlier number is then never missed.
///
/// # Errors
/// sqlx's.
pub async fn changed_after(
    db: &PgPool,
    after: (&str, i64),
    filter: &ItemFilter,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let mut sql = select();
    sql.push(" AND (i.tx, i.change_seq) > (")
        .push_bind(after.0.to_owned())
        .push("::text::xid8, ")
        .push_bind(after.1)
        .push(") AND i.tx < pg_snapshot_xmin(pg_current_snapshot())");
    filter.conditions(&mut sql);
    sql.push(" ORDER BY i.tx, i.change_seq LIMIT ").push_bind(filter.limit);
    sql.build_query_as().persistent(false).fetch_all(db).await
}
