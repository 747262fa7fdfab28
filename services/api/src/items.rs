//! `GET /v1/items` and `GET /v1/items/{id}`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgPool;
use wiredesk_contract::{Item, ItemId, StoryId, Timestamp, ninjs};
use wiredesk_store::read::{self, ItemFilter, ItemRow};

use crate::answers::{ItemDetail, ItemList, VersionSummary};
use crate::cursor::Cursor;
use crate::error::ApiError;
use crate::state::AppState;
use crate::storable;

/// The parameters of `GET /v1/items`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Items a page.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Comma-separated.
    pub source: Option<String>,
    /// Comma-separated.
    pub language: Option<String>,
    /// `news`, `planning`, `roundup`, `not_article`.
    pub kind: Option<String>,
    /// `false` leaves repeats out. Text, because a form sends an empty value for "all".
    pub duplicates: Option<String>,
    /// Words in the headline.
    pub q: Option<String>,
    /// Items of this story.
    pub story: Option<String>,
    /// Written at or after this instant.
    pub since: Option<String>,
    /// What was written since, oldest first.
    pub changed_after: Option<String>,
}

impl ListQuery {
    /// The filter for the store; empty parameters, as forms send them, are no parameters.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] naming the parameter.
    pub fn filter(&self, max_page: u32) -> Result<ItemFilter, ApiError> {
        let texts = [
            ("source", &self.source),
            ("language", &self.language),
            ("kind", &self.kind),
            ("q", &self.q),
            ("story", &self.story),
        ];
        if let Some((name, _)) =
            texts.iter().find(|(_, value)| value.as_deref().is_some_and(|v| !storable::text(v)))
        {
            return Err(ApiError::BadRequest(format!("{name} has a NUL character; leave it out")));
        }
        let given = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
        let list = |value: &Option<String>| {
            given(value).map(|v| v.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>())
        };
        let since = given(&self.since)
            .map(|text| {
                text.parse::<Timestamp>().ok().filter(|at| storable::instant(*at)).ok_or_else(|| {
                    ApiError::BadRequest(format!("since={text} is no instant like 2026-02-15T09:30:00Z"))
                })
            })
            .transpose()?;
        let hide_duplicates = match given(&self.duplicates).as_deref() {
            None | Some("true") => false,
            Some("false") => true,
            Some(other) => {
                return Err(ApiError::BadRequest(format!("duplicates={other}: say true or false")));
            }
        };
        let limit = self.limit.unwrap_or(max_page.min(50));
        if limit == 0 || limit > max_page {
            return Err(ApiError::BadRequest(format!("limit={limit}: ask for 1 to {max_page} items a page")));
        }
        Ok(ItemFilter {
            sources: list(&self.source),
            languages: list(&self.language),
            kind: given(&self.kind),
            hide_duplicates,
            words: given(&self.q),
            story: given(&self.story),
            since,
            limit: i64::from(limit),
        })
    }
}

/// Lists items.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ItemList>, ApiError> {
    Ok(Json(page(&state.db, &query, state.config.max_page).await?))
}

/// One page of items, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn page(db: &PgPool, query: &ListQuery, max_page: u32) -> Result<ItemList, ApiError> {
    let filter = query.filter(max_page)?;
    if let Some(after) = &query.changed_after {
        let (tx, seq) = read_change(after)?;
        let rows = read::changed_after(db, (&tx, seq), &filter).await?;
        // Nothing new: the same place again, so that a client that polls always has one.
        let next =
            rows.last().map_or(format!("{tx}.{seq}"), |row| format!("{}.{}", row.change_tx, row.change_seq));
        return Ok(ItemList { items: rows.into_iter().map(document).collect(), next: Some(next) });
    }
    let cursor = query.cursor.as_deref().filter(|c| !c.is_empty()).map(Cursor::read).transpose()?;
    let rows = read::newest(db, cursor.as_ref().map(|c| (c.at, c.id.as_str())), &filter).await?;
    let full = rows.len() as i64 == filter.limit;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|row| Cursor { at: row.version_created, id: row.item_id.clone() }.write());
    Ok(ItemList { items: rows.into_iter().map(document).collect(), next })
}

/// The place in the order of changes that a client hands back: transaction, dot, number. Empty is the beginning.
///
/// # Errors
/// [`ApiError::BadRequest`] for anything else.
pub fn read_change(text: &str) -> Result<(String, i64), ApiError> {
    if text.is_empty() {
        return Ok(("0".to_owned(), 0));
    }
    let parts = text.split_once('.').and_then(|(tx, seq)| Some((tx.parse::<u64>().ok()?, seq.parse().ok()?)));
    let (tx, seq) = parts.ok_or_else(|| {
        ApiError::BadRequest(format!(
            "changed_after={text} is not a `next` of this list; leave its value empty to start"
        ))
    })?;
    Ok((tx.to_string(), seq))
}

/// The stored document, with the story that the stories stage has placed it in since.
pub fn document(row: ItemRow) -> Item {
    let mut item = row.doc.0;
    item.story = row.story_id.map(StoryId::new);
    item
}

/// The parameters of `GET /v1/items/{id}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneQuery {
    /// `ninjs` or nothing.
    pub format: Option<String>,
}

/// One item with its versions, or as ninjs.
///
/// # Errors
/// [`ApiError`].
pub async fn one(
    State(db): State<PgPool>,
    Path(id): Path<String>,
    Query(query): Query<OneQuery>,
) -> Result<Response, ApiError> {
    match query.format.as_deref() {
        None | Some("" | "json") => Ok(Json(detail(&db, &id).await?).into_response()),
        Some("ninjs") => {
            let item = find(&db, &id).await?;
            let mut response = Json(ninjs::to_ninjs(&item)).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/ninjs+json"));
            Ok(response)
        }
        Some(other) => Err(ApiError::BadRequest(format!("format={other}: say json or ninjs"))),
    }
}

/// The newest version of an item.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn find(db: &PgPool, id: &str) -> Result<Item, ApiError> {
    let row = if storable::text(id) { read::item(db, id).await? } else { None };
    row.map(document).ok_or_else(|| ApiError::NotFound { what: "item", id: id.to_owned() })
}

/// An item with its history, for the API and the web page alike.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn detail(db: &PgPool, id: &str) -> Result<ItemDetail, ApiError> {
    let item = find(db, id).await?;
    let versions = read::versions(db, id)
        .await?
        .into_iter()
        .map(|doc| VersionSummary {
            version: doc.0.version,
            change: doc.0.change,
            version_created: doc.0.version_created,
            item: doc.0,
        })
        .collect();
    let repeated_by = read::repeats_of(db, id).await?.into_iter().map(ItemId::new).collect();
    Ok(ItemDetail { item, versions, repeated_by })
}
