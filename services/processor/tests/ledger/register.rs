//! People and organisations: who is named where, under which id, and what becomes of it.

use wiredesk_contract::enrichment::EntityType;
use wiredesk_processor::enrich::Enricher;
use wiredesk_processor::enrich::known::KnownNames;
use wiredesk_processor::extract;
use wiredesk_processor::replay::{Progress, Replay, reenrich};
use wiredesk_store::ledger::reenrich::Selection;
use wiredesk_store::ledger::take_down;
use wiredesk_store::register::{self, Extracted, MergeError, find};

use super::bench::*;

const TEXT: &str = "La ministra Nadia Koroleva visitó Ribadeo. Koroleva llegó con el presidente Iago Pazos.";
const NADIA: &str = "ent:PER:nadia koroleva";
const IAGO: &str = "ent:PER:iago pazos";

impl Desk {
    /// `entity mentions` of what an item names, by the view that follows merges; people only.
    async fn named(&self, name: &str) -> Vec<String> {
        let sql = "SELECT entity_id || ' ' || mentions FROM item_entity_merged
                   WHERE item_id = $1 AND kind = 'PER' ORDER BY entity_id";
        sqlx::query_scalar(sql).bind(item(name).as_str()).fetch_all(self.pg.pool()).await.unwrap()
    }

    async fn load(&self, lines: &[&str]) -> u64 {
        let extract: Vec<Extracted> = lines.iter().map(|line| extract::read(line).unwrap()).collect();
        register::load(self.pg.pool(), &extract::whole(extract), "tester", at(90)).await.unwrap()
    }

    async fn reenrich(&self, dry: bool) -> Progress {
        let known = register::extracted(self.pg.pool()).await.unwrap();
        let enricher = Enricher::new().with_known(KnownNames::new(known));
        let replay = Replay { enricher: &enricher, max_bytes: 2_000_000, dry, clock: || at(100) };
        reenrich(self.pg.pool(), &Selection::default(), &replay, |_| {}).await.unwrap()
    }
}

#[tokio::test]
async fn every_form_of_a_name_is_kept_and_the_current_version_counts() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("visita", 1, TEXT)], at(10)).await.unwrap();
    assert_eq!(desk.named("visita").await, [format!("{IAGO} 1"), format!("{NADIA} 2")]);
    let found = find(desk.pg.pool(), "KOROLEVA").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), found[0].items), (NADIA, 1));
    assert_eq!(found[0].names, ["es:Koroleva", "es:Nadia Koroleva"]);
    desk.take(&[copy("visita", 2, "El presidente Iago Pazos visitó Ribadeo.")], at(20)).await.unwrap();
    assert_eq!(desk.named("visita").await, [format!("{IAGO} 1")]);
}

#[tokio::test]
async fn merges_are_redirects_of_one_hop() {
    let Some(mut desk) = Desk::open().await else { return };
    let texts = [
        "La ministra Nadia Koroleva habla.",
        "La ministra Nadja Koroljowa habla.",
        "El actor Iago Pazos habla.",
    ];
    for (name, text) in ["a", "b", "c"].iter().zip(texts) {
        desk.take(&[copy(name, 1, text)], at(10)).await.unwrap();
    }
    let pool = desk.pg.pool();
    let nadja = "ent:PER:nadja koroljowa";
    let merge = async |from: &str, into: &str| register::merge(pool, from, into, "tester", "", at(30)).await;
    assert_eq!(merge(nadja, NADIA).await.unwrap(), NADIA);
    assert_eq!(merge(NADIA, IAGO).await.unwrap(), IAGO);
    // Whoever merged with her went along, and a circle cannot be made.
    assert_eq!(desk.named("b").await, [format!("{IAGO} 1")]);
    assert!(matches!(merge(IAGO, nadja).await, Err(MergeError::Same(..))));
    assert!(matches!(merge("ent:PER:nobody", IAGO).await, Err(MergeError::Unknown(_))));
    assert_eq!(desk.count("SELECT count(*) FROM entity_audit").await, 2);
    // What was published keeps its id.
    assert_eq!(
        desk.count("SELECT count(*) FROM item_entity WHERE entity_id = 'ent:PER:nadja koroljowa'").await,
        1
    );
}

#[tokio::test]
async fn an_extract_gives_ids_and_a_replay_takes_stored_items_through_it() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("visita", 1, TEXT), copy("otra", 1, "Llueve en Ribadeo.")], at(10)).await.unwrap();
    assert_eq!(desk.reenrich(false).await, Progress { seen: 2, ..Progress::default() });
    let nadia = r#"{"id":"Q7","type":"PER","name":"Nadia Koroleva","names":{"de":["Nadja Koroljowa"]}}"#;
    assert_eq!(desk.load(&[nadia]).await, 1);
    assert_eq!(desk.named("visita").await, [format!("{IAGO} 1"), "wd:Q7 2".to_owned()]);
    // Both items name the vocabulary that they were enriched with, so both differ.
    assert_eq!(desk.reenrich(true).await, Progress { seen: 2, differing: 2, ..Progress::default() });
    assert_eq!(desk.versions("visita").await.len(), 1);
    let done = desk.reenrich(false).await;
    assert_eq!(done, Progress { seen: 2, differing: 2, issued: 2, passed_over: 0 });
    assert_eq!(desk.versions("visita").await[1], format!("2 reenriched usable {TEXT}"));
    let named = "SELECT DISTINCT e ->> 'id' FROM item, jsonb_array_elements(doc -> 'entities') e
                 WHERE item_id = $1 AND e ->> 'type' = 'PER' ORDER BY 1";
    let ids: Vec<String> =
        sqlx::query_scalar(named).bind(item("visita").as_str()).fetch_all(desk.pg.pool()).await.unwrap();
    assert_eq!(ids, [IAGO, "wd:Q7"]);
    assert_eq!(desk.count("SELECT count(*) FROM item_entity WHERE entity_id = 'wd:Q7'").await, 1);
    // Again: nothing differs any more, and the wire's old copy is a sighting, no version.
    assert_eq!(desk.reenrich(false).await.differing, 0);
    assert_eq!(desk.take(&[copy("visita", 1, TEXT)], at(110)).await.unwrap().sightings, 1);
    // Another extract takes its place; what was loaded once stays in the register.
    assert_eq!(desk.load(&[r#"{"id":"Q8","type":"ORG","name":"Unión Naval"}"#]).await, 0);
    let loaded = register::extracted(desk.pg.pool()).await.unwrap();
    assert_eq!(
        loaded.iter().map(|e| (e.id.as_str(), e.kind)).collect::<Vec<_>>(),
        [("wd:Q8", EntityType::Org)]
    );
    assert_eq!(find(desk.pg.pool(), "wd:Q7").await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_stays_who_was_named_by_a_killed_item_alone() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("visita", 1, TEXT), copy("otra", 1, "El presidente Iago Pazos habla.")], at(10))
        .await
        .unwrap();
    take_down(desk.pg.pool(), &item("visita"), "tester", "court order", at(20)).await.unwrap();
    assert!(find(desk.pg.pool(), "Koroleva").await.unwrap().is_empty());
    assert_eq!(find(desk.pg.pool(), "Iago Pazos").await.unwrap()[0].items, 1);
    assert!(!desk.everything().await.to_lowercase().contains("koroleva"));
    // A replay leaves the dead alone.
    assert_eq!(desk.reenrich(false).await, Progress { seen: 1, ..Progress::default() });
}

#[tokio::test]
async fn an_item_that_changed_meanwhile_is_left_to_the_pipeline() {
    let Some(mut desk) = Desk::open().await else { return };
    desk.take(&[copy("visita", 1, TEXT)], at(10)).await.unwrap();
    let of = Selection::default();
    let old = wiredesk_store::ledger::reenrich::stored(desk.pg.pool(), &of, None, 10).await.unwrap();
    desk.take(&[copy("visita", 2, "Nada.")], at(20)).await.unwrap();
    assert!(
        wiredesk_store::ledger::reenrich::reissue(desk.pg.pool(), &old, at(30)).await.unwrap().is_empty()
    );
    assert_eq!(desk.versions("visita").await.len(), 2);
}
