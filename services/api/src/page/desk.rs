//! The sources' screen, and what an admin does from it.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use sqlx::PgPool;
use wiredesk_contract::time::span_words;

use super::pages::Page;
use super::words::{Frame, Words};
use crate::admin::{self, BY_OPERATOR, Deed};
use crate::answers::{SourceHealth, SourceState};
use crate::auth::{Admin, Reader};
use crate::error::ApiError;
use crate::extract::text;

struct SourceView {
    id: String,
    name: String,
    language: String,
    state: &'static str,
    state_words: &'static str,
    paused: bool,
    error: Option<String>,
    /// The sentence is the fetcher's, not ours.
    in_english: bool,
    items: i64,
    rhythm: String,
    newest: String,
    polled: String,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    t: &'static Words,
    frame: Frame,
    admin: bool,
    sources: Vec<SourceView>,
}

pub(super) async fn sources(State(db): State<PgPool>, reader: Reader, frame: Frame) -> Page {
    let t = frame.t;
    let time = |at: Option<_>| at.map_or_else(|| "–".to_owned(), |at| t.time(at));
    let sources = crate::sources::all(&db).await?.into_iter().map(|s| {
        let ours = trouble(&s, t);
        SourceView {
            id: s.id.to_string(),
            name: s.name,
            language: s.language.unwrap_or_default(),
            state: s.state.as_str(),
            state_words: (t.state)(s.state),
            paused: s.state.rests(),
            in_english: ours.is_none(),
            error: ours.or(s.error),
            items: s.items_seen,
            rhythm: s.usual_gap_seconds.map_or_else(|| "–".to_owned(), |g| (t.sources.every)(&span_words(g))),
            newest: time(s.newest_item),
            polled: time(s.last_poll),
        }
    });
    let page = SourcesPage {
        t: frame.t,
        frame: frame.at("sources"),
        admin: reader.is_admin_here(),
        sources: sources.collect(),
    };
    Ok(Html(page.render()?))
}

/// Why a wire is not ok, where we know it ourselves; else it is in the words of the fetcher or of its server.
fn trouble(source: &SourceHealth, t: &Words) -> Option<String> {
    match source.state {
        SourceState::Silent => {
            let since =
                source.newest_item.or(source.last_arrival).or(source.silent_since).map(|at| t.time(at));
            let usual = source.usual_gap_seconds.map(|gap| (t.sources.every)(&span_words(gap)));
            let silent = (t.sources.silent)(since.as_deref());
            Some(usual.map_or(silent.clone(), |usual| format!("{silent}; {usual}")))
        }
        SourceState::Paused => {
            let why = source.error.as_deref()?.strip_prefix(BY_OPERATOR)?;
            Some(format!("{}{why}", t.sources.paused))
        }
        _ => None,
    }
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
