//! The order of the outbox, and rows that do not fit it.

use wiredesk_bus::memory::FaultPlan;
use wiredesk_contract::Kind;
use wiredesk_store::ledger::Faults;
use wiredesk_store::outbox::{self, Cursor, NewRow};

use crate::bench::{Desk, at, delivery, item_id, quick};

fn row(event_id: &str, payload: &[u8]) -> NewRow {
    NewRow {
        kind: Kind::Item,
        key: "key".to_owned(),
        event_id: event_id.to_owned(),
        payload: payload.to_vec(),
        headers: vec![("ce_id".to_owned(), event_id.to_owned())],
        created: at(0),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_commits_late_is_not_passed_by() {
    let Some((desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    let db = &desk.deps.db;
    // The first transaction takes the lower number and commits after the second.
    let mut late = db.begin().await.unwrap();
    outbox::insert(&mut late, &[row("late/1", b"{}")]).await.unwrap();
    let mut early = db.begin().await.unwrap();
    outbox::insert(&mut early, &[row("early/1", b"{}")]).await.unwrap();
    early.commit().await.unwrap();

    // A reader by `seq > last` would take this one and never come back for the other.
    assert_eq!(outbox::next(db, Cursor::default(), 10, 1 << 20).await.unwrap(), []);
    assert_eq!(outbox::backlog(db).await.unwrap().hidden, 1);
    let relay = desk.relay(quick(), Faults::none());
    late.commit().await.unwrap();
    desk.drained().await;
    relay.stop().await.unwrap();
    assert_eq!(desk.published().await, ["late/1", "early/1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_transaction_is_open_a_working_relay_passes_nothing_by() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    let relay = desk.relay(quick(), Faults::none());
    let mut names = Vec::new();
    for n in 0..8 {
        let mut open = desk.deps.db.begin().await.unwrap();
        let name = format!("open{n}/1");
        outbox::insert(&mut open, &[row(&name, b"{}")]).await.unwrap();
        names.push(name);
        let item = format!("item {n}");
        desk.take(&[delivery(&item, 1, "uno")]).await;
        names.push(format!("{}/1", item_id(&item)));
        open.commit().await.unwrap();
    }
    desk.drained().await;
    relay.stop().await.unwrap();
    let mut published = desk.published().await;
    published.sort();
    names.sort();
    assert_eq!(published, names);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_of_an_item_keep_their_order() {
    let Some(mut desk) = Desk::postgres().await else { return };
    let relay = desk.relay(quick(), Faults::none());
    for revision in 1..=30 {
        desk.take(&[delivery("hilo", revision, &revision.to_string())]).await;
    }
    desk.drained().await;
    relay.stop().await.unwrap();
    let expected: Vec<String> = (1..=30).map(|v| format!("{}/{v}", item_id("hilo"))).collect();
    assert_eq!(desk.published().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_too_large_is_set_aside_and_the_others_go() {
    let Some((desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    let mut tx = desk.deps.db.begin().await.unwrap();
    let huge = vec![b' '; 3 << 20];
    outbox::insert(&mut tx, &[row("a/1", b"{}"), row("huge/1", &huge), row("b/1", b"{}")]).await.unwrap();
    tx.commit().await.unwrap();
    desk.publish().await;
    assert_eq!(desk.published().await, ["a/1", "b/1"]);
    assert_eq!(outbox::backlog(&desk.deps.db).await.unwrap().parked, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_from_another_servers_dump_are_published_first() {
    let Some((desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    let mut tx = desk.deps.db.begin().await.unwrap();
    outbox::insert(&mut tx, &[row("restored/1", b"{}")]).await.unwrap();
    sqlx::query("UPDATE outbox SET tx = '9000000000'::xid8").execute(&mut *tx).await.unwrap();
    outbox::insert(&mut tx, &[row("own/1", b"{}")]).await.unwrap();
    tx.commit().await.unwrap();
    desk.publish().await;
    assert_eq!(desk.published().await, ["restored/1", "own/1"]);
}

/// Prints how fast an outbox empties; it asserts only that nothing is lost on the way.
async fn empties(mut desk: Desk) {
    let bus = desk.deps.bus.name();
    let body = "Una frase de la mesa de noticias. ".repeat(60);
    for block in 0..20 {
        let many: Vec<_> = (0..200).map(|n| delivery(&format!("item {block} {n}"), 1, &body)).collect();
        desk.take(&many).await;
    }
    let began = std::time::Instant::now();
    let relay = desk.relay(wiredesk_relay::Config::default(), Faults::none());
    desk.drained().await;
    let seconds = began.elapsed().as_secs_f64();
    relay.stop().await.unwrap();
    println!(
        "{bus}: 4000 records of 2 kB published and read back in {seconds:.2} s, {:.0}/s",
        4000.0 / seconds
    );
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_outbox_empties_into_postgres() {
    let Some(desk) = Desk::postgres().await else { return };
    empties(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_outbox_empties_into_kafka() {
    let Some(desk) = Desk::kafka().await else { return };
    empties(desk).await;
}
