//! What was seen, in a real Postgres: how long it is kept, and how an upgrade reads what the first release kept.

use chrono::Duration;
use wiredesk_contract::raw::FeedEntry;
use wiredesk_contract::{ItemId, SourceId, Timestamp};
use wiredesk_fetcher::identity;
use wiredesk_store::source as table;
use wiredesk_testkit::TestPostgres;

async fn source(postgres: &TestPostgres, id: &str, active: bool, read_at: Option<Timestamp>) {
    sqlx::query(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll, active, read_at)
         VALUES ($1, $1, 'https://w.example/' || $1, '{}', 60, now(), $2, $3)",
    )
    .bind(id)
    .bind(active)
    .bind(read_at)
    .execute(postgres.pool())
    .await
    .unwrap();
}

async fn entry(postgres: &TestPostgres, source: &str, item: &str, last_seen: Timestamp) {
    sqlx::query(
        "INSERT INTO seen_entry (source_id, item_id, entry_hash, revision, first_seen, last_seen)
         VALUES ($1, $2, 'x', 1, $3, $3)",
    )
    .bind(source)
    .bind(item)
    .bind(last_seen)
    .execute(postgres.pool())
    .await
    .unwrap();
}

async fn left(postgres: &TestPostgres) -> Vec<String> {
    sqlx::query_scalar("SELECT source_id || '/' || item_id FROM seen_entry ORDER BY 1")
        .fetch_all(postgres.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn entries_are_forgotten_once_no_document_has_listed_them_for_long() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let ago = |days| now - Duration::days(days);
    // A feed that is read daily; one that has said "unchanged" for two years; one that was never read since the upgrade; one
    // that is no longer in the list.
    source(&postgres, "daily", true, Some(now)).await;
    source(&postgres, "still", true, Some(ago(700))).await;
    source(&postgres, "new", true, None).await;
    source(&postgres, "gone", false, None).await;
    for (of, item, days) in [
        ("daily", "listed", 0),
        ("daily", "months", 399),
        ("daily", "old-1", 401),
        ("daily", "old-2", 500),
        ("still", "listed", 701),
        ("still", "old", 703),
        ("new", "old", 900),
        ("gone", "old", 900),
        ("gone", "recent", 10),
    ] {
        entry(&postgres, of, item, ago(days)).await;
    }
    let pool = postgres.pool();
    assert_eq!(table::prune(pool, ago(400), 1).await.unwrap(), 1, "in batches");
    // While another prunes, nobody else does.
    let mut other = pool.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(x'7365656e'::bigint)").execute(&mut *other).await.unwrap();
    assert_eq!(table::prune(pool, ago(400), 100).await.unwrap(), 0);
    other.rollback().await.unwrap();
    assert_eq!(table::prune(pool, ago(400), 100).await.unwrap(), 3);
    assert_eq!(table::prune(pool, ago(400), 100).await.unwrap(), 0);
    assert_eq!(
        left(&postgres).await,
        ["daily/listed", "daily/months", "gone/recent", "new/old", "still/listed"]
    );
}

#[tokio::test]
async fn second_keys_are_looked_up_within_a_source() {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return };
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    for id in ["a", "b"] {
        source(&postgres, id, true, Some(now)).await;
        entry(&postgres, id, "old", now).await;
    }
    sqlx::query("UPDATE seen_entry SET alt_key = '/n/1', alt_site = 'w.example' WHERE source_id = 'a'")
        .execute(postgres.pool())
        .await
        .unwrap();
    let entries = [FeedEntry { guid: Some("https://www.w.example/n/1".to_owned()), ..FeedEntry::default() }];
    let known = |id: &'static str| {
        let (postgres, entries) = (&postgres, &entries);
        async move { identity::known(postgres.pool(), &SourceId::new(id), entries).await.unwrap() }
    };
    let (ids, seen) = known("a").await;
    assert_eq!(ids, [Some(ItemId::new("old"))]);
    assert_eq!(seen.len(), 1);
    let (ids, seen) = known("b").await;
    assert_eq!(ids, identity::item_ids(&SourceId::new("b"), &entries), "another source's are not its");
    assert!(seen.is_empty());
}
