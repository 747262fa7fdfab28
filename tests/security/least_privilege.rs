//! Every table, view, sequence and function has exactly the rights of `schemas/postgres/roles.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sqlx::PgPool;

use crate::desk::Guarded;
use crate::servers;

#[derive(Deserialize)]
struct Matrix {
    relation: BTreeMap<String, Row>,
    function: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    rights: BTreeMap<String, Vec<String>>,
}

fn matrix() -> Matrix {
    toml::from_str(include_str!("../../schemas/postgres/roles.toml")).unwrap()
}

/// Everything in the schema that can have rights. What belongs to an identity column has none of its own, and what an extension
/// brings is its own.
const OBJECTS: &str = "SELECT relname::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i')
    UNION ALL SELECT proname::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')";

/// Who has which right on what: object, role, right, column.
const RIGHTS: &str = "SELECT name, coalesce(rolname, 'PUBLIC')::text, lower(privilege_type) || coalesce('(' || attname || ')', '') FROM (
        SELECT relname::text AS name, relowner AS owner, a.*, NULL::text AS attname
            FROM pg_class, aclexplode(relacl) a WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT relname, relowner, a.*, attname
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) a
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT proname, proowner, a.*, NULL
            FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
    ) found LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE grantee <> owner";

/// What is in no row, and what is in a row only.
async fn strays(db: &PgPool) -> (Vec<String>, Vec<String>) {
    let found: Vec<String> = sqlx::query_scalar(OBJECTS).fetch_all(db).await.unwrap();
    let found: BTreeSet<String> = found.into_iter().collect();
    let matrix = matrix();
    let rows = || matrix.relation.iter().chain(&matrix.function);
    let in_no_row = found.iter().filter(|name| !rows().any(|(row, _)| row == *name)).cloned().collect();
    let nowhere = rows().filter(|(name, _)| !found.contains(*name));
    (in_no_row, nowhere.map(|(name, _)| name.clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_object_has_exactly_the_rights_of_its_row() {
    let Some(postgres) = servers::postgres() else { return };
    let guarded = Guarded::prepare(postgres, None, Vec::new()).await;
    let db = guarded.desk.db();
    let none: (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    assert_eq!(
        strays(db).await,
        none,
        "objects without a row in schemas/postgres/roles.toml, and rows without an object"
    );

    let rows: Vec<(String, String, String)> = sqlx::query_as(RIGHTS).fetch_all(db).await.unwrap();
    let found: BTreeSet<(String, String, String)> = rows.into_iter().collect();
    let matrix = matrix();
    let mut expected = BTreeSet::new();
    for (name, row) in matrix.relation.iter().chain(&matrix.function) {
        for (role, rights) in &row.rights {
            for right in rights {
                let words = match right.trim_end_matches(')').split_once('(') {
                    Some((word, columns)) => columns.split(", ").map(|c| format!("{word}({c})")).collect(),
                    None => vec![right.clone()],
                };
                expected.extend(words.into_iter().map(|word| (name.clone(), guarded.role(role), word)));
            }
        }
    }
    let more: Vec<_> = found.difference(&expected).collect();
    let less: Vec<_> = expected.difference(&found).collect();
    assert!(more.is_empty() && less.is_empty(), "given beyond the matrix: {more:?}\nnot given: {less:?}");

    let owners: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT owner FROM (
             SELECT relowner::regrole::text AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace
             UNION ALL SELECT proowner::regrole::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
                 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')) o",
    )
    .fetch_all(db)
    .await
    .unwrap();
    assert_eq!(owners, [guarded.role("migrator")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_migration_makes_is_open_to_nobody_and_noticed() {
    let Some(postgres) = servers::postgres() else { return };
    let guarded = Guarded::prepare(postgres, None, Vec::new()).await;
    let login = guarded.login("migrator");
    guarded.admin(&format!("ALTER ROLE {login} SET role = '{}'", guarded.role("migrator"))).await;
    let migrator = guarded.connect("migrator").await;
    for statement in [
        "CREATE TABLE later (x integer)",
        "CREATE FUNCTION later_too() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ] {
        sqlx::query(statement).execute(&migrator).await.unwrap();
    }
    assert_eq!(strays(guarded.desk.db()).await.0, ["later", "later_too"]);
    let rows: Vec<(String, String, String)> =
        sqlx::query_as(RIGHTS).fetch_all(guarded.desk.db()).await.unwrap();
    let later: Vec<_> = rows.iter().filter(|(name, ..)| name.starts_with("later")).collect();
    assert!(later.is_empty(), "open without a row: {later:?}");
    // The migrator's own login brings the schema up to date and sets the rights again, without CREATEROLE.
    let (code, output) = guarded.run("migrator", &["migrate", "--roles", "--role-prefix", &guarded.roles]);
    assert_eq!(code, 0, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_createrole_one_sentence_says_what_to_do() {
    let Some(postgres) = servers::postgres() else { return };
    let guarded = Guarded::prepare(postgres, None, Vec::new()).await;
    guarded.admin(&format!("ALTER ROLE {} NOCREATEROLE", guarded.login("owner"))).await;
    let (code, output) = guarded.run("owner", &["migrate", "--roles", "--role-prefix", "another"]);
    assert_eq!(code, 1, "{output}");
    let last = output.lines().last().unwrap_or_default();
    assert!(last.contains("CREATEROLE") && last.contains("--print"), "{output}");
    // The script that is printed does the same through psql, here by a superuser.
    let (code, script) = guarded.desk.run(&["migrate", "--roles", "--role-prefix", "another", "--print"]);
    assert_eq!(code, 0, "{script}");
    guarded.admin(&format!("BEGIN; {script}; COMMIT")).await;
    let made: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'another\\_%'")
        .fetch_one(guarded.desk.db())
        .await
        .unwrap();
    assert_eq!(made, 14);
}
