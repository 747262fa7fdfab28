//! `POST /v1/sources/{id}/pause` and `…/resume`: what `wiredesk sources` does, for programs and the page.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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

/// What the reason of a source that somebody let rest begins with; `wiredesk sources pause` says the same.
pub(crate) const BY_OPERATOR: &str = "paused by an operator";

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
    Ok(Json(change(&db, admin, &id, Deed::Pause, why).await?))
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
    Ok(Json(change(&db, admin, &id, Deed::Resume, why).await?))
}

/// What is done with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It rests.
    Pause,
    /// It is polled, at once.
    Resume,
}

/// Does it, with its row in the audit, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where no such source is listed.
pub async fn change(
    db: &PgPool,
    admin: Admin,
    id: &str,
    deed: Deed,
    why: String,
) -> Result<SourceRest, ApiError> {
    let shown = match why.trim() {
        "" => BY_OPERATOR.to_owned(),
        why => format!("{BY_OPERATOR}: {why}"),
    };
    let mut tx = db.begin().await?;
    let (found, action) = match deed {
        Deed::Pause => (table::pause(&mut *tx, id, &shown).await?, "source.pause"),
        Deed::Resume => (table::resume(&mut *tx, id, wall_clock()).await?, "source.resume"),
    };
    if !found {
        return Err(ApiError::NotFound { what: "source", id: id.to_owned() });
    }
    audit_log::insert(&mut *tx, &entry(admin, action, id, why)).await?;
    tx.commit().await?;
    let paused = deed == Deed::Pause;
    Ok(SourceRest { id: SourceId::new(id), paused, reason: paused.then_some(shown) })
}

/// The audit's row.
pub(crate) fn entry(admin: Admin, action: &str, id: &str, reason: String) -> Entry {
    Entry {
        at: wall_clock(),
        actor: admin.actor,
        action: action.to_owned(),
        target: id.to_owned(),
        reason,
        detail: json!({"by": "api"}),
    }
}

/// The reason in the body of an admin's request, which may be left out.
///
/// # Errors
/// [`ApiError`] where the body is something else.
pub(crate) fn why(headers: &HeaderMap, given: &[u8]) -> Result<String, ApiError> {
    if given.is_empty() {
        return Ok(String::new());
    }
    let why: Why = body(headers, given)?;
    text("reason", &why.reason, 500)?;
    Ok(why.reason)
}

/// The JSON object that a request has for its body.
///
/// # Errors
/// [`ApiError`] where the body is something else.
pub(crate) fn body<T: DeserializeOwned>(headers: &HeaderMap, given: &[u8]) -> Result<T, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::MediaType);
    }
    // By way of a map: serde takes an array for a struct too.
    serde_json::from_slice::<Map<String, Value>>(given)
        .and_then(|map| serde_json::from_value(Value::Object(map)))
        .map_err(|error| ApiError::BadRequest(format!("the body cannot be read: {error}")))
}
