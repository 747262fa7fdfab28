//! `GET /v1/sources`: how each wire is doing.

use axum::Json;
use axum::extract::State;
use sqlx::PgPool;
use wiredesk_contract::SourceId;
use wiredesk_store::read::{self, SourceRow};
use wiredesk_store::source as table;

use crate::answers::{SourceHealth, SourceList};
use crate::error::ApiError;

/// Lists all sources.
///
/// # Errors
/// [`ApiError`].
pub async fn list(State(db): State<PgPool>) -> Result<Json<SourceList>, ApiError> {
    Ok(Json(SourceList { sources: all(&db).await? }))
}

/// All sources by name, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn all(db: &PgPool) -> Result<Vec<SourceHealth>, ApiError> {
    Ok(read::sources(db).await?.into_iter().map(health).collect())
}

/// How a wire is doing, from its row.
pub fn health(row: SourceRow) -> SourceHealth {
    let repairs = row.repairs.clone().and_then(|r| serde_json::from_value(r).ok());
    SourceHealth {
        language: row.configured("language").map(str::to_owned),
        state: table::State::of(&row).into(),
        error: row.trouble(),
        id: SourceId::new(row.id),
        name: row.name,
        url: row.url,
        origin: row.origin,
        form: row.form,
        last_status: row.last_status,
        last_ok: row.last_ok,
        last_poll: row.last_poll,
        next_poll: row.next_poll,
        newest_item: row.newest_item,
        items_seen: row.items_seen,
        failures: row.failures,
        usual_gap_seconds: row.gap_seconds,
        poll_seconds: row.pace_seconds,
        window_items: row.window_items,
        last_arrival: row.last_arrival,
        silent_since: row.silent_since,
        moved_to: row.moved_to,
        repairs: repairs.unwrap_or_default(),
    }
}
