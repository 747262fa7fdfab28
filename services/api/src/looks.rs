//! `POST /v1/looks`, `GET /v1/looks/{id}` and `POST /v1/looks/{id}/list`: a wire is looked at before it is listed. The API reaches
//! nobody; it asks in Postgres, and a fetcher answers (`services/fetcher/src/run/looks.rs`).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use wiredesk_contract::source::Rights;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_store::audit_log;
use wiredesk_store::source::look::{self as table, LookState, Preview, SourceLook, Wish};

use crate::admin::{body, entry};
use crate::alerts::new_id;
use crate::auth::Admin;
use crate::error::{ApiError, Wrong};
use crate::extract::{Id, text};

/// Looks that wait for a fetcher at most: each of them sends requests to strangers.
const MOST: i64 = 20;
/// How long a look is kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// An address that is to be looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Of a feed, or of a site that has one; https where it names no scheme.
    pub url: String,
}

/// As what a wire that was seen is to be listed. What is left out is as it was seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listing {
    /// Address: that of the preview, or of one of the others of its site.
    pub url: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// What of its items may be published.
    pub rights: Rights,
    /// Fetch the article pages too.
    pub pages: bool,
}

/// A look at a wire.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LookAnswer {
    /// Id.
    pub id: String,
    /// The address as it was typed.
    pub url: String,
    /// Who asked.
    pub actor: String,
    /// When.
    pub asked: Timestamp,
    /// How far it has come: `asked` and `wanted` wait for a fetcher.
    pub state: LookState,
    /// What was seen.
    pub preview: Option<Preview>,
    /// As what it is to be listed, once somebody wants it.
    pub wish: Option<Wish>,
    /// The wire, once it is listed.
    pub source: Option<SourceId>,
    /// Why nothing was seen, or why it was not listed.
    pub error: Option<String>,
}

impl From<SourceLook> for LookAnswer {
    fn from(look: SourceLook) -> Self {
        Self {
            id: look.id,
            url: look.url,
            actor: look.actor,
            asked: look.asked,
            state: look.state,
            preview: look.preview,
            wish: look.wish,
            source: look.source,
            error: look.error,
        }
    }
}

/// Has an address looked at.
///
/// # Errors
/// [`ApiError`].
pub async fn ask(
    admin: Admin,
    State(db): State<PgPool>,
    headers: HeaderMap,
    given: Bytes,
) -> Result<(StatusCode, Json<LookAnswer>), ApiError> {
    let address: Address = body(&headers, &given)?;
    Ok((StatusCode::ACCEPTED, Json(begin(&db, admin, &address.url).await?)))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`Wrong::TooManyLooks`].
pub async fn begin(db: &PgPool, admin: Admin, url: &str) -> Result<LookAnswer, ApiError> {
    text("url", url, 2000)?;
    let url = url.trim();
    if url.is_empty() {
        return Err(Wrong::NothingToLookAt.into());
    }
    if table::waiting(db).await? >= MOST {
        return Err(Wrong::TooManyLooks(MOST).into());
    }
    let id = new_id();
    let now = wall_clock();
    let mut tx = db.begin().await?;
    table::forget(&mut *tx, now - KEPT).await?;
    table::ask(&mut *tx, &id, url, &admin.actor, now).await?;
    let mut row = entry(admin, "source.look", &id, String::new());
    row.detail = json!({"by": "api", "url": url});
    audit_log::insert(&mut *tx, &row).await?;
    tx.commit().await?;
    find(db, &id).await
}

/// One look.
///
/// # Errors
/// [`ApiError`].
pub async fn one(_admin: Admin, State(db): State<PgPool>, Id(id): Id) -> Result<Json<LookAnswer>, ApiError> {
    Ok(Json(find(&db, &id).await?))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn find(db: &PgPool, id: &str) -> Result<LookAnswer, ApiError> {
    let look = table::find(db, id).await?;
    look.map(LookAnswer::from).ok_or_else(|| ApiError::NotFound { what: "look", id: id.to_owned() })
}

/// Has a wire that was seen listed.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    headers: HeaderMap,
    given: Bytes,
) -> Result<(StatusCode, Json<LookAnswer>), ApiError> {
    let listing: Listing = if given.is_empty() { Listing::default() } else { body(&headers, &given)? };
    Ok((StatusCode::ACCEPTED, Json(want(&db, admin, &id, listing).await?)))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`Wrong::NotSeen`] where it was not seen, or is on its way; [`Wrong::NotLookedAt`] where it is another address.
pub async fn want(db: &PgPool, admin: Admin, id: &str, listing: Listing) -> Result<LookAnswer, ApiError> {
    let too_long =
        [("url", &listing.url, 2000), ("name", &listing.name, 200), ("language", &listing.language, 100)];
    for (name, value, most) in too_long {
        text(name, value.as_deref().unwrap_or_default(), most)?;
    }
    let look = find(db, id).await?;
    let Some(preview) = look.preview.filter(|_| look.state.may_be_wanted()) else {
        return Err(Wrong::NotSeen(look.state.as_str()).into());
    };
    let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let url = filled(listing.url).unwrap_or_else(|| preview.url.clone());
    if url != preview.url && preview.others.iter().all(|other| other.url != url) {
        return Err(Wrong::NotLookedAt.into());
    }
    let wish = Wish {
        url,
        name: filled(listing.name).unwrap_or_default(),
        language: filled(listing.language),
        rights: listing.rights,
        pages: listing.pages,
    };
    let mut tx = db.begin().await?;
    if !table::want(&mut *tx, id, &wish, wall_clock()).await? {
        return Err(Wrong::NotSeen(LookState::Wanted.as_str()).into());
    }
    let mut row = entry(admin, "source.add", id, String::new());
    row.detail = json!({"by": "api", "wish": wish});
    audit_log::insert(&mut *tx, &row).await?;
    tx.commit().await?;
    find(db, id).await
}
