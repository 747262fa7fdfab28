//! Whom and what items name: the register's entities, merged ones together.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};

/// Items are counted up to here, and more are not looked at: a name of the day has hundreds of thousands.
pub const COUNTED: i64 = 10_000;
/// Newest items in which it is counted who is named most.
const SAMPLE: i64 = 1_000;
/// Items of an entity of which it is counted on which day they came.
const DAYS_OF: i64 = 2_000;
/// Newest items of an entity in which it is counted who is named beside it ...
const BESIDE: i64 = 300;
/// ... out of so many.
const BESIDE_OF: i64 = 1_000;
/// Fewer letters are looked for where words begin: they stand amid every other name.
const LETTERS: usize = 3;
/// How letters stand in a name that is not them alone, before and after them, those ways first in which they are most of it.
const STANDING: [&[[&str; 2]]; 2] = [&[["", "%"], ["% ", "%"]], &[["%", "%"]]];
/// Names that are compared of each way: three letters stand in every fifth name.
const COMPARED: i64 = 500;
/// Names of those beside it.
const MOST_BESIDE: i64 = 20;
/// Entities whose names are compared.
const CANDIDATES: i64 = 100;

/// An entity with a count.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    /// Id, of the entity that it turned out to be.
    pub id: String,
    /// `PER`, `ORG`, `LOC` …
    pub kind: String,
    /// Name.
    pub name: String,
    /// Items.
    pub items: i64,
}

/// Counts whom items name, merged ones together: a query for the items' `item_id` stands before [`NAMES`], conditions on who is named
/// (`ie`) before [`COUNT`]. Names are looked up for those that are left alone.
const ITEMS: &str = "WITH newest AS MATERIALIZED (";
const NAMES: &str = "), named AS MATERIALIZED (
        SELECT ie.entity_id, ie.item_id FROM newest JOIN item_entity ie USING (item_id) WHERE true";
const COUNT: &str = "), counted AS (
        SELECT id, count(*) AS items FROM (
            SELECT DISTINCT coalesce(m.merged_into, n.entity_id) AS id, n.item_id
            FROM named n LEFT JOIN (SELECT entity_id, merged_into FROM entity WHERE merged_into IS NOT NULL OFFSET 0) AS m USING (entity_id)
        ) AS pairs GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ";
const MOST_FIRST: &str = ")
    SELECT c.id, coalesce(e.kind, one.kind) AS kind, coalesce(e.name, one.name) AS name, c.items
    FROM counted c LEFT JOIN entity e ON e.entity_id = c.id
    LEFT JOIN LATERAL (SELECT ie.kind, ie.name FROM item_entity ie WHERE ie.entity_id = c.id AND e.entity_id IS NULL LIMIT 1) AS one ON true
    ORDER BY c.items DESC, c.id";

/// The entities that most of the newest 1,000 items since `since` name; repeats do not count.
///
/// # Errors
/// sqlx's.
pub async fn named_most(
    db: &PgPool,
    since: DateTime<Utc>,
    kind: Option<&str>,
    most: i64,
) -> Result<Vec<Named>, sqlx::Error> {
    let mut sql = QueryBuilder::<Postgres>::new(ITEMS);
    sql.push("SELECT item_id FROM item WHERE version_created >= ").push_bind(since);
    sql.push(" AND duplicate_of IS NULL ORDER BY version_created DESC, item_id DESC LIMIT ")
        .push_bind(SAMPLE);
    sql.push(NAMES);
    if let Some(kind) = kind {
        sql.push(" AND ie.kind = ").push_bind(kind.to_owned());
    }
    sql.push(COUNT).push_bind(most).push(MOST_FIRST);
    sql.build_query_as().fetch_all(db).await
}

/// The people and organisations of the register one of whose names has these letters, marks aside, those with the likest name first; of one
/// or two letters, a word of whose names begins so. `items` are counted up to [`COUNTED`].
///
/// # Errors
/// sqlx's.
pub async fn by_name(
    db: &PgPool,
    typed: &str,
    kind: Option<&str>,
    most: i64,
) -> Result<Vec<Named>, sqlx::Error> {
    let ways = if typed.chars().count() < LETTERS { &STANDING[..1] } else { &STANDING[..] };
    let of_kind = |sql: &mut QueryBuilder<Postgres>| {
        if let Some(kind) = kind {
            sql.push(" AND EXISTS (SELECT FROM entity one JOIN entity its ON its.entity_id = coalesce(one.merged_into, one.entity_id)");
            sql.push(" WHERE one.entity_id = n.entity_id AND its.kind = ")
                .push_bind(kind.to_owned())
                .push(")");
        }
    };
    let mut sql = QueryBuilder::<Postgres>::new(
        "WITH alike AS ((SELECT n.entity_id, n.name FROM entity_name n WHERE search_plain(n.name) = search_plain(",
    );
    sql.push_bind(typed.to_owned()).push(")");
    of_kind(&mut sql);
    for standing in ways {
        sql.push(" LIMIT ").push_bind(COMPARED);
        sql.push(") UNION (SELECT n.entity_id, n.name FROM entity_name n WHERE (");
        for (at, [before, after]) in standing.iter().enumerate() {
            sql.push(if at == 0 { "" } else { " OR " }).push("search_plain(n.name) LIKE ").push_bind(*before);
            sql.push(" || replace(replace(replace(search_plain(").push_bind(typed.to_owned());
            sql.push("), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || ").push_bind(*after);
        }
        sql.push(")");
        of_kind(&mut sql);
    }
    sql.push(" LIMIT ").push_bind(COMPARED).push(")");
    sql.push("), found AS (SELECT n.entity_id, max(similarity(search_plain(n.name), search_plain(");
    sql.push_bind(typed.to_owned()).push("))) AS alike FROM alike n");
    sql.push(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ").push_bind(CANDIDATES);
    // Items are counted of those alone that may be shown: of two hundred names that took half a second.
    sql.push(
        "), roots AS (
             SELECT e.entity_id AS id, e.kind, e.name, max(f.alike) AS alike
             FROM found f
             CROSS JOIN LATERAL (SELECT coalesce(merged_into, entity_id) AS id FROM entity WHERE entity_id = f.entity_id OFFSET 0) AS its
             JOIN entity e ON e.entity_id = its.id",
    );
    sql.push(" GROUP BY 1 ORDER BY 4 DESC FETCH FIRST ").push_bind(most);
    sql.push(
        " ROWS WITH TIES
         )
         SELECT r.id, r.kind, r.name,
                (SELECT count(*) FROM (
                     SELECT DISTINCT ie.item_id FROM item_entity ie
                     WHERE ie.entity_id = ANY(ARRAY(SELECT m.entity_id FROM entity m WHERE m.merged_into = r.id) || r.id) LIMIT ",
    );
    sql.push_bind(COUNTED);
    sql.push(") AS counted) AS items FROM roots r ORDER BY r.alike DESC, items DESC, r.id LIMIT ")
        .push_bind(most);
    // Planned anew each time: letters that many names have want another plan than letters that few have.
    sql.build_query_as().persistent(false).fetch_all(db).await
}

/// How an entity is written.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Written {
    /// BCP 47; empty where it is not known.
    pub language: String,
    /// The name.
    pub name: String,
}

/// Items of a day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Day {
    /// The day, UTC.
    pub day: NaiveDate,
    /// Items that came in it.
    pub items: i64,
}

/// All that is known of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Itself; `items` are counted up to [`COUNTED`].
    pub named: Named,
    /// How it is written.
    pub names: Vec<Written>,
    /// Ids that turned out to be this one.
    pub merged: Vec<String>,
    /// Its items by day, since `since`; of more than 2,000 items, of so many.
    pub days: Vec<Day>,
    /// Who else its newest 300 items name, most often first; of more than 1,000 items, the newest of so many.
    pub beside: Vec<Named>,
}

/// An entity by its id, or by one that was merged into it. None where nothing names it.
///
/// # Errors
/// sqlx's.
pub async fn entity(db: &PgPool, id: &str, since: DateTime<Utc>) -> Result<Option<Entity>, sqlx::Error> {
    // What the register does not keep (places, events) is known by the items that name it.
    let named: Option<Named> = sqlx::query_as(
        "WITH root AS (
             SELECT coalesce((SELECT coalesce(merged_into, entity_id) FROM entity WHERE entity_id = $1), $1) AS id
         ), ids AS (
             SELECT id FROM root UNION SELECT e.entity_id FROM entity e JOIN root ON e.merged_into = root.id
         )
         SELECT root.id, coalesce(e.kind, one.kind) AS kind, coalesce(e.name, one.name) AS name,
                -- An item may name two that are one; to tell those apart takes longer than to count.
                CASE WHEN (SELECT count(*) FROM ids) = 1
                     THEN (SELECT count(*) FROM (SELECT FROM item_entity ie WHERE ie.entity_id = root.id LIMIT $2) AS counted)
                     ELSE (SELECT count(*) FROM (
                               SELECT DISTINCT item_id FROM (
                                   SELECT ie.item_id FROM item_entity ie WHERE ie.entity_id IN (SELECT id FROM ids) LIMIT $2 * 2
                               ) AS named LIMIT $2) AS counted)
                END AS items
         FROM root LEFT JOIN entity e ON e.entity_id = root.id
         LEFT JOIN LATERAL (
             SELECT ie.kind, ie.name FROM item_entity ie WHERE ie.entity_id = root.id AND e.entity_id IS NULL LIMIT 1
         ) AS one ON true
         WHERE coalesce(e.name, one.name) IS NOT NULL",
    )
    .bind(id)
    .bind(COUNTED)
    .fetch_optional(db)
    .await?;
    let Some(named) = named else { return Ok(None) };
    let merged: Vec<String> =
        sqlx::query_scalar("SELECT entity_id FROM entity WHERE merged_into = $1 ORDER BY 1 LIMIT 1000")
            .bind(&named.id)
            .fetch_all(db)
            .await?;
    let ids: Vec<String> = std::iter::once(&named.id).chain(&merged).cloned().collect();
    let names = sqlx::query_as(
        "SELECT DISTINCT language, name FROM entity_name WHERE entity_id = ANY($1) ORDER BY language, name LIMIT 200",
    )
    .bind(&ids)
    .fetch_all(db)
    .await?;
    let days = sqlx::query_as(
        "SELECT (i.first_created AT TIME ZONE 'UTC')::date AS day, count(DISTINCT i.item_id) AS items
         FROM (SELECT item_id FROM item_entity WHERE entity_id = ANY($1) LIMIT $3) AS named JOIN item i USING (item_id)
         WHERE i.first_created >= $2 GROUP BY 1 ORDER BY 1",
    )
    .bind(&ids)
    .bind(since)
    .bind(DAYS_OF)
    .fetch_all(db)
    .await?;
    let mut sql = QueryBuilder::<Postgres>::new(ITEMS);
    // LIMIT stands within DISTINCT: without it all of a name's items are sorted first.
    sql.push("SELECT i.item_id FROM (SELECT DISTINCT item_id FROM (SELECT item_id FROM item_entity WHERE entity_id = ANY(");
    sql.push_bind(ids.clone())
        .push(") LIMIT ")
        .push_bind(BESIDE_OF)
        .push(") AS named) AS its JOIN item i USING (item_id)");
    sql.push(" ORDER BY i.version_created DESC LIMIT ").push_bind(BESIDE);
    sql.push(NAMES).push(" AND ie.entity_id <> ALL(").push_bind(ids).push(")");
    sql.push(COUNT).push_bind(MOST_BESIDE).push(MOST_FIRST);
    let beside = sql.build_query_as().fetch_all(db).await?;
    Ok(Some(Entity { named, names, merged, days, beside }))
}
