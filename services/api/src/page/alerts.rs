//! Saved searches: what is sent to whom, how it goes, and a form to make one of what the wire shows.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use sqlx::PgPool;

use super::filter::address;
use super::words::{Frame, Words};
use crate::alerts::{self as api, Alert, NewAlertAnswer, Wish};
use crate::answers::SourceState;
use crate::auth::{Admin, Reader};
use crate::error::ApiError;
use crate::extract::{Id, text};

/// Fields of the form that are no conditions.
const OWN: [&str; 2] = ["name", "url"];

struct AlertView {
    id: String,
    name: String,
    host: String,
    /// The wire that it is sent of.
    link: String,
    conditions: String,
    state: &'static str,
    state_words: &'static str,
    wrong: Option<String>,
    delivered: i64,
    given_up: i64,
    last: String,
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    t: &'static Words,
    frame: Frame,
    admin: bool,
    alerts: Vec<AlertView>,
    /// What the form is about to save.
    query: Vec<(String, String)>,
    name: String,
    url: String,
    made: Option<NewAlertAnswer>,
    wrong: Option<String>,
}

impl AlertsPage {
    async fn of(db: &PgPool, reader: &Reader, frame: Frame) -> Result<Self, ApiError> {
        let admin = reader.is_admin_here();
        // The rest may see that there are alerts, but not of what.
        let alerts = if admin {
            api::all(db).await?.into_iter().map(|alert| view(alert, frame.t)).collect()
        } else {
            Vec::new()
        };
        Ok(Self {
            t: frame.t,
            frame: frame.at("alerts"),
            admin,
            alerts,
            query: Vec::new(),
            name: String::new(),
            url: String::new(),
            made: None,
            wrong: None,
        })
    }
}

fn view(alert: Alert, t: &Words) -> AlertView {
    let pairs: Vec<(&str, &str)> = alert.query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let (state, state_words) = match (alert.active, alert.failures) {
        (false, _) => ("gone", (t.state)(SourceState::Gone)),
        (true, 0) => ("ok", (t.state)(SourceState::Ok)),
        (true, _) => ("failing", (t.state)(SourceState::Failing)),
    };
    AlertView {
        link: address("/", &pairs),
        conditions: pairs.iter().map(|(k, v)| (t.condition)(k, v)).collect::<Vec<_>>().join(", "),
        state,
        state_words,
        wrong: alert.last_error,
        delivered: alert.delivered,
        given_up: alert.given_up,
        last: alert.last_delivered.map_or_else(|| "–".to_owned(), |at| t.time(at)),
        id: alert.id,
        name: alert.name,
        host: alert.host,
    }
}

pub(super) async fn alerts(
    State(db): State<PgPool>,
    reader: Reader,
    frame: Frame,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, ApiError> {
    let query = pairs(query.unwrap_or_default().as_bytes())?;
    let page = AlertsPage { query: conditions(query), ..AlertsPage::of(&db, &reader, frame).await? };
    Ok(Html(page.render()?))
}

/// `POST /alerts`, from the form.
pub(super) async fn make(
    admin: Admin,
    reader: Reader,
    frame: Frame,
    State(db): State<PgPool>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let given = pairs(&body)?;
    let field =
        |name: &str| given.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let (name, url) = (field("name"), field("url"));
    let query = conditions(given);
    let wish = Wish {
        name: name.clone(),
        url: url.clone(),
        query: query.iter().cloned().collect::<BTreeMap<_, _>>(),
    };
    let made = api::make(&db, admin, wish).await;
    let page = AlertsPage::of(&db, &reader, frame).await?;
    let (status, page) = match made {
        Ok(made) => (StatusCode::CREATED, AlertsPage { made: Some(made), ..page }),
        Err(error @ (ApiError::BadRequest(_) | ApiError::Conflict(_) | ApiError::Form(_))) => {
            (error.status(), AlertsPage { query, name, url, wrong: Some((page.t.error)(&error)), ..page })
        }
        Err(error) => return Err(error),
    };
    Ok((status, Html(page.render()?)).into_response())
}

/// `POST /alerts/{id}/remove`, from the page's button.
pub(super) async fn remove(admin: Admin, State(db): State<PgPool>, Id(id): Id) -> Result<Redirect, ApiError> {
    api::forget(&db, admin, &id, String::new()).await?;
    Ok(Redirect::to("/alerts"))
}

/// The fields of a query or a form that are filled in.
pub(super) fn pairs(given: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let filled = url::form_urlencoded::parse(given).filter(|(_, value)| !value.is_empty());
    let pairs: Vec<(String, String)> = filled.map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    for (name, value) in &pairs {
        text("a field's name", name, 200)?;
        text(name, value, 4000)?;
    }
    Ok(pairs)
}

fn conditions(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.retain(|(name, _)| !OWN.contains(&name.as_str()));
    pairs
}
