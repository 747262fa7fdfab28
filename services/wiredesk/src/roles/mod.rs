//! The roles of least privilege in Postgres: `schemas/postgres/roles.toml` as SQL, and its application.

mod matrix;
mod script;

use std::fmt;

use sqlx::PgPool;
use wiredesk_bus::config::BusKind;

use crate::failure::Failure;
use matrix::Matrix;

/// First part of the roles' names: roles belong to the whole cluster, so each deployment in it has its own.
#[derive(Clone, Debug)]
pub struct Prefix(String);

impl Prefix {
    /// A role's whole name.
    fn role(&self, name: &str) -> String {
        format!("{}_{name}", self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a prefix as it stands on the command line: names are never quoted, so it holds what needs no quotes.
///
/// # Errors
/// A sentence, where it holds anything else.
pub fn prefix(text: &str) -> Result<Prefix, String> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let fits = (1..=40).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_lowercase());
    if fits && text.chars().all(legal) {
        return Ok(Prefix(text.to_owned()));
    }
    Err("it begins with a small letter and has small letters, digits and _, 40 at most".to_owned())
}

/// The whole script, for a database administrator to run.
///
/// # Errors
/// [`Failure`] where the matrix of this build cannot be read.
pub fn script(prefix: &Prefix, bus: BusKind) -> Result<String, Failure> {
    Ok(script::write(&Matrix::of_this_build()?, prefix, bus))
}

/// Makes the roles that are missing and sets the rights of all, in one transaction.
///
/// # Errors
/// [`Failure`] where the user may not make roles, or Postgres refuses a statement.
pub async fn apply(db: &PgPool, prefix: &Prefix, bus: BusKind) -> Result<(), Failure> {
    let matrix = Matrix::of_this_build()?;
    may_make_roles(db, &matrix, prefix).await?;
    let script = script::write(&matrix, prefix, bus);
    let wrong = |error: sqlx::Error| {
        Failure::Failed(format!(
            "the roles cannot be made: {error}; run it as the owner of the database, or let an administrator run \
             `wiredesk migrate --roles --print` through psql"
        ))
    };
    let mut transaction = db.begin().await.map_err(wrong)?;
    // The script is made of names of our own and of a prefix of letters, digits and _.
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *transaction).await.map_err(wrong)?;
    transaction.commit().await.map_err(wrong)
}

/// What is left to do by hand, as SQL for psql.
///
/// # Errors
/// [`Failure`] where the matrix of this build cannot be read.
pub fn next_steps(prefix: &Prefix) -> Result<String, Failure> {
    let matrix = Matrix::of_this_build()?;
    let mut lines = vec![
        format!("The roles {prefix}_… have exactly the rights of schemas/postgres/roles.toml."),
        "Next, in psql: a login for each service, in the role of the service (names are yours to choose);"
            .to_owned(),
        "its URL goes to DATABASE_URL of that service alone.".to_owned(),
        String::new(),
    ];
    for (name, role) in matrix.role.iter().filter(|(_, role)| role.is_service()) {
        let group = prefix.role(name);
        let login = format!("{prefix}_login_{name}");
        lines.push(format!("CREATE ROLE {login} LOGIN IN ROLE {group};  -- {}", role.what));
        lines.push(format!("ALTER ROLE {login} SET idle_in_transaction_session_timeout = '60s';"));
        if name == "migrator" {
            lines.push(format!(
                "ALTER ROLE {login} SET role = '{group}';  -- what it makes belongs to the group"
            ));
        }
        lines.push(format!("\\password {login}"));
    }
    lines.push(format!("\\password {}", prefix.role("dashboard")));
    Ok(lines.join("\n"))
}

async fn may_make_roles(db: &PgPool, matrix: &Matrix, prefix: &Prefix) -> Result<(), Failure> {
    let names: Vec<String> = matrix.role.keys().map(|name| prefix.role(name)).collect();
    let (user, may, missing): (String, bool, i64) = sqlx::query_as(
        "SELECT rolname::text, rolsuper OR rolcreaterole,
                (SELECT count(*) FROM UNNEST($1::text[]) AS t (name) WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name))
         FROM pg_roles WHERE rolname = current_user",
    )
    .bind(&names)
    .fetch_one(db)
    .await
    .map_err(Failure::of)?;
    if may || missing == 0 {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "the Postgres user {user} may not make roles (it lacks CREATEROLE), and {missing} of them are missing: let an administrator \
         run `ALTER ROLE {user} CREATEROLE`, or `wiredesk migrate --roles --print` through psql"
    )))
}
