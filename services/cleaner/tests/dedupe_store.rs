//! Verdicts in a real Postgres: stored once, whoever comes first.

use chrono::{Duration, TimeZone, Utc};
use serde_json::json;
use wiredesk_contract::verdict::Evidence;
use wiredesk_contract::{Change, ContentHash, ItemId, Verdict};
use wiredesk_store::verdict::{
    VerdictRow, WindowRow, blank, forget_entries, insert, memoised, newest, older, window,
};

fn row(item: &str, hash: &str, revision: u32, original: Option<&str>) -> VerdictRow {
    let item_id = ItemId::new(item);
    let mut verdict = Verdict::original(&item_id, Change::New);
    verdict.similarity = 0.8137;
    if let Some(original) = original {
        verdict.duplicate_of = Some(ItemId::new(original));
        verdict.cluster = ItemId::new(original);
        verdict.evidence = Some(Evidence {
            compared_with: Some(ItemId::new(original)),
            shared: vec!["unas palabras que comparten".to_owned()],
            ..Evidence::default()
        });
    }
    VerdictRow {
        item_id,
        content_hash: ContentHash::new(hash),
        language: "es".to_owned(),
        event_time: Utc.with_ymd_and_hms(2026, 2, 10, 6, 0, 0).unwrap()
            + Duration::hours(i64::from(revision)),
        revision,
        verdict,
        entry: Some(json!({"title": "Un titular", "text": "Un texto"})),
        kept: Some(vec![1, 2, 3]),
        exact: Some(format!("text of {item}")),
    }
}

async fn rows_of(db: &sqlx::PgPool, language: &str, hours: i64, limit: u32) -> Vec<WindowRow> {
    let mut rows = Vec::new();
    window(db, language, Duration::hours(hours), limit, |row| rows.push(row)).await.unwrap();
    rows
}

/// The row as the window reads it.
fn read(row: &VerdictRow) -> WindowRow {
    WindowRow {
        item_id: row.item_id.to_string(),
        content_hash: row.content_hash.to_string(),
        event_time: row.event_time,
        revision: row.revision,
        kept: row.kept.clone().ok_or_else(|| row.verdict.clone()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_end_with_one_verdict() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    for round in 0..20 {
        let hash = format!("h{round}");
        let one = [row("a", &hash, 1, None), row("b", &hash, 1, Some("a"))];
        let two = [row("a", &hash, 1, Some("b")), row("b", &hash, 1, None)];
        let (x, y) = tokio::join!(insert(test.pool(), &one), insert(test.pool(), &two));
        let (x, y) = (x.unwrap(), y.unwrap());
        assert_eq!(x, y, "both owners send the same");
        assert!(x == one || x == two, "one of them won both: they insert in the same order");
    }
}

#[tokio::test]
async fn what_is_stored_comes_back_as_it_was() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    let rows = [row("a", "h1", 1, None), row("b", "h1", 2, Some("a")), row("a", "h2", 3, None)];
    assert_eq!(insert(db, &rows).await.unwrap(), rows);
    assert_eq!(insert(db, &rows).await.unwrap(), rows, "a replay reads what is there");
    let all: Vec<WindowRow> = rows.iter().map(read).collect();
    assert_eq!(rows_of(db, "es", 96, 100).await, all, "in the order in which they were given");
    assert_eq!(rows_of(db, "es", 1, 100).await, all[1..]);
    assert_eq!(rows_of(db, "es", 96, 2).await, all[1..]);
    assert_eq!(rows_of(db, "fr", 96, 100).await, []);
    let key = (rows[1].item_id.clone(), rows[1].content_hash.clone());
    assert_eq!(memoised(db, std::slice::from_ref(&key)).await.unwrap().get(&key), Some(&rows[1]));
    assert_eq!(newest(db, &[ItemId::new("a")]).await.unwrap().get(&ItemId::new("a")), Some(&rows[2]));
}

#[tokio::test]
async fn a_killed_items_text_is_blanked_wherever_it_is_quoted() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    insert(db, &[row("a", "h1", 1, None), row("b", "h1", 2, Some("a")), row("c", "h1", 3, Some("b"))])
        .await
        .unwrap();
    let mut tx = db.begin().await.unwrap();
    blank(&mut tx, &["a"]).await.unwrap();
    tx.commit().await.unwrap();
    let rows = rows_of(db, "es", 96, 100).await;
    assert!(rows[0].kept.is_err() && rows[1].kept.is_ok());
    let keys =
        rows.iter().map(|r| (ItemId::new(r.item_id.as_str()), ContentHash::new(r.content_hash.as_str())));
    let rows: Vec<VerdictRow> =
        memoised(db, &keys.collect::<Vec<_>>()).await.unwrap().into_values().collect();
    let shared = |n: usize| rows[n].verdict.evidence.as_ref().map_or(0, |e| e.shared.len());
    assert_eq!((rows[0].entry.is_none(), rows[1].entry.is_some()), (true, true));
    assert_eq!((shared(1), shared(2)), (0, 1));
    assert_eq!(rows[1].verdict.duplicate_of, Some(ItemId::new("a")), "the verdict itself stays");
    assert_eq!(forget_entries(db, rows[2].event_time).await.unwrap(), 1);
}

#[tokio::test]
async fn an_equal_text_from_before_is_found() {
    let Some(test) = wiredesk_testkit::postgres().await else { return };
    let db = test.pool();
    let rows = [row("a", "h1", 1, None), row("b", "h1", 2, None), row("c", "h1", 3, None)]
        .map(|row| VerdictRow { exact: Some("equal".to_owned()), ..row });
    insert(db, &rows).await.unwrap();
    let found = |hours: i64| {
        let before = rows[0].event_time + Duration::hours(hours);
        async move { older(db, &[("equal".to_owned(), before)]).await.unwrap().remove("equal") }
    };
    assert_eq!(found(0).await, None);
    assert_eq!(found(1).await, Some(ItemId::new("a")));
    assert_eq!(found(9).await, Some(ItemId::new("c")), "the newest of them");
    assert!(older(db, &[]).await.unwrap().is_empty());
}
