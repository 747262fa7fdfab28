//! The matrix as SQL: it may be run again and again, and sets all rights anew each time.

use std::collections::BTreeMap;
use std::fmt::Write;

use wiredesk_bus::config::BusKind;

use super::Prefix;
use super::matrix::{Matrix, Role, Row};

/// The whole script.
pub(super) fn write(matrix: &Matrix, prefix: &Prefix, bus: BusKind) -> String {
    let all: Vec<String> = matrix.role.keys().map(|name| prefix.role(name)).collect();
    let migrator = prefix.role("migrator");
    // The owner's own rights are not taken away.
    let others: Vec<&str> = all.iter().filter(|name| **name != migrator).map(String::as_str).collect();
    let others = others.join(", ");
    let mut sql = format!(
        "-- The roles {prefix}_… of wiredesk, by `wiredesk migrate --roles --print`. It may be run again.\n\
         -- Whoever waits for a table must not hold up those behind him.\n\
         SET LOCAL lock_timeout = '10s';\n\n"
    );
    for (name, role) in &matrix.role {
        create(&mut sql, &prefix.role(name), role);
    }
    sql.push_str("\n-- Who makes this must be able to hand his tables to their owner.\n");
    block(
        &mut sql,
        &format!(
            "IF NOT pg_has_role(current_user, '{migrator}', 'MEMBER') THEN EXECUTE format('GRANT {migrator} TO %I', current_user); END IF;"
        ),
    );
    for (name, role) in &matrix.role {
        for group in &role.member_of {
            member(&mut sql, &prefix.role(name), &prefix.role(group), true);
        }
        for group in &role.bus {
            member(&mut sql, &prefix.role(name), &prefix.role(group), bus == BusKind::Postgres);
        }
    }
    sql.push_str("\n-- The database and its schema are nobody's but theirs.\n");
    let list = all.join(", ");
    let temporary: Vec<String> =
        matrix.role.iter().filter(|(_, role)| role.temporary).map(|(name, _)| prefix.role(name)).collect();
    block(
        &mut sql,
        &format!(
            "EXECUTE format('GRANT CONNECT ON DATABASE %I TO {list}', current_database()); \
             EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); \
             EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {}', current_database());",
            temporary.join(", ")
        ),
    );
    let _ = write!(
        sql,
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;\n\
         GRANT USAGE ON SCHEMA public TO {list};\n\
         GRANT CREATE ON SCHEMA public TO {migrator};\n\
         ALTER DEFAULT PRIVILEGES FOR ROLE {migrator} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n"
    );
    owners(&mut sql, matrix, &migrator);
    for (name, row) in &matrix.relation {
        let sort =
            if row.rights.values().flatten().any(|right| right == "usage") { "SEQUENCE" } else { "TABLE" };
        rights(&mut sql, (sort, name), row, prefix, &others);
    }
    for (name, row) in &matrix.function {
        rights(&mut sql, ("FUNCTION", name), row, prefix, &others);
    }
    sql
}

fn block(sql: &mut String, body: &str) {
    let _ = writeln!(sql, "DO $$ BEGIN {body} END $$;");
}

fn create(sql: &mut String, name: &str, role: &Role) {
    let login = if role.login { "LOGIN" } else { "NOLOGIN" };
    let limit = role.connection_limit.map(|n| format!(" CONNECTION LIMIT {n}")).unwrap_or_default();
    let mut body = format!("CREATE ROLE {name} {login}{limit};");
    // Set at birth only: who has changed a limit keeps it.
    for (setting, value) in &role.settings {
        let _ = write!(body, " ALTER ROLE {name} SET {setting} = '{value}';");
    }
    block(sql, &format!("IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN {body} END IF;"));
}

fn member(sql: &mut String, role: &str, group: &str, is: bool) {
    let direct = format!(
        "EXISTS (SELECT FROM pg_auth_members WHERE roleid = '{group}'::regrole AND member = '{role}'::regrole)"
    );
    let body = match is {
        true => format!("IF NOT {direct} THEN GRANT {group} TO {role}; END IF;"),
        false => format!("IF {direct} THEN REVOKE {group} FROM {role}; END IF;"),
    };
    block(sql, &body);
}

/// Only where it is another's: a change of owner waits for every transaction on the table.
fn owners(sql: &mut String, matrix: &Matrix, migrator: &str) {
    let names = |rows: &BTreeMap<String, Row>| {
        rows.keys().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    };
    let _ = write!(
        sql,
        "\nDO $$ DECLARE name text; BEGIN\n\
         FOR name IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> '{migrator}'::regrole\n\
         AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relname IN ({})\n\
         LOOP EXECUTE format('ALTER TABLE %s OWNER TO {migrator}', name); END LOOP;\n\
         FOR name IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner <> '{migrator}'::regrole\n\
         AND proname IN ({})\n\
         LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO {migrator}', name); END LOOP;\n\
         END $$;\n",
        names(&matrix.relation),
        names(&matrix.function),
    );
}

/// Takes all rights from all, then gives what the row says.
fn rights(sql: &mut String, (sort, name): (&str, &str), row: &Row, prefix: &Prefix, others: &str) {
    let mut body = vec![format!("REVOKE ALL ON {sort} public.{name} FROM PUBLIC, {others};")];
    for (role, rights) in &row.rights {
        let words: Vec<String> = rights.iter().map(|right| spelled(right)).collect();
        body.push(format!("GRANT {} ON {sort} public.{name} TO {};", words.join(", "), prefix.role(role)));
    }
    sql.push('\n');
    sql.push_str(&body.join("\n"));
    sql.push('\n');
}

/// `update(tx, parked)` as `UPDATE (tx, parked)`.
fn spelled(right: &str) -> String {
    match right.split_once('(') {
        Some((word, columns)) => format!("{} ({columns}", word.to_uppercase()),
        None => right.to_uppercase(),
    }
}
