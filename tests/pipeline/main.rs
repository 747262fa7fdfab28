//! The whole sample wire through the whole pipeline, on both buses, undisturbed and killed, in one process and in many:
//! Postgres and the topic must equal the manifest.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wiredesk_tests::flow::{finished, settled};
use wiredesk_tests::{
    BusChoice, Desk, Process, Wire, compare, cookbook, docs, measured, panels, ports, views,
};

/// Least length of the embargo, by the wall clock.
const EMBARGO: Duration = Duration::from_secs(75);
/// The same where processes are killed: each start takes its time.
const EMBARGO_WITH_KILLS: Duration = Duration::from_secs(240);

/// Two deployments at a time: more would only wait for each other's turn on a small machine.
static ROOM: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

fn assert_equal(desk: &Desk, wrong: &[String]) {
    assert!(wrong.is_empty(), "{} differences from the manifest:\n{}", wrong.len(), wrong.join("\n"));
    let (code, report) = desk.run(&["audit"]);
    assert_eq!(code, 0, "audit: {report}");
    assert!(report.contains("equal"), "audit: {report}");
}

fn assert_drains(process: Process) {
    let log = process.log.clone();
    let status = process.stop(Duration::from_secs(30));
    assert!(status.is_some_and(|s| s.success()), "no graceful stop ({status:?}); see {}", log.display());
}

async fn undisturbed(bus: BusChoice) {
    let _room = ROOM.acquire().await;
    let wire = Wire::serve(EMBARGO).await;
    let Some(desk) = Desk::prepare(bus, wire.source_tables()).await else { return };
    let admin = ports::free_port();
    let listen = format!("127.0.0.1:{admin}");
    let mut processes = [desk.start_with(&["run"], &[("WIREDESK__ADMIN__LISTEN", &listen)])];
    for stop in wire.stops() {
        wire.advance(stop).await;
        settled(&desk, &wire, stop, &mut processes).await;
    }
    finished(&desk, &wire, &mut processes).await;
    let wrong = compare::differences(&desk, &wire.manifest).await;
    assert_equal(&desk, &wrong);
    let wrong = cookbook::wrong(&desk).await;
    assert!(wrong.is_empty(), "docs/sql.md: {}", wrong.join("\n"));
    let wrong = panels::wrong(&desk).await;
    assert!(wrong.is_empty(), "deploy/grafana: {}", wrong.join("\n"));
    if bus == BusChoice::Kafka {
        let wrong = docs::wrong(&desk, admin).await;
        assert!(wrong.is_empty(), "the documentation: {}", wrong.join("\n\n"));
    }
    let [process] = processes;
    let wrong = measured::missing(&desk, &process).await;
    assert!(wrong.is_empty(), "dashboards and alerts: {}", wrong.join("\n"));
    assert_drains(process);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_wire_on_the_postgres_bus() {
    undisturbed(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_wire_on_kafka() {
    undisturbed(BusChoice::Kafka).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_and_indexes_are_those_that_the_documentation_tells_of() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let mut wrong = views::wrong(postgres.pool()).await;
    wrong.extend(views::wrong_indexes(postgres.pool()).await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `kill -9` of the whole process at ten seeded moments.
async fn killed(bus: BusChoice, seed: u64) {
    let _room = ROOM.acquire().await;
    let wire = Wire::serve(EMBARGO_WITH_KILLS).await;
    let Some(desk) = Desk::prepare(bus, wire.source_tables()).await else { return };
    let mut random = StdRng::seed_from_u64(seed);
    let stops = wire.stops();
    let mut kills: Vec<usize> = (0..stops.len()).collect();
    while kills.len() > 10 {
        kills.remove(random.random_range(0..kills.len()));
    }
    let mut processes = [desk.start(&["run"])];
    let mut done = 0;
    for (n, stop) in stops.iter().enumerate() {
        wire.advance(*stop).await;
        for _ in 0..kills.iter().filter(|k| **k == n).count() {
            // Anywhere between the first poll and the last deleted outbox row.
            tokio::time::sleep(Duration::from_millis(random.random_range(0..1800))).await;
            processes[0].kill();
            processes[0] = desk.start(&["run"]);
            done += 1;
        }
        settled(&desk, &wire, *stop, &mut processes).await;
    }
    // Few stops: the rest of the ten go on the quiet pipeline.
    while done < 10 {
        tokio::time::sleep(Duration::from_millis(random.random_range(0..1800))).await;
        processes[0].kill();
        processes[0] = desk.start(&["run"]);
        done += 1;
    }
    finished(&desk, &wire, &mut processes).await;
    let wrong = compare::differences(&desk, &wire.manifest).await;
    assert_equal(&desk, &wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_on_the_postgres_bus() {
    killed(BusChoice::Postgres, 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_on_kafka() {
    killed(BusChoice::Kafka, 11).await;
}

/// Each stage as its own process, two cleaners and two processors in their groups.
#[tokio::test(flavor = "multi_thread")]
async fn every_stage_its_own_process_on_kafka() {
    let _room = ROOM.acquire().await;
    let wire = Wire::serve(EMBARGO).await;
    let Some(desk) = Desk::prepare(BusChoice::Kafka, wire.source_tables()).await else { return };
    let (code, output) = desk.run(&["migrate"]);
    assert_eq!(code, 0, "migrate: {output}");
    let stages: [&[&str]; 8] = [
        &["fetcher"],
        &["cleaner"],
        &["cleaner", "--set", "log.filter=info"],
        &["processor"],
        &["processor", "--set", "log.filter=info"],
        &["relay"],
        &["stories"],
        &["api"],
    ];
    let mut processes: Vec<Process> = stages.iter().map(|stage| desk.start(stage)).collect();
    for stop in wire.stops() {
        wire.advance(stop).await;
        settled(&desk, &wire, stop, &mut processes).await;
    }
    finished(&desk, &wire, &mut processes).await;
    let wrong = compare::differences(&desk, &wire.manifest).await;
    assert_equal(&desk, &wrong);
    for process in processes {
        assert_drains(process);
    }
}
