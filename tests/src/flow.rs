//! Waits for the sample wire to be through the pipeline.

use std::time::Duration;

use wiredesk_sample_wire::Manifest;
use wiredesk_sample_wire::manifest::ExpectedItem;

use crate::{Desk, Process, Wire, compare};

/// For what is lost it is waited in vain however long; what only takes its time on a busy machine must not fail.
const PATIENCE: Duration = Duration::from_secs(240);

/// Waits until everything that the wire has sent up to `second` is in the ledger and published.
pub async fn settled(desk: &Desk, wire: &Wire, second: i64, processes: &mut [Process]) {
    let sent = Manifest { items: wire.manifest.as_of(second), ..wire.manifest.clone() };
    // Versions that the ledger itself releases come by the wall clock: they are not counted here.
    let count = |item: &ExpectedItem| item.versions.iter().filter(|v| !v.by_ledger).count() as i64;
    let expected: i64 = sent.items.iter().map(count).sum();
    let what = format!("everything up to second {second} ({expected} versions)");
    let waited = desk.wait(&what, PATIENCE, processes, async || {
        let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM item_version v WHERE change <> 'status'")
            .fetch_one(desk.db())
            .await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        let done = stored >= expected && waiting == 0;
        Ok((!done).then(|| format!("{stored} versions, {waiting} in the outbox")))
    });
    if let Err(left) = waited.await {
        panic!("{}\n{left}", compare::differences(desk, &sent).await.join("\n"));
    }
}

/// Waits for the end: embargoes over, stories placed, nothing under way.
pub async fn finished(desk: &Desk, wire: &Wire, processes: &mut [Process]) {
    let versions: i64 = wire.manifest.items.iter().map(|i| i.versions.len() as i64).sum();
    let placed = wire.manifest.items.iter().filter(|i| i.story.is_some()).count() as i64;
    let what = format!("all {versions} versions");
    let patience = wire.embargo_left() + Duration::from_secs(150);
    let waited = desk.wait(&what, patience, processes, async || {
        let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM item_version").fetch_one(desk.db()).await?;
        let stories: i64 =
            sqlx::query_scalar("SELECT count(*) FROM story_item WHERE story_id IS NOT NULL").fetch_one(desk.db()).await?;
        let behind: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM item i LEFT JOIN story_item s USING (item_id) WHERE s.version IS DISTINCT FROM i.version",
        )
        .fetch_one(desk.db())
        .await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        if stored >= versions && stories >= placed && behind == 0 && waiting == 0 {
            return Ok(None);
        }
        Ok(Some(format!(
            "{stored} versions, {stories} of {placed} placed in stories, {behind} behind, {waiting} in the outbox"
        )))
    });
    if let Err(left) = waited.await {
        panic!("{}\n{left}", compare::differences(desk, &wire.manifest).await.join("\n"));
    }
}
