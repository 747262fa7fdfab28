//! `GET /v1/stories` and `GET /v1/stories/{id}`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgPool;
use wiredesk_contract::Story;
use wiredesk_store::read;

use crate::answers::StoryList;
use crate::cursor::Cursor;
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::items::page_size;
use crate::state::AppState;

/// The parameters of `GET /v1/stories`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryQuery {
    /// Stories a page.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Lists stories.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<StoryQuery>,
) -> Result<Json<StoryList>, ApiError> {
    let limit = page_size(query.limit, state.config.max_page)?;
    let cursor = query.cursor.as_deref().filter(|c| !c.is_empty()).map(Cursor::read).transpose()?;
    Ok(Json(page(&state.db, cursor, limit).await?))
}

/// One page of stories, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn page(db: &PgPool, cursor: Option<Cursor>, limit: i64) -> Result<StoryList, ApiError> {
    let rows = read::stories(db, cursor.as_ref().map(|c| (c.at, c.id.as_str())), limit).await?;
    let full = rows.len() as i64 == limit;
    let stories: Vec<Story> = rows.into_iter().map(|row| row.0).collect();
    let next = stories
        .last()
        .filter(|_| full)
        .map(|story| Cursor { at: story.last_seen, id: story.story_id.to_string() }.write());
    Ok(StoryList { stories, next })
}

/// One story.
///
/// # Errors
/// [`ApiError`].
pub async fn one(State(db): State<PgPool>, Id(id): Id) -> Result<Json<Story>, ApiError> {
    Ok(Json(find(&db, &id).await?))
}

/// One story, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn find(db: &PgPool, id: &str) -> Result<Story, ApiError> {
    let row = read::story(db, id).await?;
    Ok(row.ok_or_else(|| ApiError::NotFound { what: "story", id: id.to_owned() })?.0)
}
