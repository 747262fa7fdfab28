//! `GET /v1/items` and `GET /v1/items/{id}`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgPool;
use wiredesk_contract::{Item, ItemId, StoryId, Timestamp, ninjs};
use wiredesk_store::read::{self, Circle, ItemFilter, ItemRow, Words};

use crate::answers::{ItemDetail, ItemList, VersionSummary};
use crate::config::Config;
use crate::cursor::Cursor;
use crate::error::ApiError;
use crate::extract::{Id, Query, is_sound, text};
use crate::formats::{self, ListFormat};
use crate::state::AppState;

/// Longest list of sources or languages, in characters.
const LONGEST_LIST: usize = 4000;
/// Longest search, in characters: Postgres takes no word of more than 2046 bytes.
const LONGEST_WORDS: usize = 500;
/// Sorts of copy.
pub(crate) const KINDS: [&str; 4] = ["news", "planning", "roundup", "not_article"];

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
    /// Words in headline, lead or body, in the forms of the item's language.
    pub q: Option<String>,
    /// 1 to 9: at least as urgent. Text, like the next four, because a form sends an empty value for "all".
    pub urgency: Option<String>,
    /// Codes of Media Topics, comma-separated.
    pub topic: Option<String>,
    /// The id of an entity that is named.
    pub entity: Option<String>,
    /// `geo:<geonameid>`.
    pub place: Option<String>,
    /// Degrees north, degrees east, kilometres.
    pub near: Option<String>,
    /// Items of this story.
    pub story: Option<String>,
    /// Written at or after this instant.
    pub since: Option<String>,
    /// Written before this instant.
    pub until: Option<String>,
    /// What was written since, oldest first.
    pub changed_after: Option<String>,
    /// `json`, or another of [`formats::LISTS`].
    pub format: Option<String>,
}

impl ListQuery {
    /// The filter for the store; empty parameters, as forms send them, are no parameters.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] naming the parameter.
    pub fn filter(&self, max_page: u32) -> Result<ItemFilter, ApiError> {
        let given = |name: &str, value: &Option<String>, most: usize| {
            let value = value.clone().filter(|v| !v.is_empty());
            value.map(|v| text(name, &v, most).map(|()| v)).transpose()
        };
        let list = |name: &str, value: &Option<String>| {
            let value = given(name, value, LONGEST_LIST)?;
            Ok::<_, ApiError>(
                value.map(|v| v.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>()),
            )
        };
        let instant = |name: &str, value: &Option<String>| {
            given(name, value, 64)?
                .map(|text| {
                    text.parse::<Timestamp>().ok().filter(|at| is_sound(*at)).ok_or_else(|| {
                        ApiError::BadRequest(format!("{name}={text} is no instant like 2026-02-15T09:30:00Z"))
                    })
                })
                .transpose()
        };
        let hide_duplicates = match given("duplicates", &self.duplicates, 64)?.as_deref() {
            None | Some("true") => false,
            Some("false") => true,
            Some(other) => {
                return Err(ApiError::BadRequest(format!("duplicates={other}: say true or false")));
            }
        };
        let limit = page_size(self.limit, max_page)?;
        Ok(ItemFilter {
            sources: list("source", &self.source)?,
            languages: list("language", &self.language)?,
            kind: self.kind()?,
            hide_duplicates,
            words: given("q", &self.q, LONGEST_WORDS)?.map(Words::Exact),
            urgency: given("urgency", &self.urgency, 64)?.as_deref().map(urgency).transpose()?,
            topics: list("topic", &self.topic)?,
            entity: given("entity", &self.entity, 400)?,
            place: given("place", &self.place, 200)?,
            near: given("near", &self.near, 200)?.as_deref().map(circle).transpose()?,
            story: given("story", &self.story, 200)?,
            since: instant("since", &self.since)?,
            until: instant("until", &self.until)?,
            limit,
        })
    }

    fn kind(&self) -> Result<Option<String>, ApiError> {
        let kind = self.kind.as_ref().filter(|k| !k.is_empty());
        if let Some(kind) = kind
            && !KINDS.contains(&kind.as_str())
        {
            return Err(ApiError::BadRequest(format!("kind={kind}: say {}", KINDS.join(", "))));
        }
        Ok(kind.cloned())
    }
}

fn urgency(text: &str) -> Result<i16, ApiError> {
    let urgency = text.parse().ok().filter(|n| (1..=9).contains(n));
    urgency.ok_or_else(|| ApiError::BadRequest(format!("urgency={text}: say 1 (flash) to 9")))
}

fn circle(text: &str) -> Result<Circle, ApiError> {
    Circle::read(text).ok_or_else(|| {
        ApiError::BadRequest(format!(
            "near={text}: say degrees north, degrees east and kilometres, like 40.4168,-3.7038,50"
        ))
    })
}

/// Rows of a page, as asked for.
///
/// # Errors
/// [`ApiError::BadRequest`] where they are none or too many.
pub fn page_size(limit: Option<u32>, most: u32) -> Result<i64, ApiError> {
    let limit = limit.unwrap_or(50.min(most));
    if limit == 0 || limit > most {
        return Err(ApiError::BadRequest(format!("limit={limit}: ask for 1 to {most} a page")));
    }
    Ok(i64::from(limit))
}

/// Lists items.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    State(state): State<AppState>,
    uri: Uri,
    Query(query): Query<ListQuery>,
) -> Result<Response, ApiError> {
    let format = ListFormat::read(query.format.as_deref())?;
    let list = page(&state.db, &query, &state.config).await?;
    let own = uri.path_and_query().map_or("/v1/items", |path| path.as_str());
    let next = list.next.as_deref().map(|next| following(&uri, &query, next));
    Ok(format.answer(&list, own, next.as_deref()))
}

/// The same list from `next` on.
fn following(uri: &Uri, query: &ListQuery, next: &str) -> String {
    let place = if query.changed_after.is_some() { "changed_after" } else { "cursor" };
    let given = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    parameters.extend_pairs(given.filter(|(name, _)| name != place)).append_pair(place, next);
    format!("{}?{}", uri.path(), parameters.finish())
}

/// One page of items, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn page(db: &PgPool, query: &ListQuery, config: &Config) -> Result<ItemList, ApiError> {
    let filter = query.filter(config.max_page)?;
    if let Some(after) = &query.changed_after {
        let (tx, seq) = read_change(after)?;
        let rows = read::changed_after(db, (&tx, seq), &filter).await?;
        // Nothing new: the same place again, so that a client that polls always has one.
        let next =
            rows.last().map_or(format!("{tx}.{seq}"), |row| format!("{}.{}", row.change_tx, row.change_seq));
        return Ok(ItemList {
            items: rows.into_iter().map(document).collect(),
            next: Some(next),
            alike: false,
        });
    }
    let cursor = query.cursor.as_deref().filter(|c| !c.is_empty()).map(Cursor::read).transpose()?;
    let after = cursor.as_ref().map(|c| (c.at, c.id.as_str()));
    let within = Duration::from_millis(config.search_millis);
    let found = read::newest_or_alike(db, after, &filter, Some(within)).await?;
    let next = found.next.map(|(at, id)| Cursor { at, id }.write());
    Ok(ItemList { items: found.rows.into_iter().map(document).collect(), next, alike: found.alike })
}

/// The place in the order of changes that a client hands back: transaction, dot, number. Empty is the beginning.
///
/// # Errors
/// [`ApiError::BadRequest`] for anything else.
pub fn read_change(given: &str) -> Result<(String, i64), ApiError> {
    if given.is_empty() {
        return Ok(("0".to_owned(), 0));
    }
    let parts =
        given.split_once('.').and_then(|(tx, seq)| Some((tx.parse::<u64>().ok()?, seq.parse().ok()?)));
    let (tx, seq) = parts.ok_or_else(|| {
        ApiError::BadRequest(format!(
            "changed_after={given} is not a `next` of this list; leave its value empty to start"
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
    /// `ninjs`, `jsonld` or nothing.
    pub format: Option<String>,
}

/// One item with its versions, or its newest version as ninjs or JSON-LD.
///
/// # Errors
/// [`ApiError`].
pub async fn one(
    State(db): State<PgPool>,
    Id(id): Id,
    Query(query): Query<OneQuery>,
) -> Result<Response, ApiError> {
    match query.format.as_deref() {
        None | Some("" | "json") => Ok(Json(detail(&db, &id).await?).into_response()),
        Some("ninjs") => {
            let item = find(&db, &id).await?;
            Ok(typed(Json(ninjs::to_ninjs(&item)), "application/ninjs+json"))
        }
        Some("jsonld") => {
            let item = find(&db, &id).await?;
            Ok(typed(Json(formats::news_article(&item)), "application/ld+json"))
        }
        Some(other) => Err(ApiError::BadRequest(format!("format={other}: say json, ninjs or jsonld"))),
    }
}

fn typed(answer: impl IntoResponse, media_type: &'static str) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The newest version of an item.
///
/// # Errors
/// [`ApiError::NotFound`] where there is none.
pub async fn find(db: &PgPool, id: &str) -> Result<Item, ApiError> {
    let row = read::item(db, id).await?;
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
