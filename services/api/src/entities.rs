//! `GET /v1/entities` and `GET /v1/entities/{id}`: whom and what the items name.

use axum::Json;
use axum::extract::State;
use chrono::TimeDelta;
use serde::Deserialize;
use sqlx::PgPool;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::read::entities::{self as table, Named};

use crate::answers::{DayLine, EntityDetail, EntityLine, EntityList, EntityName};
use crate::error::ApiError;
use crate::extract::{Id, Query, text};
use crate::items::page_size;
use crate::state::AppState;

/// Sorts of entities.
pub(crate) const KINDS: [&str; 4] = ["PER", "ORG", "LOC", "MISC"];
/// Days of an entity's chart.
const DAYS: i64 = 30;

/// The parameters of `GET /v1/entities`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityQuery {
    /// Entities at most.
    pub limit: Option<u32>,
    /// Letters of a name.
    pub q: Option<String>,
    /// One of [`KINDS`].
    pub kind: Option<String>,
}

/// Lists entities.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<EntityQuery>,
) -> Result<Json<EntityList>, ApiError> {
    let limit = page_size(query.limit, state.config.max_page)?;
    let kind = query.kind.as_deref().filter(|kind| !kind.is_empty());
    if let Some(kind) = kind.filter(|kind| !KINDS.contains(kind)) {
        return Err(ApiError::BadRequest(format!("kind={kind}: say {}", KINDS.join(", "))));
    }
    let typed = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    text("q", query.q.as_deref().unwrap_or_default(), 200)?;
    let found = match typed {
        Some(typed) => table::by_name(&state.db, typed, kind, limit).await?,
        None => table::named_most(&state.db, wall_clock() - TimeDelta::days(1), kind, limit).await?,
    };
    Ok(Json(EntityList { entities: found.into_iter().map(line).collect() }))
}

/// One entity.
///
/// # Errors
/// [`ApiError::NotFound`] where nothing names it.
pub async fn one(State(db): State<PgPool>, Id(id): Id) -> Result<Json<EntityDetail>, ApiError> {
    let found = table::entity(&db, &id, wall_clock() - TimeDelta::days(DAYS)).await?;
    let found = found.ok_or_else(|| ApiError::NotFound { what: "entity", id: id.clone() })?;
    Ok(Json(EntityDetail {
        entity: line(found.named),
        names: found
            .names
            .into_iter()
            .map(|written| EntityName { language: written.language, name: written.name })
            .collect(),
        merged: found.merged,
        days: found.days.into_iter().map(|day| DayLine { day: day.day, items: day.items }).collect(),
        beside: found.beside.into_iter().map(line).collect(),
    }))
}

fn line(named: Named) -> EntityLine {
    EntityLine { id: named.id, kind: named.kind, name: named.name, items: named.items }
}
