//! The sources' screen, and what an admin does from it.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use sqlx::PgPool;
use wiredesk_contract::time::span_words;

use super::pages::Page;
use super::view::short_time;
use crate::admin::{self, Deed};
use crate::auth::{Admin, Reader};
use crate::error::ApiError;
use crate::extract::text;

struct SourceView {
    id: String,
    name: String,
    language: String,
    state: &'static str,
    paused: bool,
    error: Option<String>,
    items: i64,
    rhythm: String,
    newest: String,
    polled: String,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    here: &'static str,
    session: bool,
    admin: bool,
    sources: Vec<SourceView>,
}

pub(super) async fn sources(State(db): State<PgPool>, reader: Reader) -> Page {
    let time = |at: Option<_>| at.map_or_else(|| "–".to_owned(), short_time);
    let sources = crate::sources::all(&db).await?.into_iter().map(|s| SourceView {
        id: s.id.to_string(),
        name: s.name,
        language: s.language.unwrap_or_default(),
        state: s.state.as_str(),
        paused: s.state.rests(),
        error: s.error,
        items: s.items_seen,
        rhythm: s.usual_gap_seconds.map_or_else(|| "–".to_owned(), |g| format!("every {}", span_words(g))),
        newest: time(s.newest_item),
        polled: time(s.last_poll),
    });
    let page = SourcesPage {
        here: "sources",
        session: reader.by_cookie,
        admin: reader.is_admin_here(),
        sources: sources.collect(),
    };
    Ok(Html(page.render()?))
}

/// `POST /sources/{id}/pause` and `…/resume`, from the page's buttons.
pub(super) async fn change_source(
    admin: Admin,
    State(db): State<PgPool>,
    Path((id, deed)): Path<(String, String)>,
    body: Bytes,
) -> Result<Redirect, ApiError> {
    let deed = match deed.as_str() {
        "pause" => Deed::Pause,
        "resume" => Deed::Resume,
        _ => return Err(ApiError::NotFound { what: "page", id: format!("/sources/{id}/{deed}") }),
    };
    text("the id", &id, 200)?;
    admin::change(&db, admin, &id, deed, reason(&body)?).await?;
    Ok(Redirect::to("/sources"))
}

/// The field `reason` of a form; empty where it is left out.
pub(super) fn reason(body: &[u8]) -> Result<String, ApiError> {
    let given = url::form_urlencoded::parse(body).find(|(name, _)| name == "reason");
    let reason = given.map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
    text("reason", &reason, 500)?;
    Ok(reason)
}
