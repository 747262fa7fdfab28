//! `GET /v1/items/{id}/cleaning`: what the cleaner took out of a version and mended in it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgPool;
use wiredesk_contract::ItemId;
use wiredesk_store::read;

use crate::answers::{Cleaning, Passage};
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::items;

/// The parameters of `GET /v1/items/{id}/cleaning`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleaningQuery {
    /// The newest where it is left out.
    pub version: Option<u32>,
}

/// What was done to a version.
///
/// # Errors
/// [`ApiError`].
pub async fn cleaning(
    State(db): State<PgPool>,
    Id(id): Id,
    Query(query): Query<CleaningQuery>,
) -> Result<Json<Cleaning>, ApiError> {
    let version = match query.version {
        Some(version) => version,
        None => items::find(&db, &id).await?.version,
    };
    let found = of(&db, &id, version).await?;
    found
        .map(Json)
        .ok_or_else(|| ApiError::NotFound { what: "clean copy of version", id: format!("{version} of {id}") })
}

/// The same, for the API and the web page alike. None where nothing may be shown.
///
/// # Errors
/// [`ApiError`].
pub async fn of(db: &PgPool, id: &str, version: u32) -> Result<Option<Cleaning>, ApiError> {
    let Ok(wanted) = i32::try_from(version) else { return Ok(None) };
    let found = read::cleaning(db, id, wanted).await?;
    Ok(found.map(|found| Cleaning {
        item_id: ItemId::new(id),
        version,
        removed: found
            .removed
            .0
            .into_iter()
            .map(|passage| Passage { text: passage.text, reason: passage.reason })
            .collect(),
        repairs: found.repairs.0,
        memory_version: found.memory_version.and_then(|v| u32::try_from(v).ok()),
        partial: found.partial,
    }))
}
