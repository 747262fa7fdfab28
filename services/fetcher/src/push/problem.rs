//! What a sender is told when nothing was taken: `application/problem+json` (RFC 9457), one sentence that says what to do.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use wiredesk_runtime::StageError;

use super::signature::Unsigned;

/// Why nothing was taken. A status from 500 on means: send the same again.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// 401.
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    /// 404.
    #[error("there is no webhook {0:?} here; check the last part of the address")]
    Unknown(String),
    /// 404: a callback that is not ours. It says nothing about those that are.
    #[error("there is no subscription here")]
    NoSubscription,
    /// 410: a hub may forget it.
    #[error("this subscription has ended; send no more")]
    Ended,
    /// 408.
    #[error("the body did not arrive within {0} seconds; send it again on a faster line")]
    Slow(u64),
    /// 400.
    #[error("the body broke off; send it again")]
    BrokenOff,
    /// 413.
    #[error("the document is larger than the {0} bytes allowed; send fewer items at a time")]
    TooLarge(usize),
    /// 415.
    #[error("{0} is not taken; send the document itself, as XML or JSON, not encoded or packed")]
    MediaType(String),
    /// 422.
    #[error("{0}")]
    Unreadable(String),
    /// 429.
    #[error("this source sends too much; send the same again in {0} s")]
    TooMany(u64),
    /// 503: all places are taken.
    #[error("too many requests at a time; send the same again in a few seconds")]
    Busy,
    /// 503: an operator paused the source.
    #[error("this source is paused; send the same again later")]
    Paused,
    /// 503: our part of the secret cannot be read.
    #[error(
        "this source's secret cannot be read here; send the same again when its operator has mended that"
    )]
    NoSecret,
    /// 503: the process stops.
    #[error("this instance is stopping; send the same again in a few seconds")]
    Stopping,
    /// 503 or 500: the bus or Postgres.
    #[error(
        "nothing was taken, because the desk's own parts do not answer; send the same again in a few seconds"
    )]
    Stage(#[from] StageError),
}

impl Problem {
    /// May the same request succeed later?
    pub fn is_transient(&self) -> bool {
        !matches!(
            self,
            Self::Unsigned(_)
                | Self::Unknown(_)
                | Self::NoSubscription
                | Self::Ended
                | Self::TooLarge(_)
                | Self::MediaType(_)
                | Self::Unreadable(_)
        )
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unsigned(_) => StatusCode::UNAUTHORIZED,
            Self::Unknown(_) | Self::NoSubscription => StatusCode::NOT_FOUND,
            Self::Ended => StatusCode::GONE,
            Self::Slow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Paused | Self::NoSecret | Self::Stopping | Self::Stage(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Seconds until it is worth trying again.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Busy | Self::Stopping | Self::Stage(_) => Some(5),
            Self::Paused | Self::NoSecret => Some(300),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("error"),
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("X-Wiredesk-Signature"));
        }
        response
    }
}
