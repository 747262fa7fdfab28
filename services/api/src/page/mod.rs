//! The page: server-rendered, with live rows where there is JavaScript.

mod filter;
pub mod pages;
pub mod view;

use axum::Router;
use axum::http::header;
use axum::routing::get;

use crate::state::AppState;

/// The page's routes and its three assets.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(pages::wire))
        .route("/rows/{id}", get(pages::row))
        .route("/items/{id}", get(pages::item))
        .route("/stories", get(pages::stories))
        .route("/stories/{id}", get(pages::story))
        .route("/sources", get(pages::sources))
        .route(
            "/assets/wiredesk.css",
            asset("text/css; charset=utf-8", include_str!("../../assets/wiredesk.css")),
        )
        .route(
            "/assets/wire.js",
            asset("text/javascript; charset=utf-8", include_str!("../../assets/wire.js")),
        )
        .route("/assets/icon.svg", asset("image/svg+xml", include_str!("../../assets/icon.svg")))
}

fn asset(kind: &'static str, text: &'static str) -> axum::routing::MethodRouter<AppState> {
    get(async move || ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")], text))
}
