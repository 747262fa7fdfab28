//! The loop: what it does with bad input, with errors, and at the end.

mod common;
mod gaps;

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use common::*;
use wiredesk_bus::memory::FaultPlan;
use wiredesk_contract::Kind;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{DeadLetterLimits, Emitter, Origin, Output, StageError, run_stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_costs_no_neighbour() {
    let desk = Desk::new().await;
    let newer = String::from_utf8(raw("x")).unwrap().replace("\"schema_version\":1", "\"schema_version\":9");
    desk.put(vec![
        raw("one"),
        b"{not json".to_vec(),
        raw("panic"),
        newer.into_bytes(),
        raw("skip"),
        raw("dead"),
        b"\xff\xfe".to_vec(),
        raw("two"),
    ])
    .await;
    let seen = Seen::default();
    let running = tokio::spawn({
        let (deps, probe) = (desk.deps.clone(), Probe::new(&seen));
        async move { run_stage(probe, &quick(), &deps).await }
    });
    desk.committed(8).await;
    assert_eq!(desk.deps.health.snapshot()["probe"], State::Ready);
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(seen.titles(), ["one#0", "two#4"]);
    let dead = desk.dead().await;
    let told: Vec<String> = dead
        .iter()
        .map(|(d, _)| format!("{} {} {}: {}", d.partition, d.offset, d.reason, d.explanation))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(unbase64(&dead[0].0.payload), b"{not json");
    assert_eq!(unbase64(&dead[3].0.payload), raw("dead"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_as_it_travels() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one"), b"{}".to_vec()]).await;
    let running = tokio::spawn({
        let (deps, probe) = (desk.deps.clone(), Probe::new(&Seen::default()));
        async move { run_stage(probe, &quick(), &deps).await }
    });
    desk.committed(2).await;
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    let (letter, record) = desk.dead().await.remove(0);
    insta::assert_json_snapshot!("dead_letter", letter);
    insta::assert_json_snapshot!("dead_letter_headers", record.headers);
    assert_eq!(record.key, "k");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_stops_before_everything_is_a_dead_letter() {
    let desk = Desk::new().await;
    desk.put((0..50).map(|_| raw("dead")).collect()).await;
    let limits = DeadLetterLimits { consecutive: 10, share: 0.5, window: 200 };
    let config = wiredesk_runtime::LoopConfig { dead_letter_limits: limits, ..quick() };
    let error = run_stage(Probe::new(&Seen::default()), &config, &desk.deps).await.unwrap_err();
    insta::assert_snapshot!(error, @"the probe stage stops, because 10 records one after another were refused, the last at wiredesk.raw.v1 partition 0 offset 9: it has no title; look at the feed; mend the cause, or raise dead_letter_limits to let them all become dead letters");
    assert!(matches!(error, StageError::Fatal(_)));
    assert_eq!(desk.deps.health.snapshot()["probe"], State::Failed(error.to_string()));
    assert!(!desk.deps.health.is_live());
    assert_eq!(
        (desk.dead().await.len(), desk.committed_now().await),
        (0, None),
        "the input stays where it is"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transient_error_is_tried_again_with_the_same_work() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one"), raw("two")]).await;
    let seen = Seen::default()
        .failing((0..5).map(|n| StageError::Transient(format!("Postgres is away {n}"))).collect());
    let running = tokio::spawn({
        let (deps, probe) = (desk.deps.clone(), Probe::new(&seen));
        async move { run_stage(probe, &quick(), &deps).await }
    });
    desk.committed(2).await;
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(seen.cores.load(Ordering::Relaxed), 2, "the core is never asked twice");
    assert_eq!(seen.titles(), ["one#0", "two#1"]);
    let attempts = seen.attempts.lock().unwrap().clone();
    let failed = &attempts[..5];
    assert!(failed.iter().all(|a| *a == failed[0]), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_fenced_rejoins_and_reads_again() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one")]).await;
    let seen = Seen::default().failing(vec![StageError::Fenced("partition 0".to_owned())]);
    let running = tokio::spawn({
        let (deps, probe) = (desk.deps.clone(), Probe::new(&seen));
        async move { run_stage(probe, &quick(), &deps).await }
    });
    desk.committed(1).await;
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    // Read and judged again, because the dropped batch was never committed; stored once.
    assert_eq!(seen.titles(), ["one#1"]);
    assert_eq!((seen.assigned.load(Ordering::Relaxed), seen.revoked.load(Ordering::Relaxed)), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_finishes_the_batch_in_hand() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one"), raw("two")]).await;
    let seen = Seen::default();
    let probe = Probe::new(&seen);
    let gate = probe.gate.clone();
    let held = gate.lock().await;
    let running = tokio::spawn({
        let deps = desk.deps.clone();
        let one = wiredesk_runtime::LoopConfig { records: 1, ..quick() };
        async move { run_stage(probe, &one, &deps).await }
    });
    until("the store", || async { seen.attempts.lock().unwrap().len() == 1 }).await;
    desk.deps.shutdown.cancel();
    drop(held);
    running.await.unwrap().unwrap();
    assert_eq!(seen.titles(), ["one#0"]);
    assert_eq!(
        desk.committed_now().await,
        Some(1),
        "the first is committed, the second is left for the next start"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_does_not_wait_for_a_database_that_is_away() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one")]).await;
    let seen =
        Seen::default().failing((0..100_000).map(|_| StageError::Transient("away".to_owned())).collect());
    let running = tokio::spawn({
        let (deps, probe) = (desk.deps.clone(), Probe::new(&seen));
        async move { run_stage(probe, &quick(), &deps).await }
    });
    until("the retries", || async { seen.attempts.lock().unwrap().len() > 3 }).await;
    assert_eq!(desk.deps.health.snapshot()["probe"], State::Retrying("away".to_owned()));
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!((desk.committed_now().await, seen.titles().len()), (None, 0));
}

#[tokio::test]
async fn an_emitter_continues_the_trace_and_buries_what_is_too_large() {
    let desk = Desk::new().await;
    let emitter = Emitter::new(&desk.deps).await.unwrap();
    let origin =
        |trace: Option<&str>| Origin { partition: 0, offset: 7, traceparent: trace.map(str::to_owned) };
    let huge = "x".repeat(9 * 1024 * 1024);
    let outputs = vec![
        Output { value: raw_item("one"), origin: origin(Some(TRACE)) },
        Output { value: raw_item(&huge), origin: origin(None) },
        Output { value: raw_item("two"), origin: origin(None) },
    ];
    let places = emitter.send(&outputs, noon()).await.unwrap();
    let topics: Vec<&str> = places.iter().map(|p| p.topic.as_str()).collect();
    assert_eq!(topics, ["wiredesk.raw.v1", "wiredesk.dead.v1", "wiredesk.raw.v1"]);
    let mut reader = desk.deps.bus.reader(&desk.topic(Kind::Raw), Default::default()).await.unwrap();
    let mut traces = Vec::new();
    while traces.len() < 2 {
        let got = reader.next(std::time::Duration::from_millis(200)).await.unwrap();
        traces.extend(got.iter().filter_map(|r| r.record.header("traceparent").map(str::to_owned)));
    }
    assert_eq!(
        traces,
        [TRACE, &wiredesk_contract::envelope::traceparent_of("0123456789abcdef0123456789abcdef/1")]
    );
    let (dead, record) = desk.dead().await.remove(0);
    assert!(record.size() <= emitter.max_bytes(Kind::Dead));
    assert_eq!((dead.reason.as_str(), dead.stage.as_str()), ("too_large", "fetcher"));
    assert!(dead.explanation.contains("takes 8388608"), "{}", dead.explanation);
    // The rest of the payload is cut, and the letter says how much is there.
    let kept = unbase64(&dead.payload).len();
    assert!(dead.explanation.contains(&format!("first {kept} of")), "{}", dead.explanation);
    assert!(kept > 8 * 1024 * 1024);
}

/// Sends are lost or unanswered, commits are lost, members are thrown out: nothing is lost, and all is committed at last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_on_a_faulty_bus() {
    let mut faults = 0;
    for seed in 0..40 {
        let plan = FaultPlan {
            send_lost: 0.2,
            send_unanswered: 0.2,
            commit_lost: 0.2,
            member_killed: 0.1,
            most: 30,
            ..FaultPlan::default()
        };
        let desk = Desk::faulty(seed, plan).await;
        let titles: Vec<String> =
            (0..20).map(|n| if n % 7 == 3 { "dead".to_owned() } else { format!("t{n}") }).collect();
        for title in &titles {
            desk.put(vec![raw(title)]).await;
        }
        let end = desk.deps.bus.end_offsets(&desk.topic(Kind::Raw)).await.unwrap()[&0];
        let seen = Seen::default();
        let running = tokio::spawn({
            let (deps, probe) = (desk.deps.clone(), Probe::new(&seen));
            let small = wiredesk_runtime::LoopConfig { records: 3, ..quick() };
            async move { run_stage(probe, &small, &deps).await }
        });
        desk.committed(end).await;
        desk.deps.shutdown.cancel();
        running.await.unwrap().unwrap();
        let stored: BTreeSet<String> =
            seen.titles().iter().filter_map(|t| t.split_once('#').map(|(t, _)| t.to_owned())).collect();
        let wanted: BTreeSet<String> = titles.iter().filter(|t| *t != "dead").cloned().collect();
        assert_eq!(stored, wanted, "seed {seed}");
        let letters: BTreeSet<i64> = desk.dead().await.iter().map(|(d, _)| d.offset).collect();
        let dead = titles.iter().filter(|t| *t == "dead").count();
        assert!(letters.len() >= dead, "seed {seed}: {letters:?}");
        faults += desk.bus.faults();
    }
    assert!(faults > 400, "only {faults} faults");
}
