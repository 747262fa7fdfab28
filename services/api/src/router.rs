//! Which address is answered by what.

use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::{delete, get, post};
use axum::{Router, middleware};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::auth::{gate, session};
use crate::error::ApiError;
use crate::etag::tag;
use crate::guard::{LARGEST_BODY, guard};
use crate::state::AppState;
use crate::{
    admin, alerts, cleaning, dead, difference, entities, items, looks, openapi, page, pipeline, socket,
    sources, stories, stream,
};

/// The whole API and the page. Every route stands behind [`guard`] and then [`gate`].
pub fn router(state: AppState) -> Router {
    // Events must leave at once: a compressor would hold them back. The usual level takes twice as long, for 4 % fewer bytes.
    let compress = CompressionLayer::new()
        .quality(CompressionLevel::Precise(3))
        .compress_when(SizeAbove::new(1024).and(NotForContentType::SSE));
    Router::new()
        .route("/v1/items", get(items::list))
        .route("/v1/items/{id}", get(items::one))
        .route("/v1/items/{id}/diff", get(difference::diff))
        .route("/v1/items/{id}/cleaning", get(cleaning::cleaning))
        .route("/v1/entities", get(entities::list))
        .route("/v1/entities/{id}", get(entities::one))
        .route("/v1/stories", get(stories::list))
        .route("/v1/stories/{id}", get(stories::one))
        .route("/v1/sources", get(sources::list))
        .route("/v1/sources/{id}/pause", post(admin::pause))
        .route("/v1/sources/{id}/resume", post(admin::resume))
        .route("/v1/looks", post(looks::ask))
        .route("/v1/looks/{id}", get(looks::one))
        .route("/v1/looks/{id}/list", post(looks::list))
        .route("/v1/dead", get(dead::list))
        .route("/v1/dead/{id}", get(dead::one))
        .route("/v1/dead/{id}/retry", post(dead::retry))
        .route("/v1/dead/{id}/drop", post(dead::drop_letter))
        .route("/v1/alerts", get(alerts::list).post(alerts::create))
        .route("/v1/alerts/{id}", delete(alerts::remove))
        .route("/v1/pipeline", get(pipeline::pipeline))
        .route("/v1/figures", get(pipeline::figures))
        .route("/v1/openapi.json", get(async || axum::Json(openapi::document())))
        .route("/login", get(session::form).post(session::begin))
        .route("/logout", post(session::end))
        .merge(page::routes())
        .layer(middleware::from_fn(page::words::vary))
        .layer(middleware::from_fn(tag))
        .layer(compress)
        .route("/v1/stream", get(stream::stream))
        .route("/v1/socket", get(socket::socket))
        .fallback(async |request: Request| ApiError::NotFound {
            what: "page",
            id: request.uri().path().to_owned(),
        })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(page::trouble::shown))
        .layer(middleware::from_fn_with_state(state.clone(), gate))
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .with_state(state)
}
