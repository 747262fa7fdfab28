//! Every panel of the dashboards asked of a desk's Postgres, as the role that dashboards have.

use std::time::Duration;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool};

use crate::Desk;
use crate::grafana::{Query, dashboards, expand};

const PASSWORD: &str = "for-the-panels";

/// Asks each panel. What is wrong, a sentence each: a statement that fails, finds nothing, or has not the columns that its panel needs.
pub async fn wrong(desk: &Desk) -> Vec<String> {
    let roles = desk.prefix.replace('-', "_");
    let (code, output) = desk.run(&["migrate", "--roles", "--role-prefix", &roles]);
    if code != 0 {
        return vec![format!("the roles are not made: {output}")];
    }
    let user = format!("{roles}_dashboard");
    admin(desk, &format!("ALTER ROLE {user} PASSWORD '{PASSWORD}'")).await;
    let url = desk.postgres.url();
    let options: PgConnectOptions = url.parse().unwrap_or_else(|e| panic!("{url}: {e}"));
    let login = options.username(&user).password(PASSWORD);
    let db = PgPoolOptions::new().max_connections(1).connect_with(login).await;
    let db = db.unwrap_or_else(|e| panic!("{user} cannot log in: {e}"));
    let found = all(&db).await;
    db.close().await;
    forget(desk, &roles).await;
    found
}

async fn all(db: &PgPool) -> Vec<String> {
    let mut wrong = Vec::new();
    let dashboards = dashboards();
    if dashboards.len() != 3 {
        wrong.push(format!("there are {} dashboards", dashboards.len()));
    }
    for dashboard in dashboards {
        wrong.extend(dashboard.incomplete());
        // Each variable at "All", as Grafana writes it: what the file says, else each value in quotes; and at one value.
        let (mut every, mut first) = (Vec::new(), Vec::new());
        for (name, query, all) in dashboard.variables() {
            let rows = ask(db, &query, &[]).await.unwrap_or_else(|error| {
                wrong.push(error);
                Vec::new()
            });
            let value = |row: &Value| {
                let value = row.get("__value").or_else(|| row.as_object()?.values().next());
                format!("'{}'", value.and_then(Value::as_str).unwrap_or_default().replace('\'', "''"))
            };
            let values: Vec<String> = rows.iter().map(value).collect();
            first.extend(values.first().map(|value| (name.clone(), value.clone())));
            every.push((name, all.unwrap_or_else(|| values.join(","))));
        }
        for query in dashboard.sql() {
            wrong.extend(panel(db, &query, &every).await);
            if !first.is_empty() {
                wrong.extend(ask(db, &query, &first).await.err());
            }
        }
    }
    wrong
}

async fn panel(db: &PgPool, query: &Query, variables: &[(String, String)]) -> Option<String> {
    let rows = match ask(db, query, variables).await {
        Ok(rows) => rows,
        Err(error) => return Some(error),
    };
    let Some(row) = rows.first().and_then(Value::as_object) else {
        return Some(format!("{} finds nothing: {}", query.place, query.text));
    };
    let values = || row.iter().filter(|(name, _)| *name != "time");
    if values().all(|(_, value)| value.is_null()) {
        return Some(format!("{} finds nothing: {}", query.place, query.text));
    }
    let series = query.format == "time_series";
    if series
        && !(row.get("time").is_some_and(Value::is_number) && values().any(|(_, value)| value.is_number()))
    {
        return Some(format!("{} needs a column time and a number: {row:?}", query.place));
    }
    None
}

async fn ask(db: &PgPool, query: &Query, variables: &[(String, String)]) -> Result<Vec<Value>, String> {
    let sql = expand(query, variables);
    if sql.contains('$') {
        return Err(format!("{}: {sql} has a variable that is none", query.place));
    }
    // As JSON: a value is looked at whatever its type.
    let wrapped = format!("SELECT to_jsonb(panel) FROM ({sql}) AS panel");
    let asked = sqlx::query_scalar(AssertSqlSafe(wrapped)).fetch_all(db);
    match tokio::time::timeout(Duration::from_secs(20), asked).await {
        Ok(Ok(rows)) => Ok(rows),
        Ok(Err(error)) => Err(format!("{} fails: {error}: {sql}", query.place)),
        Err(_) => Err(format!("{} takes too long: {sql}", query.place)),
    }
}

async fn admin(desk: &Desk, statement: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(desk.db()).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Roles belong to the whole server and would outlive the test's database.
async fn forget(desk: &Desk, roles: &str) {
    let made: Vec<String> =
        sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, $1)")
            .bind(format!("{roles}_"))
            .fetch_all(desk.db())
            .await
            .unwrap_or_else(|error| panic!("the roles: {error}"));
    for role in &made {
        admin(desk, &format!("REASSIGN OWNED BY \"{role}\" TO CURRENT_USER; DROP OWNED BY \"{role}\"")).await;
    }
    for role in &made {
        admin(desk, &format!("DROP ROLE \"{role}\"")).await;
    }
}
