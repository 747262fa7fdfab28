//! Stories in a real Postgres: a batch is stored once, with its outbox rows and its offsets, by one owner.

use std::collections::BTreeMap;

use chrono::{TimeZone, Utc};
use sqlx::PgPool;
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{ItemId, SourceId, Timestamp};
use wiredesk_runtime::health::State;
use wiredesk_store::ledger::{LedgerError, Spans, offsets};
use wiredesk_store::story::{Placement, Taken, apply, items, load};
use wiredesk_stories::lease::Lease;
use wiredesk_stories::stage::restore;
use wiredesk_stories::{Config, Facts, Features, Stories};

fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 2, 10, 6, 0, 0).unwrap()
}

fn facts(id: &str, version: u32, status: PubStatus) -> Facts {
    let headline = "El río Torán se desborda en Villalba";
    let text = "La alcaldesa Nerea Ostolaza dijo que el Torán alcanzó 2,4 metros y que 340 vecinos fueron evacuados.";
    Facts {
        item_id: ItemId::derive(&SourceId::new("test"), id),
        version,
        language: "es".to_owned(),
        headline: headline.to_owned(),
        event_time: now(),
        status,
        kind: CopyKind::News,
        duplicate_of: None,
        sibling_of: None,
        features: Features::extract("es", headline, text, &[("geo:1", "Villalba", 0.5)]),
    }
}

fn placed(stories: &mut Stories, batch: &[Facts]) -> Vec<Placement> {
    let mut placements = Vec::new();
    for facts in batch {
        let placed = stories.place(facts).unwrap();
        stories.apply(placed.clone());
        placements.push(Placement { row: placed.row, story: placed.story, traceparent: None });
    }
    placements
}

fn span(from: i64, to: i64) -> Spans {
    BTreeMap::from([(0, (from, to))])
}

/// Takes partition 0 on, as the loop does before its first batch.
async fn stand(db: &PgPool) {
    offsets::stand(db, "stories@test", "wiredesk.items.v1", &[0]).await.unwrap();
}

fn taken(spans: &Spans) -> Taken<'_> {
    Taken { consumer: "stories@test", topic: "wiredesk.items.v1", spans }
}

#[tokio::test]
async fn a_batch_is_stored_once_and_loaded_back_as_it_was() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    stand(db).await;
    let mut stories = Stories::new(Config::default());
    let batch = [
        facts("a", 1, PubStatus::Usable),
        facts("b", 1, PubStatus::Usable),
        facts("c", 1, PubStatus::Withheld),
    ];
    let first = placed(&mut stories, &batch);
    apply(db, taken(&span(0, 3)), &first, now()).await.unwrap();
    apply(db, taken(&span(0, 3)), &first, now()).await.unwrap();
    let events: Vec<String> =
        sqlx::query_scalar("SELECT event_id FROM outbox WHERE kind = 'story' ORDER BY tx, seq")
            .fetch_all(db)
            .await
            .unwrap();
    let id = first[0].row.story_id.clone().unwrap();
    assert_eq!(
        events,
        [format!("{id}/1"), format!("{id}/2")],
        "every revision once, though the batch came twice"
    );

    // After a restart the next items go where they would have gone without one.
    let mut restarted = restore(Config::default(), load(db, Config::default().open()).await.unwrap());
    let next = [
        facts("c", 2, PubStatus::Usable),
        facts("a", 2, PubStatus::Canceled),
        facts("d", 1, PubStatus::Usable),
    ];
    let (straight, again) = (placed(&mut stories, &next), placed(&mut restarted, &next));
    assert_eq!(straight, again);
    assert_eq!(
        straight.iter().map(|p| p.story.as_ref().map(|s| s.revision)).collect::<Vec<_>>(),
        [Some(3), Some(4), Some(5)]
    );

    apply(db, taken(&span(3, 6)), &straight, now()).await.unwrap();
    let old = items(db, &[facts("a", 1, PubStatus::Usable).item_id]).await.unwrap();
    assert_eq!(
        (old.items[0].story_id.clone(), old.items[0].features.clone()),
        (None, None),
        "it has left, and no word is kept"
    );
}

#[tokio::test]
async fn a_zombie_stores_nothing() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    stand(db).await;
    let batch = [facts("a", 1, PubStatus::Usable)];
    let (owner, zombie) = (
        placed(&mut Stories::new(Config::default()), &batch),
        placed(&mut Stories::new(Config::default()), &batch),
    );
    apply(db, taken(&span(0, 2)), &owner, now()).await.unwrap();
    let refused = apply(db, taken(&span(0, 1)), &zombie, now()).await;
    assert!(matches!(refused, Err(LedgerError::Fenced { .. })), "{refused:?}");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(db).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_second_replica_waits() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let first = Lease::try_take(test.pool(), "stories@test").await.unwrap().unwrap();
    assert!(Lease::try_take(test.pool(), "stories@test").await.unwrap().is_none());
    assert!(Lease::try_take(test.pool(), "stories@other").await.unwrap().is_some());
    assert!(first.holds().await);
    let shutdown = tokio_util::sync::CancellationToken::new();
    // To wait is a standby's work: an orchestrator that waited for it to be ready would wait for ever.
    let said = std::cell::RefCell::new(Vec::new());
    let told = |state| {
        said.borrow_mut().push(state);
        shutdown.cancel();
    };
    let standby = Lease::take(test.pool(), "stories@test", &shutdown, told).await.unwrap();
    assert!(standby.is_none() && said.borrow()[..] == [State::Ready], "{said:?}");
    drop(first);
    let shutdown = tokio_util::sync::CancellationToken::new();
    let second = Lease::take(test.pool(), "stories@test", &shutdown, |_| {}).await.unwrap();
    assert!(second.is_some(), "the lock is free once its holder is gone");
}
