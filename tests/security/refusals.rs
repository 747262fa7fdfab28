//! What each role is refused, and what it is not: by its own login.

use sqlx::{AssertSqlSafe, PgPool};

use crate::desk::Guarded;
use crate::servers;

/// insufficient_privilege, read_only_sql_transaction, query_canceled.
const FORBIDDEN: &str = "42501";
const READ_ONLY: &str = "25006";
const CANCELLED: &str = "57014";
/// It is allowed.
const FINE: &str = "";

const CASES: [(&str, &str, &str); 56] = [
    ("fetcher", "SELECT * FROM item", FORBIDDEN),
    ("fetcher", "SELECT * FROM verdict", FORBIDDEN),
    ("fetcher", "DELETE FROM source", FORBIDDEN),
    ("fetcher", "SELECT secret FROM websub_subscription", FINE),
    ("fetcher", "UPDATE source SET failures = 0 WHERE false", FINE),
    ("cleaner", "SELECT * FROM source", FORBIDDEN),
    (
        "cleaner",
        "INSERT INTO outbox (kind, key, event_id, payload, headers, created) VALUES ('item', 'x', 'x/1', '', '[]', now())",
        FORBIDDEN,
    ),
    ("cleaner", "UPDATE verdict SET verdict = '{}'", FORBIDDEN),
    ("cleaner", "DELETE FROM verdict", FORBIDDEN),
    ("cleaner", "SELECT * FROM verdict", FINE),
    ("processor", "DELETE FROM item", FORBIDDEN),
    ("processor", "DELETE FROM item_version", FORBIDDEN),
    ("processor", "UPDATE item_version SET version = 2", FORBIDDEN),
    ("processor", "DELETE FROM outbox", FORBIDDEN),
    ("processor", "UPDATE status_audit SET actor = 'nobody'", FORBIDDEN),
    ("processor", "SELECT kept FROM verdict", FORBIDDEN),
    ("processor", "SELECT doc FROM item FOR UPDATE", FINE),
    ("relay", "UPDATE item SET version = 2", FORBIDDEN),
    ("relay", "UPDATE item_version SET doc = '{}'", FORBIDDEN),
    ("relay", "SELECT doc FROM item", FORBIDDEN),
    (
        "relay",
        "INSERT INTO outbox (kind, key, event_id, payload, headers, created) VALUES ('item', 'x', 'x/1', '', '[]', now())",
        FORBIDDEN,
    ),
    ("relay", "UPDATE outbox SET payload = ''", FORBIDDEN),
    ("relay", "SELECT payload FROM outbox", FINE),
    ("stories", "SELECT * FROM item", FORBIDDEN),
    ("stories", "SELECT payload FROM outbox", FORBIDDEN),
    ("stories", "UPDATE story SET items = 0 WHERE false", FINE),
    ("api", "INSERT INTO item (item_id) VALUES ('x')", FORBIDDEN),
    ("api", "UPDATE source SET paused = true WHERE false", FINE),
    ("api", "UPDATE source SET url = ''", FORBIDDEN),
    // It asks for a wire to be looked at; what was seen there is a fetcher's word, and so is that it is listed.
    ("api", "INSERT INTO source (id) VALUES ('x')", FORBIDDEN),
    ("api", "UPDATE source_look SET preview = '{}'", FORBIDDEN),
    ("api", "UPDATE source_look SET source_id = 'x'", FORBIDDEN),
    ("api", "UPDATE source_look SET wish = '{}' WHERE false", FINE),
    ("fetcher", "UPDATE source_look SET wish = '{}'", FORBIDDEN),
    ("api", "SELECT copy FROM item_version", FORBIDDEN),
    ("api", "SELECT held FROM item_version", FORBIDDEN),
    ("api", "SELECT * FROM outbox", FORBIDDEN),
    ("api", "SELECT secret FROM websub_subscription", FORBIDDEN),
    ("api", "SELECT version, doc FROM item_version", FINE),
    ("api", "SELECT secret FROM alert", FORBIDDEN),
    ("api", "SELECT url FROM alert", FORBIDDEN),
    ("api", "UPDATE alert SET url = ''", FORBIDDEN),
    ("alerts", "SELECT secret FROM alert", FINE),
    ("alerts", "UPDATE alert SET url = ''", FORBIDDEN),
    ("alerts", "SELECT copy FROM item_version", FORBIDDEN),
    ("alerts", "UPDATE item SET version = 2", FORBIDDEN),
    ("operator", "SELECT secret FROM websub_subscription", FORBIDDEN),
    ("operator", "UPDATE status_audit SET actor = 'nobody'", FORBIDDEN),
    ("operator", "DELETE FROM outbox", FORBIDDEN),
    ("dashboard", "SELECT payload FROM outbox", FORBIDDEN),
    ("dashboard", "SELECT * FROM verdict", FORBIDDEN),
    ("dashboard", "SELECT doc FROM item", FORBIDDEN),
    ("dashboard", "SELECT config FROM source", FORBIDDEN),
    ("dashboard", "CREATE TEMPORARY TABLE x (y integer)", READ_ONLY),
    ("dashboard", "SELECT * FROM v_pipeline_lag", FINE),
    ("dashboard", "SELECT pg_sleep(600)", CANCELLED),
];

/// The SQLSTATE of a statement's refusal.
async fn outcome(db: &PgPool, statement: &str) -> String {
    match sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(db).await {
        Ok(_) => String::new(),
        Err(sqlx::Error::Database(refusal)) => refusal.code().unwrap_or_default().into_owned(),
        Err(error) => panic!("{statement}: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_is_refused_what_is_not_its_own() {
    let Some(postgres) = servers::postgres() else { return };
    let guarded = Guarded::prepare(postgres, None, Vec::new()).await;
    let dashboard = guarded.role("dashboard");
    let set: Vec<String> =
        sqlx::query_scalar("SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = $1::regrole")
            .bind(&dashboard)
            .fetch_all(guarded.desk.db())
            .await
            .unwrap();
    for setting in [
        "default_transaction_read_only=on",
        "statement_timeout=15s",
        "idle_in_transaction_session_timeout=30s",
        "lock_timeout=5s",
    ] {
        assert!(set.iter().any(|s| s == setting), "{setting} is not among {set:?}");
    }
    // So that the test need not wait as long as a dashboard may.
    guarded.admin(&format!("ALTER ROLE {dashboard} SET statement_timeout = '500ms'")).await;
    let mut wrong = Vec::new();
    for role in ["fetcher", "cleaner", "processor", "relay", "stories", "api", "operator", "dashboard"] {
        let db = guarded.connect(role).await;
        for (_, statement, expected) in CASES.iter().filter(|case| case.0 == role) {
            let found = outcome(&db, statement).await;
            if found != *expected {
                wrong.push(format!("{role}: {statement}: {found:?}, must be {expected:?}"));
            }
        }
        // Nobody but the migrator makes or unmakes anything, and nobody becomes another.
        for statement in [
            "CREATE TABLE x (y integer)",
            "DROP TABLE item",
            "TRUNCATE item",
            "DELETE FROM _sqlx_migrations",
            "CREATE ROLE x",
            "SET ROLE wiredesk",
        ] {
            let found = outcome(&db, statement).await;
            if found != FORBIDDEN && found != READ_ONLY {
                wrong.push(format!("{role}: {statement}: {found:?}"));
            }
        }
        db.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_kafka_no_service_touches_the_tables_of_the_other_bus() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    let guarded = Guarded::prepare(postgres, Some(kafka), Vec::new()).await;
    for role in crate::desk::SERVICES {
        let db = guarded.connect(role).await;
        assert_eq!(outcome(&db, "SELECT * FROM bus_record").await, FORBIDDEN, "{role}");
        db.close().await;
    }
}
