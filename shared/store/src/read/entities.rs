//! Whom and what items name: the register's entities, merged ones together.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};

/// Items are counted up to here, and more are not looked at: a name of the day has hundreds of thousands.
pub const COUNTED: i64 = 10_000;
/// Newest items in which it is counted who is named most.
const SAMPLE: i64 = 3_000;
/// Newest items of an entity in which it is counted who is named beside it.
const BESIDE: i64 = 500;
/// Names of those beside it.
const MOST_BESIDE: i64 = 20;
/// Entities whose names are compared.
const CANDIDATES: i64 = 200;

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

/// Counts whom items name, merged ones together: between the two stands a query for `item_id`.
const COUNT: &str = "SELECT coalesce(e.merged_into, ie.entity_id) AS id, ie.kind, min(coalesce(root.name, e.name, ie.name)) AS name,
        count(DISTINCT ie.item_id) AS items FROM (";
const NAMES: &str = ") AS newest JOIN item_entity ie USING (item_id)
    LEFT JOIN entity e ON e.entity_id = ie.entity_id LEFT JOIN entity root ON root.entity_id = e.merged_into";
const MOST_FIRST: &str = " GROUP BY 1, 2 ORDER BY 4 DESC, 1 LIMIT ";

/// The entities that most of the newest 3,000 items since `since` name; repeats do not count.
///
/// # Errors
/// sqlx's.
pub async fn named_most(
    db: &PgPool,
    since: DateTime<Utc>,
    kind: Option<&str>,
    most: i64,
) -> Result<Vec<Named>, sqlx::Error> {
    let mut sql = QueryBuilder::<Postgres>::new(COUNT);
    sql.push("SELECT item_id FROM item WHERE version_created >= ").push_bind(since);
    sql.push(" AND duplicate_of IS NULL ORDER BY version_created DESC, item_id DESC LIMIT ")
        .push_bind(SAMPLE);
    sql.push(NAMES);
    if let Some(kind) = kind {
        sql.push(" WHERE ie.kind = ").push_bind(kind.to_owned());
    }
    sql.push(MOST_FIRST).push_bind(most);
    sql.build_query_as().fetch_all(db).await
}

/// The people and organisations of the register one of whose names has these letters, marks aside, those with the likest name first;
/// `items` are counted up to [`COUNTED`].
///
/// # Errors
/// sqlx's.
pub async fn by_name(
    db: &PgPool,
    typed: &str,
    kind: Option<&str>,
    most: i64,
) -> Result<Vec<Named>, sqlx::Error> {
    sqlx::query_as(
        "WITH found AS (
             SELECT n.entity_id, max(similarity(search_plain(n.name), search_plain($1))) AS alike
             FROM entity_name n
             WHERE search_plain(n.name) LIKE '%' || replace(replace(replace(search_plain($1), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
             GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $5
         ), roots AS (
             SELECT coalesce(e.merged_into, e.entity_id) AS id, max(f.alike) AS alike
             FROM found f JOIN entity e USING (entity_id) GROUP BY 1
         )
         SELECT r.id, e.kind, e.name,
                (SELECT count(*) FROM (
                     SELECT DISTINCT ie.item_id FROM item_entity ie
                     WHERE ie.entity_id = ANY(ARRAY(SELECT m.entity_id FROM entity m WHERE m.merged_into = r.id) || r.id)
                     LIMIT $4) AS counted) AS items
         FROM roots r JOIN entity e ON e.entity_id = r.id
         WHERE $2::text IS NULL OR e.kind = $2
         ORDER BY r.alike DESC, items DESC, r.id LIMIT $3",
    )
    .bind(typed)
    .bind(kind)
    .bind(most)
    .bind(COUNTED)
    .bind(CANDIDATES)
    .fetch_all(db)
    .await
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
    /// Its items by day, since `since`; of more than [`COUNTED`] items, some of so many.
    pub days: Vec<Day>,
    /// Who else its newest 500 items name, most often first; of more than [`COUNTED`] items, the newest of so many.
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
         ), one AS (
             SELECT kind, name FROM item_entity ie JOIN root ON ie.entity_id = root.id LIMIT 1
         )
         SELECT root.id, coalesce(e.kind, one.kind) AS kind, coalesce(e.name, one.name) AS name,
                (SELECT count(*) FROM (SELECT DISTINCT ie.item_id FROM item_entity ie WHERE ie.entity_id IN (SELECT id FROM ids) LIMIT $2) AS counted) AS items
         FROM root LEFT JOIN entity e ON e.entity_id = root.id LEFT JOIN one ON true
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
    .bind(COUNTED)
    .fetch_all(db)
    .await?;
    let mut sql = QueryBuilder::<Postgres>::new(COUNT);
    sql.push("SELECT i.item_id FROM (SELECT DISTINCT item_id FROM item_entity WHERE entity_id = ANY(");
    sql.push_bind(ids.clone())
        .push(") LIMIT ")
        .push_bind(COUNTED)
        .push(") AS its JOIN item i USING (item_id)");
    sql.push(" ORDER BY i.version_created DESC LIMIT ").push_bind(BESIDE);
    sql.push(NAMES).push(" WHERE ie.entity_id <> ALL(").push_bind(ids).push(")");
    sql.push(MOST_FIRST).push_bind(MOST_BESIDE);
    let beside = sql.build_query_as().fetch_all(db).await?;
    Ok(Some(Entity { named, names, merged, days, beside }))
}
