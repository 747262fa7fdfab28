//! Two relays at once, zombies, and a database that goes back to an older state.

use wiredesk_bus::PublishError;
use wiredesk_bus::memory::FaultPlan;
use wiredesk_bus::{Bus, Record};
use wiredesk_contract::Kind;
use wiredesk_store::ledger::Faults;
use wiredesk_store::outbox;

use crate::bench::{Desk, at, delivery, quick};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_relays_one_leads_and_the_other_takes_over() {
    let Some(mut desk) = Desk::postgres().await else { return };
    let first = desk.relay(quick(), Faults::none());
    let second = desk.relay(quick(), Faults::none());
    desk.fill(5).await;
    desk.drained().await;
    first.stop().await.unwrap();
    desk.take(&[delivery("later", 1, "uno")]).await;
    desk.drained().await;
    second.stop().await.unwrap();
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    assert_eq!(report.records, 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_was_fenced_stands_by_and_goes_on_later() {
    let Some((mut desk, bus)) = Desk::memory(1, FaultPlan::default()).await else { return };
    let relay = desk.relay(quick(), Faults::none());
    desk.fill(3).await;
    desk.drained().await;
    // A newer one takes the id and sends nothing: the relay in hand finds out and takes the id back in time.
    let id = wiredesk_runtime::run::group(&desk.deps.topics, "relay");
    let mut newer = bus.publisher(&id).await.unwrap();
    desk.fill(6).await;
    desk.drained().await;
    relay.stop().await.unwrap();
    let record = Record {
        topic: desk.deps.topics.name(Kind::Item).to_owned(),
        key: "zombie".to_owned(),
        payload: "{}".into(),
        headers: vec![("ce_id".to_owned(), "zombie/1".to_owned())],
        timestamp: at(0),
    };
    let zombie = newer.publish(vec![record]).await;
    assert!(matches!(zombie, Err(PublishError::Fenced(_))), "{zombie:?}");
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    // The second filling replays the first three items.
    assert_eq!(report.records, 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_takes_over_from_a_leader_that_hangs() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    // The hanging leader: it has the lock and does nothing.
    let mut hanging = desk.deps.db.acquire().await.unwrap();
    let id = wiredesk_runtime::run::group(&desk.deps.topics, "relay");
    sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
        .bind(id)
        .execute(&mut *hanging)
        .await
        .unwrap();
    desk.fill(3).await;
    let config = wiredesk_relay::Config { takeover_after_ms: 100, ..quick() };
    let standby = desk.relay(config, Faults::none());
    desk.drained().await;
    standby.stop().await.unwrap();
    assert!(desk.audit().await.equal);
}

/// The topic has what the database has forgotten; when the ledger comes to it again, nothing is said twice.
async fn goes_back(mut desk: Desk) {
    desk.fill(4).await;
    desk.publish().await;
    let before = desk.published().await;
    desk.go_back().await;
    // The relay reads back before the ledger has anything: then the rows come, one item by one.
    let relay = desk.relay(quick(), Faults::none());
    desk.fill(2).await;
    desk.drained().await;
    relay.stop().await.unwrap();
    desk.fill(4).await;
    // Another relay knows of it too.
    desk.publish().await;
    assert_eq!(desk.published().await, before);
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    // The line goes on.
    desk.take(&[delivery("item 0", 3, "tres"), delivery("fresh", 1, "uno")]).await;
    desk.publish().await;
    assert_eq!(desk.published().await.len(), before.len() + 2);
    assert!(!outbox::is_any_ahead(&desk.deps.db).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_went_back_in_memory() {
    let Some((desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    goes_back(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_went_back_beside_kafka() {
    let Some(desk) = Desk::kafka().await else { return };
    goes_back(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_words_under_the_same_id_are_published() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    desk.take(&[delivery("a", 1, "uno")]).await;
    desk.publish().await;
    desk.go_back().await;
    let relay = desk.relay(quick(), Faults::none());
    // Nothing is lost: what readers have under this id says something else.
    desk.take(&[delivery("a", 1, "otra cosa")]).await;
    desk.drained().await;
    relay.stop().await.unwrap();
    assert_eq!(desk.published().await.len(), 2);
}

/// The ledger was quicker than the relay: the rows wait when it reads back, and are not the bytes that were published.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_again_before_the_relay_came_is_not_sent_again() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    desk.take(&[delivery("a", 1, "uno"), delivery("b", 1, "dos")]).await;
    desk.publish().await;
    let before = desk.published().await;
    desk.go_back().await;
    let mut later = [delivery("a", 1, "uno"), delivery("b", 1, "dos")];
    for again in &mut later {
        again.item.verdict.similarity = 0.25;
    }
    desk.take(&later).await;
    desk.publish().await;
    assert_eq!(desk.published().await, before);
    // The versions answer for the bytes that readers have.
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    assert!(!outbox::is_any_ahead(&desk.deps.db).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_words_that_wait_when_the_relay_comes_are_published() {
    let Some((mut desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    desk.take(&[delivery("a", 1, "uno"), delivery("b", 1, "dos")]).await;
    desk.publish().await;
    desk.go_back().await;
    desk.take(&[delivery("a", 1, "otra cosa"), delivery("b", 1, "dos")]).await;
    desk.publish().await;
    assert_eq!(desk.published().await.len(), 3);
    // Nor are they sent once more by the next relay, which reads both records back from the start.
    desk.go_back().await;
    desk.take(&[delivery("a", 1, "otra cosa"), delivery("b", 1, "dos")]).await;
    desk.publish().await;
    assert_eq!(desk.published().await.len(), 3);
}
