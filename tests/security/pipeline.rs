//! The whole sample wire through every stage, each its own process under its own login at every part: all is stored and
//! published, and nobody was refused anything.

use std::time::Duration;

use wiredesk_tests::flow::{finished, settled};
use wiredesk_tests::{Process, Wire, compare};

use crate::desk::{Guarded, SERVICES};
use crate::servers::{self, Kafka};

/// Least length of the embargo, by the wall clock.
const EMBARGO: Duration = Duration::from_secs(75);

/// What the parts say when they refuse something.
const REFUSALS: [&str; 4] =
    ["permission denied", "uthorization failed", "AuthorizationFailed", "must be owner"];

async fn everything_flows(kafka: Option<&'static Kafka>) {
    let Some(postgres) = servers::postgres() else { return };
    if wiredesk_tests::process::executable().is_none() {
        return;
    }
    let wire = Wire::serve(EMBARGO).await;
    let guarded = Guarded::prepare(postgres, kafka, wire.source_tables()).await;
    let start = |service: &&str| guarded.start(service, &[service, "--set", "log.filter=debug"]);
    let mut processes: Vec<Process> = SERVICES.iter().map(start).collect();
    for stop in wire.stops() {
        wire.advance(stop).await;
        settled(&guarded.desk, &wire, stop, &mut processes).await;
    }
    finished(&guarded.desk, &wire, &mut processes).await;
    let wrong = compare::differences(&guarded.desk, &wire.manifest).await;
    assert!(wrong.is_empty(), "{} differences from the manifest:\n{}", wrong.len(), wrong.join("\n"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // Every page and list of the API reads what its login may read.
    for path in [
        "/",
        "/sources",
        "/stories",
        "/pipeline",
        "/v1/items",
        "/v1/items?q=agua&language=es&topic=medtop:04000000&entity=ent:PER:nobody&place=geo:1&near=40,-3,50&urgency=9",
        "/v1/sources",
        "/v1/stories",
        "/v1/pipeline",
        "/v1/figures",
        "/v1/dead",
    ] {
        let answer = client.get(format!("http://127.0.0.1:{}{path}", guarded.desk.api)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }
    for args in [
        &["audit"][..],
        &["dead", "list"],
        &["sources", "list"],
        &["export", "--format", "jsonl"],
        &["replay", "--reenrich"],
        &["vocab", "find", "Madrid"],
    ] {
        let (code, output) = guarded.run("operator", args);
        assert!(code == 0 || output.contains("no entity"), "{args:?} by an operator: {output}");
        assert!(!args.contains(&"audit") || output.contains("equal"), "{output}");
    }
    let logs: Vec<_> = processes.iter().map(|process| process.log.clone()).collect();
    for process in processes {
        let (log, status) = (process.log.clone(), process.stop(Duration::from_secs(30)));
        assert!(status.is_some_and(|s| s.success()), "no graceful stop ({status:?}); see {}", log.display());
    }
    for log in logs {
        let text = std::fs::read_to_string(&log).unwrap();
        let refused: Vec<&str> =
            text.lines().filter(|line| REFUSALS.iter().any(|word| line.contains(word))).collect();
        assert!(refused.is_empty(), "{}: {}", log.display(), refused.join("\n"));
        crate::secrets::assert_none(&guarded, &log.display().to_string(), &text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_flows_under_roles_on_the_postgres_bus() {
    everything_flows(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_flows_under_roles_and_acls_on_kafka() {
    let Some(kafka) = servers::kafka() else { return };
    everything_flows(Some(kafka)).await;
}
