//! An outlet's copy came before the agency's dispatch: in the end it says where it is from, whatever the order and whoever crashed.

use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{CopyItem, ItemId};
use wiredesk_store::ledger::{Delivery, Faults, link_due};

use super::bench::*;

/// The agency's dispatch, whose verdict names an outlet's copy.
fn dispatch(name: &str, carriers: &[&str]) -> Delivery {
    let mut delivery = delivery(copy(name, 1, "El puerto abre."), at(20));
    delivery.item.verdict.carried_by = carriers.iter().map(|carrier| item(carrier)).collect();
    delivery
}

fn outlets(revision: u32, text: &str) -> CopyItem {
    copy("diario", revision, text)
}

impl Desk {
    /// What each version of `diario` says of where it is from.
    async fn from(&self) -> Vec<Option<ItemId>> {
        let rows: Vec<(Option<String>,)> = sqlx::query_as(
            "SELECT doc ->> 'syndicated_from' FROM item_version WHERE item_id = $1 ORDER BY version",
        )
        .bind(item("diario").as_str())
        .fetch_all(self.pg.pool())
        .await
        .unwrap();
        rows.into_iter().map(|(id,)| id.map(ItemId::new)).collect()
    }

    async fn link(&self, second: i64) -> usize {
        link_due(self.pg.pool(), at(second), 10, &Faults::none()).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_copy_that_came_first_is_linked_once_however_many_look() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[outlets(1, "El puerto abre.")], at(10)).await.unwrap();
    assert_eq!(desk.link(11).await, 0);
    desk.deliver(&[dispatch("teletipo", &["diario"])], at(20)).await.unwrap();
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let pool = desk.pg.pool().clone();
        racing.spawn(async move { link_due(&pool, at(30), 10, &Faults::none()).await.unwrap().len() });
    }
    assert_eq!(racing.join_all().await.into_iter().sum::<usize>(), 1);
    assert_eq!(desk.from().await, [None, Some(item("teletipo"))]);
    let lines = ["1 new usable El puerto abre.", "2 status usable El puerto abre."];
    assert_eq!(desk.versions("diario").await, lines);
    // The feed shows it again: no version. It changes: the link stays.
    assert_eq!(desk.take(&[outlets(1, "El puerto abre.")], at(40)).await.unwrap().sightings, 1);
    desk.take(&[outlets(2, "El puerto abre hoy.")], at(50)).await.unwrap();
    // A second dispatch changes nothing.
    desk.deliver(&[dispatch("otro", &["diario"])], at(60)).await.unwrap();
    assert_eq!(desk.link(70).await, 0);
    assert_eq!(desk.from().await, [None, Some(item("teletipo")), Some(item("teletipo"))]);
}

#[tokio::test]
async fn the_dispatch_may_overtake_the_copy_on_its_way() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.deliver(&[dispatch("teletipo", &["diario"])], at(20)).await.unwrap();
    assert_eq!(desk.link(21).await, 0);
    desk.take(&[outlets(1, "El puerto abre.")], at(30)).await.unwrap();
    assert_eq!(desk.link(31).await, 0);
    assert_eq!(desk.from().await, [Some(item("teletipo"))]);
}

#[tokio::test]
async fn a_link_that_crashes_is_made_by_the_next() {
    for step in ["link.before_commit", "link.answer_lost"] {
        let Some(mut desk) = Desk::open().await else { return };
        desk.take(&[outlets(1, "El puerto abre.")], at(10)).await.unwrap();
        desk.deliver(&[dispatch("teletipo", &["diario"])], at(20)).await.unwrap();
        let faults = Faults::new(move |s| s == step);
        assert!(link_due(desk.pg.pool(), at(30), 10, &faults).await.is_err());
        // The row lock of the dead one is held until its connection has rolled back.
        for _ in 0..500 {
            desk.link(31).await;
            if desk.from().await.len() > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(desk.link(32).await, 0);
        assert_eq!(desk.from().await, [None, Some(item("teletipo"))], "{step}");
    }
}

#[tokio::test]
async fn an_embargo_stays_and_what_was_killed_stays_dead() {
    let Some(mut desk) = Desk::open().await else { return };
    let held = with(outlets(1, "El cormorán vuelve."), |c| {
        c.pub_status = PubStatus::Withheld;
        c.embargoed_until = Some(at(100));
    });
    desk.take(&[held], at(10)).await.unwrap();
    desk.deliver(&[dispatch("teletipo", &["diario"])], at(20)).await.unwrap();
    assert_eq!(desk.link(30).await, 1);
    assert_eq!(desk.versions("diario").await, ["1 new withheld -", "2 status withheld -"]);
    wiredesk_store::ledger::release_due(desk.pg.pool(), at(100), 10, &Faults::none()).await.unwrap();
    assert_eq!(desk.from().await, [None, Some(item("teletipo")), Some(item("teletipo"))]);

    desk.take(&[copy("gaceta", 1, "El puerto abre."), killed("gaceta", 2)], at(110)).await.unwrap();
    desk.deliver(&[dispatch("segundo", &["gaceta"])], at(120)).await.unwrap();
    assert_eq!(desk.link(130).await, 0);
    assert_eq!(desk.versions("gaceta").await.len(), 2);
}
