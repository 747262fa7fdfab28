//! `GET /v1/sources`: how each wire is doing.

use axum::Json;
use axum::extract::State;
use sqlx::PgPool;
use wiredesk_contract::SourceId;
use wiredesk_store::read::{self, SourceRow};

use crate::answers::{SourceHealth, SourceList, SourceState};
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

fn health(row: SourceRow) -> SourceHealth {
    let state = match &row {
        SourceRow { stopped: Some(_), .. } => SourceState::Gone,
        SourceRow { paused: true, .. } => SourceState::Paused,
        SourceRow { last_poll: None, .. } => SourceState::Waiting,
        SourceRow { failures: 0, .. } => SourceState::Ok,
        // No status: nobody answered.
        SourceRow { last_status: None, .. } => SourceState::Unreachable,
        _ => SourceState::Failing,
    };
    SourceHealth {
        id: SourceId::new(row.id),
        name: row.name,
        url: row.url,
        language: row.language,
        state,
        error: row.stopped.or(row.last_error),
        last_status: row.last_status,
        last_ok: row.last_ok,
        last_poll: row.last_poll,
        next_poll: row.next_poll,
        newest_item: row.newest_item,
        items_seen: row.items_seen,
        failures: row.failures,
    }
}
