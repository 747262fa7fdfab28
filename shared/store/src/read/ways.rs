//! The way to a page of items. Postgres knows how often a value stands in a column, not how often it stands beside others or in a text, and
//! of what it knows too little it takes the worst way. So what is rare is counted first and taken whole, what is common is looked
//! for among the newest, and rows are fetched for those alone that are shown.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgPool, QueryBuilder};

use super::beside::Beside;
use super::items::{COLUMNS, ItemFilter, ItemRow, NEWEST_FIRST, Sql, Words};

/// So many items that have a word are all read and sorted.
const FEW: i64 = 20_000;
/// The same of a topic, a name or a place: with more, a walk from the newest finds a page of them sooner.
const FEW_BESIDE: i64 = 5_000;
/// The same where their words are compared too.
const FEW_COMPARED: i64 = 2_000;
/// So many of the newest items are looked at for common words: to compare the words of one takes some 12 µs.
const NEWEST: i64 = 6_000;

/// So many of the newest headlines are compared with a word that none has, and all only where those have nothing like it: to compare
/// one takes some 25 µs, and of a common word, mistyped, thousands are alike.
const NEWEST_COMPARED: i64 = 50_000;
/// Newest items in which a common word is found sooner than by the index, which finds all items that have it.
const NEWEST_ASKED: i64 = 1_000;

/// Items that fulfil `filter` and the condition `place`, newest version first.
pub(super) async fn newest(
    db: &PgPool,
    filter: &ItemFilter,
    place: &impl Fn(&mut Sql),
) -> Result<Vec<ItemRow>, sqlx::Error> {
    if let Some((at, few)) = rarest(db, filter).await? {
        return of_few(db, at, &few, filter, place).await;
    }
    if matches!(filter.words, Some(Words::Exact(_)))
        && let Some(found) = among_newest(db, filter, place).await?
    {
        return Ok(found);
    }
    if matches!(filter.words, Some(Words::Alike(_)))
        && let Some(found) = alike_among_newest(db, filter, place).await?
    {
        return Ok(found);
    }
    if filter.words.is_some()
        && let Some(found) = by_words(db, filter, place).await?
    {
        return Ok(found);
    }
    let mut sql = chosen();
    sql.push("SELECT i.item_id FROM item i WHERE true");
    place(&mut sql);
    filter.conditions(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    fetch(db, shown(sql, filter)).await
}

/// What follows chooses the items of a page, by their ids; [`shown`] ends it.
fn chosen() -> Sql {
    QueryBuilder::new("WITH chosen AS MATERIALIZED (")
}

fn shown(mut sql: Sql, filter: &ItemFilter) -> Sql {
    sql.push(format!(
        ") SELECT {COLUMNS} FROM chosen c JOIN item i ON i.item_id = c.item_id LEFT JOIN story_item s ON s.item_id = i.item_id"
    ));
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
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
    place: &impl Fn(&mut Sql),
) -> Result<Vec<ItemRow>, sqlx::Error> {
    let mut sql: Sql = QueryBuilder::new("WITH few AS MATERIALIZED (SELECT DISTINCT b.item_id");
    few.rows(&mut sql);
    // More have come since they were counted at most.
    sql.push(" LIMIT ").push_bind(FEW_BESIDE * 2);
    sql.push("), chosen AS MATERIALIZED (SELECT i.item_id FROM few f JOIN item i ON i.item_id = f.item_id WHERE true");
    place(&mut sql);
    filter.plain(&mut sql);
    let others = filter.beside().into_iter().enumerate().filter(|(other, _)| *other != at);
    others.for_each(|(_, beside)| beside.of_one(&mut sql));
    filter.searched(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    let mut sql = shown(sql, filter);
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

/// A page of items that are found by common words, or by words among few items, out of the newest; None where no page came together. The
/// index of words knows no time and no wire: it finds half of all items before the first can be shown.
async fn among_newest(
    db: &PgPool,
    filter: &ItemFilter,
    place: &impl Fn(&mut Sql),
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    let plain = |sql: &mut Sql| {
        place(sql);
        filter.plain(sql);
    };
    let all = expected(db, plain).await?;
    let few = all <= NEWEST as f64;
    if !few {
        let with_words = expected(db, |sql| {
            plain(sql);
            filter.searched(sql);
        });
        let for_a_page = filter.limit as f64 * all / with_words.await?.max(1.0);
        if for_a_page > NEWEST as f64 {
            return Ok(None);
        }
    }
    // All of what should be few.
    let most = if few { NEWEST * 4 } else { NEWEST };
    let mut sql = chosen();
    sql.push("SELECT i.item_id FROM (SELECT i.* FROM item i WHERE true");
    plain(&mut sql);
    sql.push(NEWEST_FIRST).push_bind(most).push(") AS i WHERE true");
    filter.searched(&mut sql);
    filter.beside().iter().for_each(|beside| beside.of_one(&mut sql));
    sql.push(NEWEST_FIRST).push_bind(filter.limit);
    let found: Vec<ItemRow> = fetch(db, shown(sql, filter)).await?;
    if found.len() as i64 == filter.limit {
        return Ok(Some(found));
    }
    // Not a whole page is all there is, if none was left out.
    let of_all = |sql: &mut Sql| {
        sql.push(" FROM item i WHERE true");
        plain(sql);
    };
    Ok((few && counted(db, most, of_all).await? < most).then_some(found))
}

/// Items whose headlines are written much like what was typed, out of the newest; None where there are none among those.
async fn alike_among_newest(
    db: &PgPool,
    filter: &ItemFilter,
    place: &impl Fn(&mut Sql),
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
    Ok(by_words(db, &recent, place).await?.filter(|found| !found.is_empty()))
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

/// Of items that are found by their words, the newest; None where more than [`FEW`] are found. Few are all taken from the index of
/// words and sorted. Left alone, Postgres walks the newest items until it has a page of them, and holds a text to be as cheap to
/// compare as a number: for a rare word that reads every text there is. Where many are found that walk is short.
async fn by_words(
    db: &PgPool,
    filter: &ItemFilter,
    place: &impl Fn(&mut Sql),
) -> Result<Option<Vec<ItemRow>>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Found {
        many: bool,
        #[sqlx(flatten)]
        row: ItemRow,
    }
    let mut sql: Sql = QueryBuilder::new(
        "WITH found AS MATERIALIZED (SELECT i.item_id, i.version_created FROM item i WHERE true",
    );
    place(&mut sql);
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
    // Half of a word's trigrams are left where one of its letters is wrong; by default three fifths are asked for. A bitmap that does
    // not fit its memory forgets which rows it means, and all texts of a page are compared: of a million items it needs some 10 MB.
    sqlx::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; \
         SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL client_min_messages = warning; \
         SET LOCAL work_mem = '32MB'; SET LOCAL pg_trgm.word_similarity_threshold = 0.5")
        .execute(&mut *tx)
        .await?;
    let found: Vec<Found> = sql.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let many = found.first().is_some_and(|first| first.many);
    Ok((!many).then(|| found.into_iter().map(|found| found.row).collect()))
}

/// Planned anew each time: how many rows have a word is most of what makes a good plan.
pub(super) async fn fetch(db: &PgPool, mut sql: Sql) -> Result<Vec<ItemRow>, sqlx::Error> {
    sql.build_query_as().persistent(false).fetch_all(db).await
}
