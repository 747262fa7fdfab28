//! How the sources are doing.

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::SourceId;

use super::SourceHealth;

/// How all sources are doing, by name; those that are no longer listed last.
///
/// # Errors
/// sqlx's.
pub async fn health(db: &PgPool) -> Result<Vec<SourceHealth>, sqlx::Error> {
    let rows =
        sqlx::query("SELECT * FROM source ORDER BY active DESC, lower(name), id").fetch_all(db).await?;
    rows.iter()
        .map(|r| {
            Ok(SourceHealth {
                id: SourceId::new(r.try_get::<String, _>("id")?),
                name: r.try_get("name")?,
                url: r.try_get("url")?,
                config: r.try_get::<Json<Value>, _>("config")?.0,
                active: r.try_get("active")?,
                paused: r.try_get("paused")?,
                stopped: r.try_get("stopped")?,
                interval_seconds: r.try_get("interval_seconds")?,
                next_poll: r.try_get("next_poll")?,
                last_poll: r.try_get("last_poll")?,
                last_ok: r.try_get("last_ok")?,
                last_status: r.try_get("last_status")?,
                last_error: r.try_get("last_error")?,
                failures: r.try_get("failures")?,
                newest_item: r.try_get("newest_item")?,
                items_seen: r.try_get("items_seen")?,
                partial: r.try_get("partial")?,
            })
        })
        .collect()
}
