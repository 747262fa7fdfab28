//! Deletes what is past its topic's retention, oldest first, in small transactions.

use std::time::Duration;

use sqlx::PgPool;

use super::fault;
use crate::error::BusError;

/// Records of one transaction.
const STEP: i64 = 500;

/// Records are stored in offset order, so the first of a partition that is young enough ends the step.
const DELETE: &str = r#"
    WITH oldest AS (
        SELECT r.topic, r.partition, r."offset", r.stored_at < now() - t.retention_hours * interval '1 hour' AS past
        FROM bus_partition p JOIN bus_topic t ON t.id = p.topic
        CROSS JOIN LATERAL (
            SELECT * FROM bus_record b WHERE b.topic = p.topic AND b.partition = p.partition ORDER BY b."offset" LIMIT $3
        ) r
        WHERE p.topic = $1 AND p.partition = $2
    ), kept AS (
        SELECT coalesce(min("offset") FILTER (WHERE NOT past), max("offset") + 1) AS first FROM oldest
    )
    DELETE FROM bus_record b USING kept
    WHERE b.topic = $1 AND b.partition = $2 AND b."offset" < kept.first"#;

/// Deletes all that is due; answers how many records.
pub(super) async fn sweep(db: &PgPool) -> Result<u64, BusError> {
    let partitions: Vec<(i32, i32)> = sqlx::query_as("SELECT topic, partition FROM bus_partition")
        .fetch_all(db)
        .await
        .map_err(fault::bus)?;
    let mut deleted = 0;
    for (topic, partition) in partitions {
        loop {
            let step = sqlx::query(DELETE).bind(topic).bind(partition).bind(STEP).execute(db).await;
            let step = step.map_err(fault::bus)?.rows_affected();
            deleted += step;
            if step < STEP.unsigned_abs() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(deleted)
}

/// Sweeps every so often.
pub(super) async fn keep_sweeping(db: PgPool, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        // Of those who use the bus under roles of their own, the publisher may delete.
        let may =
            sqlx::query_scalar("SELECT has_table_privilege('bus_record', 'DELETE')").fetch_one(&db).await;
        if matches!(may, Ok(false)) {
            tracing::debug!("records past their retention are left to a login that may delete them");
            return;
        }
        match sweep(&db).await {
            Ok(0) => {}
            Ok(records) => tracing::info!(records, "deleted {records} records past their topic's retention"),
            Err(error) => {
                tracing::warn!(%error, "records past their retention could not be deleted; tried again later")
            }
        }
    }
}
