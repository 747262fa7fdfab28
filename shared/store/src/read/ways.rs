//! The way to a page of items. Postgres knows how often a value stands in a column, not how often it stands beside others or in a text, and
//! of what it knows too little it takes the worst way. So what is rare is counted first and taken whole, what is common is looked
//! for among the newest, and rows are fetched for those alone that are shown.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgPool, QueryBuilder};

use super::beside::Beside;
use super::items::{COLUMNS, Found, ItemFilter, ItemRow, NEWEST_FIRST, Place, Sql, Words};
use super::parts::{by_words, place};

/// So many items whose headlines are alike are all read and sorted.
const FEW: i64 = 20_000;
/// The same of a topic, a name or a place: with more, a walk from the newest finds a page of them sooner.
const FEW_BESIDE: i64 = 5_000;
/// The same where their words are compared too.
const FEW_COMPARED: i64 = 2_000;
/// So many items of a wire, a language or a time have their words compared, some 12 µs each, without asking the index of words.
const FEW_PLAIN: i64 = 6_000;
/// So many of the newest headlines are compared with a word that none has, and all only where those have nothing like it: to compare
/// one takes some 25 µs, and of a common word, mistyped, thousands are alike.
const NEWEST_COMPARED: i64 = 50_000;
/// Newest items in which a common word is found sooner than by the index, which finds all items that have it.
const NEWEST_ASKED: i64 = 1_000;

/// Items that fulfil `filter`, newest version first, after the place `after`; words are looked for no longer than `within`.
pub(super) async fn newest(
    db: &PgPool,
    after: Option<Place<'_>>,
    filter: &ItemFilter,
    within: Option<Duration>,
) -> Result<Found, sqlx::Error> {
    let whole = |rows| Found { rows, ..Found::default() }.ended(filter.limit);
    if let Some((at, few)) = rarest(db, filter).await? {
        return of_few(db, at, &few, filter, after).await.map(whole);
    }
    match &filter.words {
        Some(Words::Exact(_)) => {
            if let Some(found) = of_few_plain(db, filter, after).await? {
                return Ok(whole(found));
            }
            return by_words(db, filter, after, within).await;
        }
        Some(Words::Alike(_)) => {
            if let Some(found) = alike_among_newest(db, filter, after).await? {
                return Ok(whole(found));
            }
            if let Some(found) = alike(db, filter, after).await? {
                return Ok(whole(found));
            }
        }
        None => {}
    }
    let mut sql = chosen();
    sql.push("SELECT i.item_id FROM item i WHERE true");
    place(&mut sql, after);
    filter.conditions(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    fetch(db, shown(sql, filter.limit)).await.map(whole)
}

/// What follows chooses the items of a page, by their ids; [`shown`] ends it.
pub(super) fn chosen() -> Sql {
    QueryBuilder::new("WITH chosen AS MATERIALIZED (")
}

pub(super) fn shown(mut sql: Sql, most: i64) -> Sql {
    sql.push(format!(
        ") SELECT {COLUMNS} FROM chosen c JOIN item i ON i.item_id = c.item_id LEFT JOIN story_item s ON s.item_id = i.item_id"
    ));
    sql.push(NEWEST_FIRST).push_bind(most);
    sql
}

/// The condition of a table beside that few items fulfil, where there is one, and which of the filter's it is: those items are all
/// taken and sorted. Left alone, Postgres takes all of a topic that half of the items have, or walks all items for one that hardly
/// any has.
async fn rarest<'a>(db: &PgPool, filter: &'a ItemFilter) -> Result<Option<(usize, Beside<'a>)>, sqlx::Error> {
    let most = if filter.words.is_some() { FEW_COMPARED } else { FEW_BESIDE };
    let mut rarest = None;
    for (at, beside) in filter.beside().into_iter().enumerate() {
        let rows = counted(db, most + 1, |sql| beside.rows(sql)).await?;
        if rows <= most && rarest.as_ref().is_none_or(|(fewest, _)| rows < *fewest) {
            rarest = Some((rows, (at, beside)));
        }
    }
    Ok(rarest.map(|(_, rarest)| rarest))
}

/// Rows of a query that goes on after `SELECT`; none above `most` is counted.
async fn counted(db: &PgPool, most: i64, rows: impl Fn(&mut Sql)) -> Result<i64, sqlx::Error> {
    let mut sql: Sql = QueryBuilder::new("SELECT count(*) FROM (SELECT");
    rows(&mut sql);
    sql.push(" LIMIT ").push_bind(most).push(") AS rows");
    sql.build_query_scalar().persistent(false).fetch_one(db).await
}

/// The newest of the items that fulfil `few`, the filter's condition `at`; all of them are looked at.
async fn of_few(
    db: &PgPool,
    at: usize,
    few: &Beside<'_>,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let mut sql: Sql = QueryBuilder::new("WITH few AS MATERIALIZED (SELECT DISTINCT b.item_id");
    few.rows(&mut sql);
    // More have come since they were counted at most.
    sql.push(" LIMIT ").push_bind(FEW_BESIDE * 2);
    sql.push("), chosen AS MATERIALIZED (SELECT i.item_id FROM few f JOIN item i ON i.item_id = f.item_id WHERE true");
    place(&mut sql, after);
    filter.plain(&mut sql);
    let others = filter.beside().into_iter().enumerate().filter(|(other, _)| *other != at);
    others.for_each(|(_, beside)| beside.of_one(&mut sql));
    filter.searched(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    let mut sql = shown(sql, filter.limit);
    let mut tx = db.begin().await?;
    sqlx::raw_sql(
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
         SET LOCAL pg_trgm.word_similarity_threshold = 0.5",
    )
    .execute(&mut *tx)
    .await?;
    let found = sql.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(found)
}

/// How many items Postgres expects to fulfil these conditions on `item i`.
async fn expected(db: &PgPool, conditions: impl Fn(&mut Sql)) -> Result<f64, sqlx::Error> {
    let mut sql: Sql = QueryBuilder::new("EXPLAIN (FORMAT JSON) SELECT FROM item i WHERE true");
    conditions(&mut sql);
    let plan: Json<serde_json::Value> = sql.build_query_scalar().persistent(false).fetch_one(db).await?;
    Ok(plan.0.pointer("/0/Plan/Plan Rows").and_then(serde_json::Value::as_f64).unwrap_or_default())
}

/// Items with words out of the few that fulfil the conditions on columns, which are all looked at; None where those are many. The index of
/// words knows no wire: of a common word it finds a fifth of all items, and a wire has few of them.
async fn of_few_plain(
    db: &PgPool,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    let plain = |sql: &mut Sql| {
        place(sql, after);
        filter.plain(sql);
    };
    if expected(db, plain).await? > FEW_PLAIN as f64 {
        return Ok(None);
    }
    // All of what should be few.
    let most = FEW_PLAIN * 4;
    let mut sql = chosen();
    sql.push("SELECT i.item_id FROM (SELECT i.* FROM item i WHERE true");
    plain(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(most).push(") AS i WHERE true");
    filter.searched(&mut sql);
    filter.beside().iter().for_each(|beside| beside.of_one(&mut sql));
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    let found: Vec<ItemRow> = fetch(db, shown(sql, filter.limit)).await?;
    if found.len() as i64 == filter.limit {
        return Ok(Some(found));
    }
    // Not a whole page is all there is, if none was left out.
    let of_all = |sql: &mut Sql| {
        sql.push(" FROM item i WHERE true");
        plain(sql);
    };
    Ok((counted(db, most, of_all).await? < most).then_some(found))
}

/// Items whose headlines are written much like what was typed, out of the newest; None where there are none among those.
async fn alike_among_newest(
    db: &PgPool,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    let oldest: Option<DateTime<Utc>> = sqlx::query_scalar(
        "SELECT version_created FROM item ORDER BY version_created DESC OFFSET $1 LIMIT 1",
    )
    .bind(NEWEST_COMPARED)
    .fetch_optional(db)
    .await?;
    let Some(oldest) = oldest.filter(|oldest| filter.since.is_none_or(|since| since < *oldest)) else {
        return Ok(None);
    };
    let recent = ItemFilter { since: Some(oldest), ..filter.clone() };
    Ok(alike(db, &recent, after).await?.filter(|found| !found.is_empty()))
}

/// Whether any item has the words of `filter`.
pub(super) async fn has_words(db: &PgPool, filter: &ItemFilter) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    sqlx::raw_sql("SET LOCAL enable_seqscan = off").execute(&mut *tx).await?;
    for most in [Some(NEWEST_ASKED), None] {
        let mut sql: Sql = QueryBuilder::new("SELECT EXISTS (SELECT FROM ");
        match most {
            Some(most) => sql
                .push("(SELECT words FROM item i WHERE true")
                .push(NEWEST_FIRST)
                .push_bind(most)
                .push(") AS i"),
            None => sql.push("item i"),
        };
        sql.push(" WHERE true");
        filter.searched(&mut sql);
        sql.push(")");
        if sql.build_query_scalar().persistent(false).fetch_one(&mut *tx).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Items whose headlines are written much like what was typed; None where those are more than [`FEW`]. Few are all taken from the index
/// of letters and sorted: left alone, Postgres walks the newest items until it has a page of them.
async fn alike(
    db: &PgPool,
    filter: &ItemFilter,
    after: Option<Place<'_>>,
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Alike {
        many: bool,
        #[sqlx(flatten)]
        row: ItemRow,
    }
    let mut sql: Sql = QueryBuilder::new(
        "WITH found AS MATERIALIZED (SELECT i.item_id, i.version_created FROM item i WHERE true",
    );
    place(&mut sql, after);
    filter.conditions(&mut sql);
    sql.push(" LIMIT ").push_bind(FEW + 1);
    sql.push("), newest AS MATERIALIZED (SELECT i.item_id FROM found i")
        .push(NEWEST_FIRST)
        .push_bind(filter.limit);
    sql.push(") SELECT (SELECT count(*) FROM found) > ").push_bind(FEW).push(" AS many, ").push(COLUMNS);
    sql.push(
        " FROM newest n JOIN item i ON i.item_id = n.item_id LEFT JOIN story_item s ON s.item_id = i.item_id",
    );
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    let mut tx = db.begin().await?;
    // Half of a word's trigrams are left where one of its letters is wrong; by default three fifths are asked for. The bitmap is to fit its
    // memory, as that of words in parts.rs.
    sqlx::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; \
         SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL client_min_messages = warning; \
         SET LOCAL work_mem = '32MB'; SET LOCAL pg_trgm.word_similarity_threshold = 0.5")
        .execute(&mut *tx)
        .await?;
    let found: Vec<Alike> = sql.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let many = found.first().is_some_and(|first| first.many);
    Ok((!many).then(|| found.into_iter().map(|found| found.row).collect()))
}

/// Planned anew each time: how many rows have a word is most of what makes a good plan.
async fn fetch(db: &PgPool, mut sql: Sql) -> Result<Vec<ItemRow>, sqlx::Error> {
    sql.build_query_as().persistent(false).fetch_all(db).await
}
