//! The views that are a public API and the indexes, as docs/sql.md describes them.

use std::collections::BTreeMap;

use sqlx::PgPool;

const PAGE: &str = include_str!("../../docs/sql.md");

/// The rows of the table: a view, and its columns in their order.
fn described() -> BTreeMap<String, Vec<String>> {
    let row = |line: &'static str| {
        let (view, rest) = line.strip_prefix("| `")?.split_once("` |")?;
        let columns = rest.split('|').next()?.split('`').skip(1).step_by(2);
        (view.starts_with("v_") || view == "item_entity_merged")
            .then(|| (view.to_owned(), columns.map(str::to_owned).collect()))
    };
    PAGE.lines().filter_map(row).collect()
}

/// The indexes that the page says the reason of.
fn indexes() -> Vec<String> {
    let table = PAGE.split_once("## The indexes").map_or("", |(_, table)| table);
    let names = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    names.flat_map(|(names, _)| names.split("`, `")).map(str::to_owned).collect()
}

/// What is wrong with the indexes, a sentence each: one without a reason, or a reason for one that is not there.
pub async fn wrong_indexes(db: &PgPool) -> Vec<String> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
         ORDER BY 1",
    )
    .fetch_all(db)
    .await
    .unwrap_or_else(|error| panic!("the indexes: {error}"));
    let mut said = indexes();
    said.sort();
    let lacks = found.iter().filter(|index| !said.contains(index));
    let gone = said.iter().filter(|index| !found.contains(index));
    lacks
        .map(|index| format!("docs/sql.md does not say what {index} is for"))
        .chain(gone.map(|index| format!("docs/sql.md names {index}, which is not there")))
        .collect()
}

/// The API's own, which no dashboard may read.
const OURS: [&str; 1] = ["item_cleaning"];

/// What is wrong, a sentence each: a view that the page lacks or has other columns of, or that says nothing of itself.
pub async fn wrong(db: &PgPool) -> Vec<String> {
    let found: Vec<(String, Vec<String>, Option<String>)> = sqlx::query_as(
        "SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum), obj_description(c.oid, 'pg_class')
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
         GROUP BY c.oid ORDER BY c.relname",
    )
    .fetch_all(db)
    .await
    .unwrap_or_else(|error| panic!("the views: {error}"));
    let mut described = described();
    let mut wrong = Vec::new();
    for (view, columns, comment) in found {
        match described.remove(&view) {
            None if OURS.contains(&view.as_str()) => {}
            None => wrong.push(format!("docs/sql.md does not describe {view}: {columns:?}")),
            Some(said) if said != columns => {
                wrong.push(format!("{view} has {columns:?}, docs/sql.md says {said:?}"))
            }
            Some(_) => {}
        }
        if comment.is_none_or(|comment| comment.is_empty()) {
            wrong.push(format!("{view} has no COMMENT ON VIEW"));
        }
    }
    wrong.extend(
        described.into_keys().map(|view| format!("docs/sql.md describes {view}, which is not there")),
    );
    wrong
}
