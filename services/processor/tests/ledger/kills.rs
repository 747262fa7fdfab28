//! Kills, takedowns and embargoes.

use wiredesk_contract::status::PubStatus;
use wiredesk_store::ledger::{Faults, release_due, take_down};

use super::bench::{Desk, at, copy, item, killed, with};

const SECRET: &str = "cormorán";

#[tokio::test]
async fn a_kill_blanks_the_text_everywhere_and_nothing_brings_it_back() {
    let Some(mut desk) = Desk::open().await else { return };
    let first = with(copy("rande", 1, "Un cormorán cruzó la ría."), |c| {
        c.headline = "El cormorán de Rande".into()
    });
    let second = copy("rande", 2, "El cormorán, dos veces.");
    desk.take(&[first.clone(), copy("otra", 1, "Otra cosa.")], at(10)).await.unwrap();
    assert!(desk.everything().await.contains(SECRET));
    // A later version and the kill within one batch.
    desk.take(&[second, killed("rande", 3)], at(20)).await.unwrap();
    let all = desk.everything().await;
    assert!(!all.contains(SECRET), "{all}");
    assert!(all.contains("Otra cosa."));
    // The wire still lists the first state, and a replay brings it too.
    let again = desk.take(&[with(first.clone(), |c| c.revision = 4), first], at(30)).await.unwrap();
    assert_eq!((again.issued.len(), again.refused), (0, 2));
    assert_eq!(
        desk.versions("rande").await,
        ["1 new usable -", "2 minor usable -", "3 withdrawn canceled -"]
    );
    assert_eq!(
        desk.count("SELECT count(*) FROM status_audit WHERE action = 'killed' AND version = 3").await,
        1
    );
    assert_eq!(
        desk.count(
            "SELECT count(*) FROM item_version WHERE copy IS NULL AND doc ->> 'pubStatus' = 'canceled'"
        )
        .await,
        3
    );
}

#[tokio::test]
async fn an_operator_takes_an_item_down_once() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("rande", 1, "Un cormorán cruzó la ría.")], at(10)).await.unwrap();
    let issued = take_down(desk.pg.pool(), &item("rande"), "ana", "court order", at(20)).await.unwrap();
    assert_eq!(issued.map(|i| i.version), Some(2));
    assert_eq!(take_down(desk.pg.pool(), &item("rande"), "ana", "again", at(21)).await.unwrap(), None);
    assert!(!desk.everything().await.contains(SECRET));
    assert!(take_down(desk.pg.pool(), &item("nobody"), "ana", "", at(22)).await.is_err());
}

#[tokio::test]
async fn an_embargo_hides_the_text_and_ends_once_however_many_release() {
    let Some(mut desk) = Desk::open().await else { return };
    let held = with(copy("informe", 1, "El cormorán vuelve."), |c| {
        c.pub_status = PubStatus::Withheld;
        c.embargoed_until = Some(at(100));
    });
    desk.take(std::slice::from_ref(&held), at(10)).await.unwrap();
    assert_eq!(desk.versions("informe").await, ["1 new withheld -"]);
    assert_eq!(
        desk.count("SELECT count(*) FROM outbox WHERE convert_from(payload, 'UTF8') LIKE '%cormorán%'").await,
        0
    );
    assert_eq!(release_due(desk.pg.pool(), at(99), 10, &Faults::none()).await.unwrap(), []);

    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let pool = desk.pg.pool().clone();
        racing.spawn(async move { release_due(&pool, at(100), 10, &Faults::none()).await.unwrap().len() });
    }
    assert_eq!(racing.join_all().await.into_iter().sum::<usize>(), 1);
    assert_eq!(desk.versions("informe").await, ["1 new withheld -", "2 status usable El cormorán vuelve."]);
    // The wire repeats what it said: no version.
    assert_eq!(desk.take(&[held], at(110)).await.unwrap().sightings, 1);
    assert_eq!(desk.count("SELECT count(*) FROM status_audit").await, 2);
}

#[tokio::test]
async fn a_release_that_crashes_is_made_by_the_next() {
    for step in ["release.before_commit", "release.answer_lost"] {
        let Some(mut desk) = Desk::open().await else { return };
        let held = with(copy("informe", 1, "El cormorán vuelve."), |c| {
            c.pub_status = PubStatus::Withheld;
            c.embargoed_until = Some(at(100));
        });
        desk.take(&[held], at(10)).await.unwrap();
        let faults = Faults::new(move |s| s == step);
        assert!(release_due(desk.pg.pool(), at(100), 10, &faults).await.is_err());
        // The dead one's row lock is held until its connection has rolled back; meanwhile the next passes it by, and
        // comes again a second later.
        for _ in 0..500 {
            release_due(desk.pg.pool(), at(101), 10, &Faults::none()).await.unwrap();
            if desk.versions("informe").await.len() > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(desk.versions("informe").await.len(), 2, "{step}");
    }
}

#[tokio::test]
async fn an_item_killed_under_embargo_is_not_released() {
    let Some(mut desk) = Desk::open().await else { return };
    let held = with(copy("informe", 1, "El cormorán vuelve."), |c| {
        c.pub_status = PubStatus::Withheld;
        c.embargoed_until = Some(at(100));
    });
    desk.take(&[held, killed("informe", 2)], at(10)).await.unwrap();
    assert_eq!(release_due(desk.pg.pool(), at(200), 10, &Faults::none()).await.unwrap(), []);
    assert!(!desk.everything().await.contains(SECRET));
}
