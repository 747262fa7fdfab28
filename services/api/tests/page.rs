//! The page's HTML, where no browser is needed to see that it is right.
use crate::desk::{Desk, insert, item};
use wiredesk_contract::status::PubStatus;

#[tokio::test(flavor = "multi_thread")]
async fn repeats_stand_under_their_original() {
    let Some(desk) = Desk::open().await else { return };
    let db = desk.pg.pool();
    let original = item(1, "es", "Sube el paro en enero");
    insert(db, &original).await;
    let mut repeat = item(2, "es", "El paro sube en enero");
    repeat.verdict.duplicate_of = Some(original.item_id.clone());
    insert(db, &repeat).await;
    let mut secret = item(3, "es", "El paro, bajo embargo");
    secret.verdict.duplicate_of = Some(original.item_id.clone());
    secret.pub_status = PubStatus::Withheld;
    insert(db, &secret).await;
    sqlx::query("UPDATE item SET pub_status = 'withheld' WHERE item_id = $1")
        .bind(secret.item_id.as_str())
        .execute(db)
        .await
        .unwrap();
    let mut of_another = item(4, "es", "Repite lo que aquí no está");
    of_another.verdict.duplicate_of = Some(item(99, "es", "").item_id);
    insert(db, &of_another).await;

    let (_, page) = desk.text("/").await;
    let row = |id: &str| page.contains(&format!("id=\"item-{id}\""));
    assert!(row(original.item_id.as_str()) && !row(repeat.item_id.as_str()), "{page}");
    assert!(row(secret.item_id.as_str()), "what is withheld keeps its row, which says no more than it may");
    assert!(row(of_another.item_id.as_str()), "its original is not on this page");
    let folded = page.split_once("<details class=\"folded\">").unwrap().1.split_once("</details>").unwrap().0;
    assert!(folded.contains("<summary>1 repeat</summary>"), "{folded}");
    assert!(
        folded.contains(&format!("/items/{}\"", repeat.item_id)) && folded.contains("El paro sube en enero")
    );
    assert!(!folded.contains("embargo"), "{folded}");

    let (_, alone) = desk.text(&format!("/rows/{}", original.item_id)).await;
    assert!(alone.contains("<summary>1 repeat</summary>"), "{alone}");
    let (_, without) = desk.text("/?duplicates=false").await;
    assert!(!without.contains("folded"), "{without}");
    // By words that the repeat alone has it is found, and stands for itself.
    let (_, found) = desk.text("/?q=%22paro+sube%22").await;
    let row = |id: &str| found.contains(&format!("id=\"item-{id}\""));
    assert!(row(repeat.item_id.as_str()) && !row(original.item_id.as_str()), "{found}");
}
