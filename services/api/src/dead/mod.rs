//! `GET /v1/dead`, `GET /v1/dead/{id}`, `POST /v1/dead/{id}/retry` and `…/drop`: what the stages could not take. To send a letter again is
//! asked for in Postgres; the relay does it (`services/relay/src/letters.rs`), so that the API may write to no topic.

mod letters;

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{DeadId, DeadLetter};
use wiredesk_runtime::dead::{self, Line};
use wiredesk_store::audit_log;
use wiredesk_store::dead::{Action, Settled, settle, settled};

pub use self::letters::Letters;
use crate::admin::{entry, why};
use crate::answers::{DeadDetail, DeadLine, DeadList, DeadSettled};
use crate::auth::Admin;
use crate::cursor::Cursor;
use crate::error::{ApiError, Wrong};
use crate::extract::{Id, Query, text};
use crate::items::page_size;
use crate::state::AppState;

/// The parameters of `GET /v1/dead`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeadQuery {
    /// Letters a page.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Only of this stage.
    pub stage: Option<String>,
    /// Only of this reason.
    pub reason: Option<String>,
    /// Those too that somebody has dealt with.
    pub all: Option<bool>,
}

/// Lists the letters that nobody has dealt with.
///
/// # Errors
/// [`ApiError`].
pub async fn list(
    State(state): State<AppState>,
    Query(query): Query<DeadQuery>,
) -> Result<Json<DeadList>, ApiError> {
    Ok(Json(page(&state, &query).await?))
}

/// One page of letters, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn page(state: &AppState, query: &DeadQuery) -> Result<DeadList, ApiError> {
    let limit = usize::try_from(page_size(query.limit, state.config.max_page)?).unwrap_or_default();
    let cursor = query.cursor.as_deref().filter(|c| !c.is_empty()).map(Cursor::read).transpose()?;
    let stage = query.stage.as_deref().filter(|s| !s.is_empty());
    let reason = query.reason.as_deref().filter(|r| !r.is_empty());
    for (name, value) in [("stage", stage), ("reason", reason)] {
        text(name, value.unwrap_or_default(), 200)?;
    }
    let dealt_with = settled(&state.db).await?;
    let wanted = |line: &Line| {
        stage.is_none_or(|stage| stage == line.stage)
            && reason.is_none_or(|reason| reason == line.reason)
            && (query.all == Some(true) || waits(&dealt_with, &line.dead_id))
    };
    let after = cursor.map(|c| (c.at, DeadId::new(c.id)));
    let lines = state.letters.newest(after, limit, wanted);
    let next = lines
        .last()
        .filter(|_| lines.len() == limit)
        .map(|line| Cursor { at: line.at, id: line.dead_id.to_string() }.write());
    let letters = lines.into_iter().map(|line| {
        let done = dealt_with.get(&line.dead_id).map(told);
        shown(line, done)
    });
    Ok(DeadList { letters: letters.collect(), next })
}

/// How many of the letters nobody has dealt with.
///
/// # Errors
/// [`ApiError`].
pub async fn waiting(state: &AppState) -> Result<usize, ApiError> {
    let dealt_with = settled(&state.db).await?;
    Ok(state.letters.newest(None, usize::MAX, |line| waits(&dealt_with, &line.dead_id)).len())
}

fn waits(dealt_with: &BTreeMap<DeadId, Settled>, id: &DeadId) -> bool {
    !dealt_with.get(id).is_some_and(|done| done.action.is_settled())
}

fn told(done: &Settled) -> DeadSettled {
    DeadSettled { action: done.action.as_str().to_owned(), reason: done.reason.clone() }
}

fn shown(line: Line, settled: Option<DeadSettled>) -> DeadLine {
    DeadLine {
        dead_id: line.dead_id,
        at: line.at,
        stage: line.stage,
        reason: line.reason,
        explanation: line.explanation,
        topic: line.topic,
        partition: line.partition,
        offset: line.offset,
        key: line.key,
        settled,
    }
}

/// A letter whole. Its payload may be the full text of a page, so this is for admins.
///
/// # Errors
/// [`ApiError`].
pub async fn one(
    _admin: Admin,
    State(state): State<AppState>,
    Id(id): Id,
) -> Result<Json<DeadDetail>, ApiError> {
    let letter = find(&state, &id).await?;
    let settled = settled(&state.db).await?.get(&letter.dead_id).map(told);
    Ok(Json(DeadDetail { letter, settled }))
}

async fn find(state: &AppState, id: &str) -> Result<DeadLetter, ApiError> {
    let gone = || ApiError::NotFound { what: "dead letter", id: id.to_owned() };
    let kept = state.letters.find(&DeadId::new(id)).ok_or_else(gone)?;
    letters::whole(&state.deps, &kept).await?.ok_or_else(gone)
}

/// Has a letter's record sent to its topic again: after the cause was mended.
///
/// # Errors
/// [`Wrong::NotSentAgain`] where it can never be sent again.
pub async fn retry(
    admin: Admin,
    State(state): State<AppState>,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<DeadLine>), ApiError> {
    let reason = why(&headers, &body)?;
    let line = ask_again(&state, admin, &id, reason).await?;
    Ok((StatusCode::ACCEPTED, Json(line)))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// As [`retry`].
pub async fn ask_again(
    state: &AppState,
    admin: Admin,
    id: &str,
    reason: String,
) -> Result<DeadLine, ApiError> {
    let letter = find(state, id).await?;
    dead::record_of(&letter, &state.deps.topics, wall_clock())
        .map_err(|why| Wrong::NotSentAgain(why.to_string()))?;
    deal(state, admin, letter.into(), Action::Asked, reason).await
}

/// Says that a letter is to stay refused.
///
/// # Errors
/// [`ApiError`].
pub async fn drop_letter(
    admin: Admin,
    State(state): State<AppState>,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<DeadLine>, ApiError> {
    let reason = why(&headers, &body)?;
    Ok(Json(leave(&state, admin, &id, reason).await?))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// As [`drop_letter`].
pub async fn leave(state: &AppState, admin: Admin, id: &str, reason: String) -> Result<DeadLine, ApiError> {
    let kept = state.letters.find(&DeadId::new(id));
    let kept = kept.ok_or_else(|| ApiError::NotFound { what: "dead letter", id: id.to_owned() })?;
    deal(state, admin, kept.line, Action::Dropped, reason).await
}

async fn deal(
    state: &AppState,
    admin: Admin,
    line: Line,
    action: Action,
    reason: String,
) -> Result<DeadLine, ApiError> {
    let name = if action == Action::Dropped { "dead.drop" } else { "dead.retry" };
    let mut tx = state.db.begin().await?;
    let ids = [line.dead_id.clone()];
    settle(&mut *tx, &ids, action, &admin.actor, &reason, wall_clock()).await?;
    audit_log::insert(&mut *tx, &entry(admin, name, line.dead_id.as_str(), reason.clone())).await?;
    tx.commit().await?;
    state.line.forget().await;
    Ok(shown(line, Some(told(&Settled { action, reason }))))
}
