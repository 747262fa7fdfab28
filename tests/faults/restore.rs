//! Postgres is restored from a backup while the topics have what came after it: the ledger comes to it again, and nothing is said twice.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use wiredesk_tests::BusChoice;

use crate::life::{Life, Waited};

/// Runs one of Postgres's own programs on the deployment's database.
fn postgres(program: &str, url: &str, args: &[&str]) {
    let ran = Command::new(program).arg(url).args(args).output();
    let ran = ran.unwrap_or_else(|error| {
        panic!("{program} does not start ({error}); it comes with PostgreSQL's clients")
    });
    assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
}

fn back_up(url: &str, file: &Path) {
    postgres("pg_dump", url, &["--no-owner", "--file", &file.to_string_lossy()]);
}

fn restore(url: &str, file: &Path) {
    postgres("psql", url, &["-q", "-v", "ON_ERROR_STOP=1", "-c", "DROP SCHEMA public CASCADE"]);
    postgres("psql", url, &["-q", "-v", "ON_ERROR_STOP=1", "-c", "CREATE SCHEMA public"]);
    postgres("psql", url, &["-q", "-v", "ON_ERROR_STOP=1", "-f", &file.to_string_lossy()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_restored_from_a_backup_beside_kafka() {
    let Some(mut life) = Life::begin(BusChoice::Kafka, 5).await else { return };
    let file = life.desk.folder().join("backup.sql");
    let url = life.desk.postgres.url().to_owned();
    let mut process = life.desk.start(&["run"]);
    life.oracle.issue(8);
    settled(&mut life, &mut process).await;
    back_up(&url, &file);
    for _ in 0..2 {
        life.oracle.issue(4);
        life.oracle.correct();
        life.oracle.repeat();
        settled(&mut life, &mut process).await;
    }
    process.stop(Duration::from_secs(30));
    restore(&url, &file);
    let mut process = life.desk.start(&["run"]);
    settled(&mut life, &mut process).await;
    life.oracle.issue(1);
    settled(&mut life, &mut process).await;
    life.demand().await;
}

async fn settled(life: &mut Life, process: &mut wiredesk_tests::Process) {
    let waited = life.wait(process).await;
    assert!(matches!(waited, Waited::Settled), "the process ended: {}", process.tail());
}
