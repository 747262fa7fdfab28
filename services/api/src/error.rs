//! Errors as a client sees them: `application/problem+json` (RFC 9457), without inner details.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request was not answered with what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// `item`, `story`.
        what: &'static str,
        /// The id that was asked for.
        id: String,
    },
    /// A parameter is wrong.
    #[error("{0}")]
    BadRequest(String),
    /// Too many live readers.
    #[error("all {0} live streams are taken; try again in a minute, or raise api.max_streams")]
    TooManyStreams(usize),
    /// The store does not answer.
    #[error("the store does not answer; try again in a few seconds")]
    Store(#[from] sqlx::Error),
    /// The bus does not answer.
    #[error("the bus does not answer; try again in a few seconds")]
    Bus(#[from] wiredesk_bus::BusError),
    /// A page could not be rendered.
    #[error("the page could not be rendered")]
    Page(#[from] askama::Error),
}

impl ApiError {
    /// May the same request succeed later?
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotFound { .. } | Self::BadRequest(_) | Self::Page(_) => false,
            Self::TooManyStreams(_) => true,
            Self::Store(error) => wiredesk_store::is_transient(error),
            Self::Bus(error) => error.is_transient(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ if self.is_transient() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::warn!(error = ?self, "request failed: {self}");
        }
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("error"),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
