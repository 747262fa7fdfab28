//! The SQL of docs/sql.md, as it stands there.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor, Row};

use crate::Desk;

const PAGE: &str = include_str!("../../docs/sql.md");

/// The statements with the questions before them.
fn questions() -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    let mut question = "";
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("```sql\n") {
        question = before.lines().rev().find(|line| line.starts_with("**")).unwrap_or(question);
        let (sql, left) = after.split_once("```").unwrap_or((after, ""));
        found.push((question, sql));
        rest = left;
    }
    found
}

/// Asks each question, reading only and within five seconds. What is wrong, a sentence each: a statement that fails, or finds nothing.
pub async fn wrong(desk: &Desk) -> Vec<String> {
    let mut wrong = Vec::new();
    let questions = questions();
    if questions.len() < 20 {
        wrong.push(format!("docs/sql.md has {} questions", questions.len()));
    }
    for (question, sql) in questions {
        let mut connection = desk.db().acquire().await.unwrap_or_else(|e| panic!("{e}"));
        let asked = async {
            connection
                .execute("SET default_transaction_read_only = on; SET statement_timeout = '5s'")
                .await?;
            sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *connection).await
        };
        match tokio::time::timeout(Duration::from_secs(10), asked).await {
            Ok(Ok(rows)) if rows.iter().any(|row| !row.columns().is_empty()) => {}
            Ok(Ok(_)) => wrong.push(format!("{question} finds nothing:\n{sql}")),
            Ok(Err(error)) => wrong.push(format!("{question} fails: {error}\n{sql}")),
            Err(_) => wrong.push(format!("{question} takes too long")),
        }
        // Its settings go with it.
        drop(connection.detach());
    }
    wrong
}
