//! The compare-and-swap of the input offsets.

use wiredesk_store::ledger::{Arrival, LedgerError, offsets};

use super::bench::{Desk, TOPIC, at, copy, delivery};

#[tokio::test]
async fn a_stale_owner_is_refused_and_writes_nothing() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("a", 1, "uno"), copy("b", 1, "dos")], at(10)).await.unwrap();
    // The former owner wakes up and stores what it had in hand: other text, so that it would show.
    let late = delivery(copy("a", 2, "tarde"), at(11));
    let stale = desk.ledger.apply(TOPIC, &[(0, (0, 1))].into(), &[Arrival::from(&late)], at(11)).await;
    assert!(matches!(stale, Err(LedgerError::Fenced { partition: 0, stored: 2, from: 0, .. })), "{stale:?}");
    // Nor may it come from ahead: what lies between would be lost.
    let ahead = desk.ledger.apply(TOPIC, &[(0, (5, 6))].into(), &[Arrival::from(&late)], at(11)).await;
    assert!(matches!(ahead, Err(LedgerError::Fenced { stored: 2, from: 5, .. })), "{ahead:?}");
    assert_eq!(desk.count("SELECT count(*) FROM item_version").await, 2);
    assert_eq!(desk.count("SELECT next FROM input_offset WHERE partition = 0").await, 2);
}

#[tokio::test]
async fn one_stale_partition_undoes_the_batch() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("a", 1, "uno")], at(10)).await.unwrap();
    let new = delivery(copy("b", 1, "dos"), at(11));
    let mixed =
        desk.ledger.apply(TOPIC, &[(0, (0, 3)), (1, (0, 3))].into(), &[Arrival::from(&new)], at(11)).await;
    assert!(matches!(mixed, Err(LedgerError::Fenced { partition: 0, .. })), "{mixed:?}");
    assert_eq!(desk.count("SELECT count(*) FROM item").await, 1);
    let stored = offsets::load(desk.pg.pool(), "processor@test", TOPIC, &[0, 1]).await.unwrap();
    assert_eq!(stored, [(0, 1), (1, 0)].into());
}

#[tokio::test]
async fn a_database_that_has_no_offset_any_more_takes_nothing() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("a", 1, "uno")], at(10)).await.unwrap();
    // As after a failover to a replica that lacks the first batch: whoever goes on would pass it by.
    sqlx::query("TRUNCATE input_offset, item, item_version, outbox CASCADE")
        .execute(desk.pg.pool())
        .await
        .unwrap();
    let on = desk.take(&[copy("a", 2, "dos")], at(11)).await;
    assert!(matches!(on, Err(LedgerError::Fenced { partition: 0, from: 1, .. })), "{on:?}");
    assert_eq!(desk.count("SELECT count(*) FROM item").await, 0);
}

#[tokio::test]
async fn of_several_processors_with_one_batch_one_stores_it() {
    let Some(desk) = Desk::open().await else { return };
    let batch: Vec<_> = (0..20).map(|n| delivery(copy(&format!("n{n}"), 1, "uno"), at(10))).collect();
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (ledger, batch) = (desk.ledger.clone(), batch.clone());
        racing.spawn(async move {
            let arrivals: Vec<Arrival<'_>> = batch.iter().map(Arrival::from).collect();
            ledger.apply(TOPIC, &[(0, (0, 20))].into(), &arrivals, at(10)).await
        });
    }
    let outcomes: Vec<_> = racing.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|a| a.issued.len() == 20).count(), 1);
    assert_eq!(outcomes.iter().filter(|a| a.repeated).count(), 5);
    assert_eq!(desk.count("SELECT count(*) FROM outbox").await, 20);
}
