//! Around every route: limits on what is asked, one form for what goes wrong, and the headers of every answer.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use metrics::{counter, describe_counter, describe_histogram, histogram};

use crate::error::{ApiError, problem};
use crate::state::AppState;

/// Longest address, in bytes.
pub const LONGEST_ADDRESS: usize = 8 * 1024;
/// Largest body: a reason, or a login form.
pub const LARGEST_BODY: usize = 16 * 1024;

/// What every answer carries: foreign copy is shown here, so nothing but our own script and style may be loaded, no other
/// page may frame or read ours, and nothing of the machine may be used.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Answers in time, in one form, and with every header.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let mut response = match sound(&request) {
        Err(refused) => refused.into_response(),
        Ok(()) => {
            // Only until the answer begins: a live stream goes on for as long as it likes.
            let limit = Duration::from_secs(state.config.answer_seconds);
            let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
            match tokio::time::timeout(limit, answer).await {
                Ok(Ok(response)) => as_problem(response),
                Ok(Err(_)) => {
                    tracing::error!("a request ended by a fault of ours; the panic is logged above");
                    problem(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "the request met a fault of ours; it is logged",
                    )
                }
                Err(_) => ApiError::Slow.into_response(),
            }
        }
    };
    measure(response.status(), began);
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if state.config.behind_tls {
        let a_year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    response
}

/// Says what [`guard`] measures.
pub(crate) fn describe() {
    describe_counter!("wiredesk_api_requests_total", "Requests that were answered, by HTTP status.");
    describe_histogram!("wiredesk_api_request_seconds", "Time until an answer begins.");
}

/// What was answered, and how soon the answer began: what an error budget is reckoned with.
fn measure(status: StatusCode, began: Instant) {
    counter!("wiredesk_api_requests_total", "status" => status.as_u16().to_string()).increment(1);
    histogram!("wiredesk_api_request_seconds").record(began.elapsed().as_secs_f64());
}

fn sound(request: &Request) -> Result<(), ApiError> {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |p| p.as_str().len());
    if length > LONGEST_ADDRESS {
        return Err(ApiError::LongAddress);
    }
    if uri.path_and_query().is_some_and(|p| p.as_str().contains("%00")) {
        return Err(ApiError::BadRequest("the address has the character NUL; leave it out".to_owned()));
    }
    Ok(())
}

/// What axum refuses by itself, in the form of all our errors; its other headers, such as `Allow`, stay.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    let ours = |kind: &HeaderValue| {
        [&b"application/problem+json"[..], b"text/html"].iter().any(|ours| kind.as_bytes().starts_with(ours))
    };
    if !(status.is_client_error() || status.is_server_error())
        || response.headers().get(header::CONTENT_TYPE).is_some_and(ours)
    {
        return response;
    }
    let detail = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            "this address does not take the method; the header Allow names those it takes"
        }
        StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than 16 KiB",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the body's type is not taken; send application/json",
        _ if status.is_client_error() => "the request cannot be read",
        _ => "the request met a fault of ours; it is logged",
    };
    let (parts, _) = response.into_parts();
    let mut response = problem(status, detail);
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
