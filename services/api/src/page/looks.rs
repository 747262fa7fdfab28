//! Adding a wire: an address is looked at, what is there is shown, and an admin has it listed.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use sqlx::PgPool;
use wiredesk_contract::source::Rights;
use wiredesk_contract::time::span_words;
use wiredesk_store::source::look::LookState;

use super::alerts::pairs;
use super::words::{Frame, Words};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::Id;
use crate::looks::{self as api, Listing, LookAnswer};

/// A page that waits asks again after so many seconds.
const AGAIN: (HeaderName, &str) = (header::REFRESH, "2");

/// A wire that may be chosen.
struct Choice {
    url: String,
    about: String,
}

struct Seen {
    name: String,
    about: String,
    language: String,
    headlines: Vec<String>,
    remarks: Vec<String>,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "look.html")]
struct LookPage {
    t: &'static Words,
    frame: Frame,
    look: LookAnswer,
    seen: Option<Seen>,
}

impl LookPage {
    fn of(look: LookAnswer, frame: Frame) -> Self {
        let t = frame.t;
        let seen = look.state.may_be_wanted().then(|| seen(&look, t)).flatten();
        Self { t, frame: frame.at("sources"), look, seen }
    }

    fn waits(&self) -> bool {
        self.look.state.waits()
    }
}

fn seen(look: &LookAnswer, t: &Words) -> Option<Seen> {
    let preview = look.preview.as_ref()?;
    let wish = look.wish.as_ref();
    let items = |form: &str, items: usize| format!("{form}, {} {}", t.number(items), t.frame.items.of(items));
    let mut about = vec![items(&preview.form, preview.items)];
    about.extend(preview.newest.map(|at| (t.looks.newest)(&t.time(at))));
    about.extend(preview.gap_seconds.map(|gap| (t.sources.every)(&span_words(gap))));
    let mut choices = vec![Choice { url: preview.url.clone(), about: items(&preview.form, preview.items) }];
    choices.extend(preview.others.iter().map(|other| Choice {
        url: other.url.clone(),
        about: match &other.title {
            Some(title) => format!("{title}: {}", items(&other.form, other.items)),
            None => items(&other.form, other.items),
        },
    }));
    // What was wanted already stands first: it was refused for something else.
    if let Some(at) = wish.and_then(|wish| choices.iter().position(|choice| choice.url == wish.url)) {
        choices.swap(0, at);
    }
    let wished = wish.map(|wish| wish.name.clone()).filter(|name| !name.is_empty());
    Some(Seen {
        name: wished.or_else(|| preview.title.clone()).unwrap_or_default(),
        about: about.join("; "),
        language: wish
            .and_then(|w| w.language.clone())
            .or_else(|| preview.language.clone())
            .unwrap_or_default(),
        headlines: preview.headlines.clone(),
        remarks: preview.remarks.clone(),
        choices,
    })
}

/// `POST /looks`, from the sources' screen.
pub(super) async fn ask(admin: Admin, State(db): State<PgPool>, body: Bytes) -> Result<Redirect, ApiError> {
    let given = pairs(&body)?;
    let url = given.iter().find(|(name, _)| name == "url").map(|(_, url)| url.as_str()).unwrap_or_default();
    let look = api::begin(&db, admin, url).await?;
    Ok(Redirect::to(&format!("/looks/{}", look.id)))
}

/// `GET /looks/{id}`.
pub(super) async fn look(
    _admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    frame: Frame,
) -> Result<Response, ApiError> {
    let page = LookPage::of(api::find(&db, &id).await?, frame);
    let html = Html(page.render()?);
    Ok(if page.waits() { ([AGAIN], html).into_response() } else { html.into_response() })
}

/// `POST /looks/{id}`, from the form beside what was seen.
pub(super) async fn list(
    admin: Admin,
    State(db): State<PgPool>,
    Id(id): Id,
    body: Bytes,
) -> Result<Redirect, ApiError> {
    let given = pairs(&body)?;
    let field = |name: &str| given.iter().find(|(k, _)| k == name).map(|(_, value)| value.clone());
    let listing = Listing {
        url: field("url"),
        name: field("name"),
        language: field("language"),
        rights: if field("rights").as_deref() == Some("full_text") {
            Rights::FullText
        } else {
            Rights::Headline
        },
        pages: field("pages").is_some(),
    };
    api::want(&db, admin, &id, listing).await?;
    Ok(Redirect::to(&format!("/looks/{id}")))
}
