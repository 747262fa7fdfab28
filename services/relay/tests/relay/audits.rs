//! The audit sees what it is there to see.

use wiredesk_bus::memory::FaultPlan;
use wiredesk_bus::{Bus, Record};
use wiredesk_contract::Kind;

use crate::bench::{Desk, at, item_id};

fn record(desk: &Desk, event_id: &str, payload: &str) -> Record {
    Record {
        topic: desk.deps.topics.name(Kind::Item).to_owned(),
        key: "key".to_owned(),
        payload: payload.to_owned().into(),
        headers: vec![("ce_id".to_owned(), event_id.to_owned())],
        timestamp: at(0),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sort_of_difference_is_named() {
    let Some((mut desk, bus)) = Desk::memory(1, FaultPlan::default()).await else { return };
    desk.fill(4).await;
    let id = |n: usize, version: u32| format!("{}/{version}", item_id(&format!("item {n}")));
    // Version 2 of item 0 is lost on the way.
    sqlx::query("DELETE FROM outbox WHERE event_id = $1")
        .bind(id(0, 2))
        .execute(&desk.deps.db)
        .await
        .unwrap();
    // Item 1: a record with other bytes took the place of the right one.
    sqlx::query("UPDATE outbox SET payload = 'x' WHERE event_id = $1")
        .bind(id(1, 1))
        .execute(&desk.deps.db)
        .await
        .unwrap();
    desk.publish().await;
    let producer = bus.producer().await.unwrap();
    let extra = vec![record(&desk, &id(2, 1), "{}"), record(&desk, "nobody/1", "{}")];
    producer.send(extra).await.unwrap();
    sqlx::query("UPDATE item SET version = 9 WHERE item_id = $1")
        .bind(item_id("item 3").as_str())
        .execute(&desk.deps.db)
        .await
        .unwrap();
    // One more waits in the outbox: no difference.
    desk.fill(5).await;

    let report = desk.audit().await;
    assert!(!report.equal);
    let found: Vec<(&str, &[String])> =
        report.differences.iter().map(|f| (f.sort.as_str(), f.first.as_slice())).collect();
    assert_eq!(
        found,
        [
            ("differs", &[id(1, 1)][..]),
            ("gap", &[id(3, 2)][..]),
            ("missing", &[id(0, 2)][..]),
            ("twice", &[id(2, 1)][..]),
            ("unknown", &["nobody/1".to_owned()][..]),
        ]
    );
    let accounted: Vec<(&str, u64)> = report.accounted.iter().map(|f| (f.sort.as_str(), f.count)).collect();
    assert_eq!(accounted, [("waiting", 2)]);
    assert!(
        report.to_string().starts_with("NOT EQUAL: 10 versions in the ledger, 9 records in "),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_leaves_the_audit_equal() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    desk.fill(2).await;
    desk.publish().await;
    let db = desk.deps.db.clone();
    // One item goes down after it was published, one before.
    desk.fill(3).await;
    for n in [0, 2] {
        let item = item_id(&format!("item {n}"));
        wiredesk_store::ledger::take_down(&db, &item, "ana", "a test", at(9)).await.unwrap();
    }
    desk.publish().await;
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    assert_eq!(report.records, 8);
}
