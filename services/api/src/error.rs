//! Errors as a client sees them: `application/problem+json` (RFC 9457), without inner details.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::auth::keeper::{Refused, Scope};

/// What is wrong with what a form of the page sent, or a program like it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// An alert without a name.
    #[error("the alert needs a name")]
    NoName,
    /// No address that an alert could be sent to.
    #[error("url is no address by http or https, like https://desk.example/hook")]
    Address,
    /// As many alerts as there may be.
    #[error("there are {0} alerts already; remove one first")]
    TooManyAlerts(usize),
    /// A dead letter that is no record.
    #[error("the letter cannot be sent again: {0}")]
    NotSentAgain(String),
    /// Nothing to look at.
    #[error("url is empty; write the address of a feed or of a site")]
    NothingToLookAt,
    /// As many looks as may wait.
    #[error("{0} addresses wait to be looked at already; is a fetcher running? `wiredesk doctor` says")]
    TooManyLooks(i64),
    /// A wire that was not seen, or that is on its way.
    #[error("the wire cannot be listed now: the look is {0}")]
    NotSeen(&'static str),
    /// An address that nobody has looked at.
    #[error("url is none of those that were seen; look at it first")]
    NotLookedAt,
}

/// Why a request was not answered with what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// `item`, `story`, `source`, `page`.
        what: &'static str,
        /// The id that was asked for.
        id: String,
    },
    /// A parameter is wrong.
    #[error("{0}")]
    BadRequest(String),
    /// The body is of another type.
    #[error("the body's type is not taken; send application/json")]
    MediaType,
    /// The address is too long.
    #[error("the address is longer than 8 KiB; ask for less at a time")]
    LongAddress,
    /// The request is to another name than ours.
    #[error("this desk is not reached under that name; add it to api.hosts, or set api.access = \"token\"")]
    Host,
    /// No token, where one is needed.
    #[error("this needs a token: send Authorization: Bearer wd_…; `wiredesk token create` makes one")]
    NoToken,
    /// A token that is not good.
    #[error(transparent)]
    Token(#[from] Refused),
    /// A token in an address.
    #[error(
        "a token in an address ends in logs and histories: revoke this one, and send the next as Authorization: Bearer wd_…"
    )]
    TokenInAddress,
    /// The token may not do this.
    #[error("this needs a token with the scope {}; `wiredesk token create --scope read,admin` makes one for both", .0.as_str())]
    Scope(Scope),
    /// A request that changes something, from another page than ours.
    #[error("the request does not come from this desk's own page")]
    ForeignPage,
    /// The reader's share is used up.
    #[error("too many requests; try again in {0} s")]
    TooMany(u64),
    /// Too many live readers.
    #[error("all {0} live streams are taken; try again in a minute, or raise api.max_streams")]
    TooManyStreams(usize),
    /// Too many live streams of one reader.
    #[error("you have {0} live streams open already; close one first")]
    TooManyOfOne(usize),
    /// It takes too long.
    #[error("the answer takes too long; ask for less, or try again in a few seconds")]
    Slow,
    /// The store does not answer.
    #[error("the store does not answer; try again in a few seconds")]
    Store(#[source] sqlx::Error),
    /// The bus does not answer.
    #[error("the bus does not answer; try again in a few seconds")]
    Bus(#[from] wiredesk_bus::BusError),
    /// The stages could not be looked at.
    #[error("the line cannot be looked at now; try again in a few seconds")]
    Line(#[source] wiredesk_runtime::StageError),
    /// What is asked for does not fit how things are.
    #[error("{0}")]
    Conflict(String),
    /// What a form sent is wrong, or does not fit how things are.
    #[error(transparent)]
    Form(#[from] Wrong),
    /// A page could not be rendered.
    #[error("the page could not be rendered")]
    Page(#[from] askama::Error),
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        // Class 22 is data that a type does not hold, 54 is too much of it: both are the request's, should a check of ours
        // have missed it.
        let code = error.as_database_error().and_then(|e| e.code());
        if code.is_some_and(|c| c.starts_with("22") || c.starts_with("54")) {
            tracing::warn!(%error, "a parameter passed our checks and not Postgres's: {error}");
            return Self::BadRequest("a parameter has a value that cannot be looked for".to_owned());
        }
        Self::Store(error)
    }
}

impl ApiError {
    /// May the same request succeed later?
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TooMany(_) | Self::TooManyStreams(_) | Self::TooManyOfOne(_) | Self::Slow => true,
            Self::Store(error) => wiredesk_store::is_transient(error),
            Self::Bus(error) => error.is_transient(),
            Self::Line(error) => error.is_transient(),
            _ => false,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::BadRequest(_) | Self::TokenInAddress => StatusCode::BAD_REQUEST,
            Self::Form(Wrong::NoName | Wrong::Address | Wrong::NothingToLookAt | Wrong::NotLookedAt) => {
                StatusCode::BAD_REQUEST
            }
            Self::Conflict(_) | Self::Form(_) => StatusCode::CONFLICT,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::LongAddress => StatusCode::URI_TOO_LONG,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::NoToken | Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Scope(_) | Self::ForeignPage => StatusCode::FORBIDDEN,
            Self::TooMany(_) | Self::TooManyOfOne(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ if self.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// How a client may mend it, for its program (RFC 6750, RFC 9110).
    fn header(&self) -> Option<(header::HeaderName, String)> {
        let challenge =
            |more: &str| Some((header::WWW_AUTHENTICATE, format!("Bearer realm=\"wiredesk\"{more}")));
        match self {
            Self::NoToken => challenge(""),
            Self::Token(_) => challenge(", error=\"invalid_token\""),
            Self::Scope(scope) => {
                challenge(&format!(", error=\"insufficient_scope\", scope=\"{}\"", scope.as_str()))
            }
            Self::TooMany(seconds) => Some((header::RETRY_AFTER, seconds.to_string())),
            Self::TooManyOfOne(_) => Some((header::RETRY_AFTER, "60".to_owned())),
            _ => None,
        }
    }
}

/// An answer that is an error.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::warn!(error = ?self, "request failed: {self}");
        }
        // A fault of ours is no trouble of the store that time mends.
        let detail = match status {
            StatusCode::INTERNAL_SERVER_ERROR => "the request met a fault of ours; it is logged".to_owned(),
            _ => self.to_string(),
        };
        let mut response = problem(status, &detail);
        if let Some((name, value)) = self.header()
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        // For the page, which says it in its reader's language.
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
