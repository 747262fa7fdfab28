//! Forgetting entries that no feed has listed for a long time, a little at a time.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::Timestamp;
use wiredesk_store::source;

/// How often it is looked for them.
const EVERY: Duration = Duration::from_secs(3600);
/// Rows of one transaction: some milliseconds of Postgres.
const ROWS: i64 = 5000;
/// Pause between two of them, so that polls go before.
const PAUSE: Duration = Duration::from_millis(500);

/// Forgets entries that were last listed more than `days` days ago, until shutdown. Of several fetchers one does so at a time.
pub async fn run(db: PgPool, days: u32, clock: fn() -> Timestamp, shutdown: CancellationToken) {
    let mut pause = EVERY;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let before = clock() - chrono::Duration::days(days.into());
        pause = match source::prune(&db, before, ROWS).await {
            Ok(rows) if i64::try_from(rows) == Ok(ROWS) => PAUSE,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!("old entries were not forgotten ({error}); trying again in an hour");
                EVERY
            }
        };
    }
}
