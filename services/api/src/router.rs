//! Which address is answered by what.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::error::ApiError;
use crate::state::AppState;
use crate::{items, openapi, page, sources, stories, stream};

/// The whole API and the page.
pub fn router(state: AppState) -> Router {
    // Events must leave at once: a compressor would hold them back.
    let compress = CompressionLayer::new().compress_when(SizeAbove::new(1024).and(NotForContentType::SSE));
    Router::new()
        .route("/v1/items", get(items::list))
        .route("/v1/items/{id}", get(items::one))
        .route("/v1/stories", get(stories::list))
        .route("/v1/stories/{id}", get(stories::one))
        .route("/v1/sources", get(sources::list))
        .route("/v1/openapi.json", get(async || axum::Json(openapi::document())))
        .merge(page::routes())
        .layer(compress)
        .route("/v1/stream", get(stream::stream))
        .fallback(async |request: Request| ApiError::NotFound {
            what: "page",
            id: request.uri().path().to_owned(),
        })
        .layer(middleware::from_fn_with_state(state.clone(), headers))
        .with_state(state)
}

/// What every answer carries: foreign copy is shown here, so nothing but our own scripts may run.
async fn headers(State(_): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::BAD_REQUEST
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|t| t.as_bytes().starts_with(b"text/plain"))
    {
        // axum's own refusals (a parameter that it cannot read) in the form of all our errors.
        let (parts, body) = response.into_parts();
        let detail = axum::body::to_bytes(body, 4096).await.unwrap_or_default();
        let detail = String::from_utf8_lossy(&detail).into_owned();
        response = ApiError::BadRequest(if detail.is_empty() {
            "the request cannot be read".to_owned()
        } else {
            detail
        })
        .into_response();
        drop(parts);
    }
    let all = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in all {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
