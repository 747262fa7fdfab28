//! When a copy is a new version, and when it is not.

use wiredesk_store::ledger::Faults;

use super::bench::{Desk, at, copy};

#[tokio::test]
async fn a_replay_makes_no_version_and_a_text_that_returns_makes_a_third() {
    let Some(mut desk) = Desk::open().await else { return };
    let states = [copy("vigo", 1, "uno"), copy("vigo", 2, "dos"), copy("vigo", 3, "uno")];
    // All three within one batch, then again one by one.
    assert_eq!(desk.take(&states, at(10)).await.unwrap().issued.len(), 3);
    for state in &states {
        assert_eq!(desk.take(std::slice::from_ref(state), at(20)).await.unwrap().issued, []);
    }
    assert_eq!(desk.versions("vigo").await, ["1 new usable uno", "2 minor usable dos", "3 minor usable uno"]);
    assert_eq!(desk.count("SELECT count(*) FROM outbox").await, 3);
    assert_eq!(desk.count("SELECT count(*) FROM item WHERE version = 3").await, 1);
}

#[tokio::test]
async fn a_sighting_raises_the_revision_so_that_older_states_stay_replays() {
    let Some(mut desk) = Desk::open().await else { return };
    // Revision 2 differs in the feed only: its clean text is that of revision 1.
    let states = [copy("ons", 1, "uno"), copy("ons", 2, "uno"), copy("ons", 3, "dos")];
    for state in &states {
        desk.take(std::slice::from_ref(state), at(10)).await.unwrap();
    }
    let again = desk.take(&states, at(20)).await.unwrap();
    assert_eq!((again.issued.len(), again.replays, again.sightings), (0, 2, 1));
    assert_eq!(desk.versions("ons").await, ["1 new usable uno", "2 minor usable dos"]);
}

#[tokio::test]
async fn times_of_versions_never_go_back() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("cies", 1, "uno")], at(100)).await.unwrap();
    // The clock was set back.
    desk.take(&[copy("cies", 2, "dos")], at(50)).await.unwrap();
    assert_eq!(desk.count("SELECT count(*) FROM item WHERE first_created = version_created").await, 1);
}

#[tokio::test]
async fn a_crash_anywhere_and_a_second_try_store_everything_once() {
    for step in
        ["ledger.offsets_moved", "ledger.versions_written", "ledger.before_commit", "ledger.answer_lost"]
    {
        let Some(mut desk) = Desk::open().await else { return };
        let sound = desk.ledger.clone();
        desk.ledger = sound.clone().with_faults(Faults::new(move |s| s == step));
        let batch = [copy("a", 1, "uno"), copy("b", 1, "dos")];
        let error = desk.take(&batch, at(10)).await.unwrap_err();
        assert!(error.is_transient(), "{step}: {error}");
        desk.ledger = sound;
        let applied = desk.take(&batch, at(11)).await.unwrap();
        assert_eq!(applied.repeated, step == "ledger.answer_lost", "{step}");
        assert_eq!(desk.count("SELECT count(*) FROM item_version").await, 2, "{step}");
        assert_eq!(desk.count("SELECT count(*) FROM outbox").await, 2, "{step}");
    }
}

#[tokio::test]
async fn odd_copy_is_mended_and_its_neighbours_go_through() {
    let Some(mut desk) = Desk::open().await else { return };
    let mut odd = copy("odd", 1, "un\u{0}o \\u0000");
    odd.published = Some(chrono::DateTime::<chrono::Utc>::MIN_UTC);
    desk.take(&[copy("a", 1, "uno"), odd, copy("b", 1, "dos")], at(10)).await.unwrap();
    assert_eq!(desk.versions("odd").await, ["1 new usable uno \\u0000"]);
    assert_eq!(desk.count("SELECT count(*) FROM item").await, 3);
}
