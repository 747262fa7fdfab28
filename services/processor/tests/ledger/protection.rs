//! What was taken down stays away, and what is past its retention has no words left.

use wiredesk_contract::{CopyItem, SourceId};
use wiredesk_store::ledger::take_down;
use wiredesk_store::retention::expire;
use wiredesk_store::takedown::{copies, find, lift, list};

use super::bench::{Desk, at, copy, item, with};

const SECRET: &str = "cormorán";

/// Long enough to be known by its words.
fn long(name: &str, revision: u32) -> CopyItem {
    with(
        copy(
            name,
            revision,
            "Un cormorán cruzó la ría de Rande esta mañana ante cientos de vecinos que paseaban por el puerto, según contó \
             a este periódico el patrón de la cofradía, que llevaba más de veinte años sin ver uno tan cerca.",
        ),
        |copy| copy.fingerprint.exact = "d0c5".to_owned(),
    )
}

fn of_another_wire(copy: CopyItem) -> CopyItem {
    with(copy, |copy| {
        copy.source.id = SourceId::new("hora");
        copy.url = Some(format!("https://hora.example/{}", copy.item_id));
    })
}

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_takedown_keeps_words_and_address_from_coming_back() {
    let Some(mut desk) = Desk::open().await else { return };
    let db = desk.pg.pool().clone();
    desk.take(&[long("rande", 1), copy("otra", 1, "Otra cosa.")], at(10)).await.unwrap();
    let found = find(&db, "https://ribeira.example/rande").await.unwrap();
    assert_eq!((found.len(), &found[0].item_id), (1, &item("rande")));
    take_down(&db, &item("rande"), "ana", "court order 7/26", at(20)).await.unwrap().unwrap();

    // Under another id: the same words, and another text at the same address.
    let words = of_another_wire(long("copia", 1));
    let address = with(copy("nuevo-id", 1, "El texto ha cambiado."), |copy| {
        copy.url = Some("https://ribeira.example/rande".into())
    });
    let applied =
        desk.take(&[words.clone(), address, copy("tercera", 1, "Algo nuevo.")], at(30)).await.unwrap();
    assert_eq!((applied.issued.len(), applied.refused), (1, 2));
    // A replay is refused too, and written down once.
    desk.take(std::slice::from_ref(&words), at(40)).await.unwrap();
    assert_eq!(desk.count("SELECT count(*) FROM status_audit WHERE action = 'blocked'").await, 2);
    assert!(!desk.everything().await.contains(SECRET));

    // An item that was there before keeps what it said.
    let turned = with(long("otra", 2), |copy| copy.fingerprint.exact = "d0c5".to_owned());
    let applied = desk.take(&[turned], at(50)).await.unwrap();
    assert_eq!((applied.issued.len(), applied.refused), (0, 1));
    assert_eq!(desk.versions("otra").await, ["1 new usable Otra cosa."]);

    // Until the operator lifts it.
    assert_eq!(list(&db).await.unwrap().len(), 2);
    assert_eq!(lift(&db, &item("rande"), "ana", "appeal", at(60)).await.unwrap(), 2);
    assert_eq!(lift(&db, &item("rande"), "ana", "appeal", at(61)).await.unwrap(), 0);
    let applied = desk.take(&[words], at(70)).await.unwrap();
    assert_eq!(applied.issued.len(), 1);
    let audit: Vec<String> = sqlx::query_scalar(
        "SELECT action || ' by ' || actor || ': ' || reason FROM status_audit WHERE item_id = $1 ORDER BY id",
    )
    .bind(item("rande").as_str())
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(audit, ["taken_down by ana: court order 7/26", "lifted by ana: appeal"]);
}

#[tokio::test]
async fn a_short_text_and_a_shared_address_are_not_blocked() {
    let Some(mut desk) = Desk::open().await else { return };
    let db = desk.pg.pool().clone();
    let gallery = |name: &str| {
        with(copy(name, 1, "Galería de fotos."), |copy| {
            copy.fingerprint.exact = "ga11".to_owned();
            copy.url = Some("https://ribeira.example/".to_owned());
            copy.headline = format!("Las fotos de {name}");
        })
    };
    let mut ticker = gallery("directo");
    ticker.text = "Sigue aquí la última hora.".to_owned();
    ticker = with(ticker, |_| {});
    desk.take(&[gallery("lunes"), ticker], at(10)).await.unwrap();
    take_down(&db, &item("lunes"), "ana", "a person's wish", at(20)).await.unwrap().unwrap();
    assert_eq!(list(&db).await.unwrap(), []);
    let applied = desk.take(&[gallery("martes")], at(30)).await.unwrap();
    assert_eq!((applied.issued.len(), applied.refused), (1, 0));
}

#[tokio::test]
async fn word_for_word_copies_are_found_before_and_after() {
    let Some(mut desk) = Desk::open().await else { return };
    let db = desk.pg.pool().clone();
    let repeat = of_another_wire(long("copia", 1));
    desk.take(&[long("rande", 1), repeat.clone(), copy("otra", 1, "Otra cosa.")], at(10)).await.unwrap();
    // As dedupe leaves it.
    sqlx::query(
        "INSERT INTO verdict (item_id, content_hash, language, event_time, revision, verdict, exact)
         SELECT i, 'h', 'es', now(), 1, '{}', 'd0c5' FROM UNNEST($1::text[]) AS t (i)",
    )
    .bind([item("rande").as_str(), repeat.item_id.as_str()].map(str::to_owned).to_vec())
    .execute(&db)
    .await
    .unwrap();
    let before = copies(&db, &item("rande")).await.unwrap();
    assert_eq!(before.iter().map(|copy| &copy.item_id).collect::<Vec<_>>(), [&repeat.item_id]);
    take_down(&db, &item("rande"), "ana", "court order", at(20)).await.unwrap().unwrap();
    assert_eq!(copies(&db, &item("rande")).await.unwrap(), before);
    take_down(&db, &repeat.item_id, "ana", "copy", at(21)).await.unwrap().unwrap();
    assert_eq!(copies(&db, &item("rande")).await.unwrap(), []);
    assert!(!desk.everything().await.contains(SECRET));
}

#[tokio::test]
async fn what_is_past_its_retention_has_no_words_left_and_does_not_come_back() {
    let Some(mut desk) = Desk::open().await else { return };
    let db = desk.pg.pool().clone();
    sqlx::query(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll)
         VALUES ('ribeira', 'Ribeira', 'https://ribeira.example', '{\"retention_days\": 30}', 60, now())",
    )
    .execute(&db)
    .await
    .unwrap();
    desk.take(&[long("rande", 1)], at(0)).await.unwrap();
    desk.take(&[copy("otra", 1, "Otra cosa."), of_another_wire(copy("ajena", 1, "De otra."))], at(20 * DAY))
        .await
        .unwrap();
    sqlx::query("INSERT INTO story (story_id, revision, title, language, languages, items, first_seen, last_seen, message)
                 VALUES ('s', 1, 'El cormorán', 'es', '{es}', 1, now(), now(), '{}')").execute(&db).await.unwrap();
    sqlx::query("INSERT INTO story_item (item_id, story_id, version, seq, event_time, features) VALUES ($1, 's', 1, 1, now(), '{}')")
        .bind(item("rande").as_str())
        .execute(&db)
        .await
        .unwrap();

    // What waits in the outbox is left for later.
    assert_eq!(expire(&db, 0, 10, at(31 * DAY)).await.unwrap(), []);
    sqlx::query("DELETE FROM outbox").execute(&db).await.unwrap();
    assert_eq!(expire(&db, 0, 10, at(29 * DAY)).await.unwrap(), []);
    assert_eq!(expire(&db, 0, 10, at(31 * DAY)).await.unwrap(), [item("rande")]);
    assert!(!desk.everything().await.contains(SECRET));
    assert_eq!(desk.count("SELECT count(*) FROM story").await, 0);
    assert_eq!(desk.count("SELECT count(*) FROM status_audit WHERE action = 'expired'").await, 1);
    // No version was issued, and the row can still be read.
    assert_eq!(desk.versions("rande").await, ["1 new usable -"]);
    assert!(wiredesk_store::read::item(&db, item("rande").as_str()).await.unwrap().is_some());
    // The wire still lists it.
    let applied = desk.take(&[long("rande", 2), copy("rande", 3, "Otra vez.")], at(32 * DAY)).await.unwrap();
    assert_eq!(applied.issued, []);

    // More days than there are is for ever, not an error that stops the processor.
    let days = format!("{}", u32::MAX);
    sqlx::query("UPDATE source SET config = jsonb_set(config, '{retention_days}', $1::jsonb)")
        .bind(&days)
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(expire(&db, u32::MAX, 10, at(300 * DAY)).await.unwrap(), []);
    sqlx::query("UPDATE source SET config = '{\"retention_days\": 30}'").execute(&db).await.unwrap();

    // Sources that say nothing go by the desk's own rule, and never below the least.
    assert_eq!(expire(&db, 0, 10, at(300 * DAY)).await.unwrap(), [item("otra")]);
    let other = of_another_wire(copy("ajena", 1, "")).item_id;
    assert_eq!(expire(&db, 1, 10, at(27 * DAY)).await.unwrap(), []);
    assert_eq!(expire(&db, 1, 10, at(29 * DAY)).await.unwrap(), [other]);
}
