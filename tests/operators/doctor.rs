//! `wiredesk doctor` on a deployment that is well, and on ones that are not.

use std::collections::HashMap;

use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::config::ClientConfig;
use serde_json::Value;
use wiredesk_tests::{BusChoice, Desk};

use crate::{desk_on, settled};

/// What the doctor says: its exit code, and its findings as `grade about: sentence`, with what to do.
fn doctor(desk: &Desk) -> (i32, Vec<String>) {
    let (code, said) = desk.run(&["doctor", "--json"]);
    let report = said.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
    let report = report.unwrap_or_else(|| panic!("no report: {said}"));
    assert_eq!(report["well"].as_bool(), Some(code == 0), "{said}");
    let told = |finding: &Value| {
        let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}: {} | {}", word("grade"), word("about"), word("says"), word("todo"))
    };
    (code, report["findings"].as_array().unwrap().iter().map(told).collect())
}

fn says(findings: &[String], beginning: &str, within: &str) -> bool {
    findings.iter().any(|finding| finding.starts_with(beginning) && finding.contains(within))
}

/// Changes a topic's settings, as an operator by mistake.
async fn alter(desk: &Desk, topic: &str, settings: &[(&str, &str)]) {
    let servers = desk.kafka.as_deref().unwrap();
    let admin: AdminClient<_> = ClientConfig::new().set("bootstrap.servers", servers).create().unwrap();
    let change = AlterConfig {
        specifier: ResourceSpecifier::Topic(topic),
        entries: settings.iter().copied().collect::<HashMap<_, _>>(),
    };
    let done = admin.alter_configs([&change], &AdminOptions::new()).await.unwrap();
    assert!(done.iter().all(Result::is_ok), "{done:?}");
}

async fn from_nothing_to_well_and_back(bus: BusChoice) {
    let Some((desk, mut oracle)) = desk_on(bus, 11).await else { return };
    // A database without a table and a bus without a topic.
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public").execute(desk.db()).await.unwrap();
    let (code, findings) = doctor(&desk);
    assert_eq!(code, 1, "{findings:#?}");
    assert!(says(&findings, "ill schema", "run `wiredesk migrate`"), "{findings:#?}");

    let mut process = desk.start(&["run"]);
    oracle.issue(4);
    settled(&desk, &mut oracle, &mut process).await;
    let mut findings = Vec::new();
    // Stages may still be on their way to the end.
    let waited = desk.wait("a clean bill", crate::PATIENCE, std::slice::from_mut(&mut process), async || {
        let (code, said) = doctor(&desk);
        findings = said;
        // The tests' server does not flush its disk, which the doctor rightly does not like.
        findings.retain(|finding| !finding.contains("a power cut can ruin"));
        let ill = code != 0 && findings.iter().any(|finding| finding.starts_with("ill"));
        Ok((ill || says(&findings, "weak stages", "")).then(|| format!("{findings:#?}")))
    });
    waited.await.unwrap_or_else(|left| panic!("{left}"));
    for about in ["clock", "schema", "stages", "outbox", "dead", "wires", "disk"] {
        assert!(says(&findings, &format!("well {about}"), ""), "{about}: {findings:#?}");
    }

    // Nobody works, and there is work: the topic has a record that no processor has taken.
    process.stop(std::time::Duration::from_secs(30));
    sqlx::query("UPDATE input_offset SET next = 0 WHERE consumer LIKE 'processor@%'")
        .execute(desk.db())
        .await
        .unwrap();
    let (code, findings) = doctor(&desk);
    assert_eq!(code, 1, "{findings:#?}");
    assert!(says(&findings, "ill stages: processor has", "does not move"), "{findings:#?}");

    // A transaction that somebody forgot, and a row that is too large for its topic.
    let mut forgotten = desk.db().begin().await.unwrap();
    sqlx::query("UPDATE outbox SET parked = NULL").execute(&mut *forgotten).await.unwrap();
    sqlx::query("INSERT INTO outbox (kind, key, event_id, payload, headers, created, parked) VALUES ('item', 'k', 'k/1', '', '[]', now(), 'too large')")
        .execute(desk.db())
        .await
        .unwrap();
    let (_, findings) = doctor(&desk);
    assert!(says(&findings, "ill outbox: 1 row", "max.message.bytes"), "{findings:#?}");
    drop(forgotten);

    // A newer build has been here.
    sqlx::query("UPDATE _sqlx_migrations SET version = 9001 WHERE version = (SELECT max(version) FROM _sqlx_migrations)")
        .execute(desk.db())
        .await
        .unwrap();
    let (_, findings) = doctor(&desk);
    assert!(
        says(&findings, "ill schema: the database was brought up to date by a newer build", "9001"),
        "{findings:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_on_the_postgres_bus() {
    from_nothing_to_well_and_back(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_on_kafka() {
    from_nothing_to_well_and_back(BusChoice::Kafka).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_keeps_too_little_is_named() {
    let Some((desk, _)) = desk_on(BusChoice::Kafka, 12).await else { return };
    let (code, said) = desk.run(&["migrate"]);
    assert_eq!(code, 0, "{said}");
    let topic = desk.topics().name(wiredesk_contract::Kind::Raw).to_owned();
    alter(&desk, &topic, &[("retention.ms", "3600000"), ("cleanup.policy", "compact")]).await;
    let (code, findings) = doctor(&desk);
    assert_eq!(code, 1, "{findings:#?}");
    assert!(says(&findings, "ill topics", "keeps records for 1 h"), "{findings:#?}");
    assert!(says(&findings, "ill topics", "is compacted"), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_do_not_answer_are_named() {
    let Some((desk, _)) = desk_on(BusChoice::Postgres, 13).await else { return };
    let nowhere = wiredesk_tests::ports::free_port();
    let kafka = format!("bus.kafka.bootstrap_servers=127.0.0.1:{nowhere}");
    let (code, said) = desk.run(&["doctor", "--set", "bus.kind=kafka", "--set", &kafka]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("ILL   bus") && said.contains("is the kafka bus up"), "{said}");
    let database = format!("database.url=postgres://ana:geheim@127.0.0.1:{nowhere}/wiredesk");
    let (code, said) = desk.run(&["doctor", "--set", &database]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("ILL   postgres") && !said.contains("geheim"), "{said}");
}
