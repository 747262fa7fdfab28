//! The whole sample wire through the whole pipeline, on both buses, undisturbed and killed, in one process and in many:
//! Postgres and the topic must equal the manifest.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wiredesk_sample_wire::Manifest;
use wiredesk_sample_wire::manifest::ExpectedItem;
use wiredesk_tests::{BusChoice, Desk, Process, Wire, compare};

/// For what is lost it is waited in vain however long; what only takes its time on a busy machine must not fail.
const PATIENCE: Duration = Duration::from_secs(240);

/// Least length of the embargo, by the wall clock.
const EMBARGO: Duration = Duration::from_secs(75);
/// The same where processes are killed: each start takes its time.
const EMBARGO_WITH_KILLS: Duration = Duration::from_secs(240);

/// Two deployments at a time: more would only wait for each other's turn on a small machine.
static ROOM: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// Waits until everything that the wire has sent up to `second` is in the ledger and published.
async fn settled(desk: &Desk, wire: &Wire, second: i64, processes: &mut [Process]) {
    let sent = Manifest { items: wire.manifest.as_of(second), ..wire.manifest.clone() };
    // Versions that the ledger itself releases come by the wall clock: they are not counted here.
    let count = |item: &ExpectedItem| item.versions.iter().filter(|v| !v.by_ledger).count() as i64;
    let expected: i64 = sent.items.iter().map(count).sum();
    let what = format!("everything up to second {second} ({expected} versions)");
    let waited = desk.wait(&what, PATIENCE, processes, async || {
        let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM item_version v WHERE change <> 'status'")
            .fetch_one(desk.db())
            .await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        let done = stored >= expected && waiting == 0;
        Ok((!done).then(|| format!("{stored} versions, {waiting} in the outbox")))
    });
    if let Err(left) = waited.await {
        panic!("{left}\n{}", compare::differences(desk, &sent).await.join("\n"));
    }
}

/// Waits for the end: embargoes over, stories placed, nothing under way.
async fn finished(desk: &Desk, wire: &Wire, processes: &mut [Process]) {
    let versions: i64 = wire.manifest.items.iter().map(|i| i.versions.len() as i64).sum();
    let placed = wire.manifest.items.iter().filter(|i| i.story.is_some()).count() as i64;
    let what = format!("all {versions} versions");
    let patience = wire.embargo_left() + Duration::from_secs(150);
    let waited = desk.wait(&what, patience, processes, async || {
        let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM item_version").fetch_one(desk.db()).await?;
        let stories: i64 =
            sqlx::query_scalar("SELECT count(*) FROM story_item WHERE story_id IS NOT NULL").fetch_one(desk.db()).await?;
        let behind: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM item i LEFT JOIN story_item s USING (item_id) WHERE s.version IS DISTINCT FROM i.version",
        )
        .fetch_one(desk.db())
        .await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        if stored >= versions && stories >= placed && behind == 0 && waiting == 0 {
            return Ok(None);
        }
        Ok(Some(format!(
            "{stored} versions, {stories} of {placed} placed in stories, {behind} behind, {waiting} in the outbox"
        )))
    });
    if let Err(left) = waited.await {
        panic!("{left}\n{}", compare::differences(desk, &wire.manifest).await.join("\n"));
    }
}

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
    let mut processes = [desk.start(&["run"])];
    for stop in wire.stops() {
        wire.advance(stop).await;
        settled(&desk, &wire, stop, &mut processes).await;
    }
    finished(&desk, &wire, &mut processes).await;
    let wrong = compare::differences(&desk, &wire.manifest).await;
    assert_equal(&desk, &wrong);
    let [process] = processes;
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
