//! `POST /v1/sources/{id}/pause` and `…/resume`: what `wiredesk sources` does, for programs and the page.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use wiredesk_contract::SourceId;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::audit_log::{self, Entry};
use wiredesk_store::source as table;

use crate::answers::SourceRest;
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::{Id, text};

/// The body of an admin's request; it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Why {
    reason: String,
}

/// Lets a source rest.
///
/// # Errors
/// [`ApiError`].
pub async fn pause(
    admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<SourceRest>, ApiError> {
    let why = why(&headers, &body)?;
    let shown = match why.trim() {
        "" => "paused by an operator".to_owned(),
        why => format!("paused by an operator: {why}"),
    };
    let mut tx = db.begin().await?;
    if !table::pause(&mut *tx, &id, &shown).await? {
        return Err(ApiError::NotFound { what: "source", id });
    }
    audit_log::insert(&mut *tx, &entry(admin, "source.pause", &id, why)).await?;
    tx.commit().await?;
    Ok(Json(SourceRest { id: SourceId::new(id), paused: true, reason: Some(shown) }))
}

/// Polls a source again at once.
///
/// # Errors
/// [`ApiError`].
pub async fn resume(
    admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<SourceRest>, ApiError> {
    let why = why(&headers, &body)?;
    let mut tx = db.begin().await?;
    if !table::resume(&mut *tx, &id, wall_clock()).await? {
        return Err(ApiError::NotFound { what: "source", id });
    }
    audit_log::insert(&mut *tx, &entry(admin, "source.resume", &id, why)).await?;
    tx.commit().await?;
    Ok(Json(SourceRest { id: SourceId::new(id), paused: false, reason: None }))
}

fn entry(admin: Admin, action: &str, id: &str, reason: String) -> Entry {
    Entry {
        at: wall_clock(),
        actor: admin.actor,
        action: action.to_owned(),
        target: id.to_owned(),
        reason,
        detail: json!({"by": "api"}),
    }
}

fn why(headers: &HeaderMap, body: &[u8]) -> Result<String, ApiError> {
    if body.is_empty() {
        return Ok(String::new());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::MediaType);
    }
    // By way of a map: serde takes an array for a struct too.
    let why: Why = serde_json::from_slice::<Map<String, Value>>(body)
        .and_then(|map| serde_json::from_value(Value::Object(map)))
        .map_err(|error| ApiError::BadRequest(format!("the body cannot be read: {error}")))?;
    text("reason", &why.reason, 500)?;
    Ok(why.reason)
}
