//! The page: server-rendered, with live rows where there is JavaScript.

mod alerts;
mod cleaned;
mod desk;
mod filter;
mod folded;
mod line;
mod looks;
mod map;
pub mod pages;
mod story;
pub(crate) mod trouble;
pub mod view;
pub(crate) mod words;

use axum::Router;
use axum::http::header;
use axum::routing::{get, post};

use crate::state::AppState;

/// The page's routes and its assets.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(pages::wire))
        .route("/language/{code}", get(words::choose))
        .route("/rows/{id}", get(pages::row))
        .route("/items/{id}", get(pages::item))
        .route("/items/{id}/diff", get(pages::difference))
        .route("/stories", get(story::stories))
        .route("/stories/{id}", get(story::story))
        .route("/sources", get(desk::sources))
        .route("/sources/{id}/{deed}", post(desk::change_source))
        .route("/looks", post(looks::ask))
        .route("/looks/{id}", get(looks::look).post(looks::list))
        .route("/alerts", get(alerts::alerts).post(alerts::make))
        .route("/alerts/{id}/remove", post(alerts::remove))
        .route("/pipeline", get(line::pipeline))
        .route("/dead/{id}/{deed}", post(line::change_letter))
        .route(
            "/assets/wiredesk.css",
            asset("text/css; charset=utf-8", include_str!("../../assets/wiredesk.css")),
        )
        .route(
            "/assets/wire.js",
            asset("text/javascript; charset=utf-8", include_str!("../../assets/wire.js")),
        )
        .route(
            "/assets/pipeline.js",
            asset("text/javascript; charset=utf-8", include_str!("../../assets/pipeline.js")),
        )
        // As long as a release: nothing else changes the land.
        .route(
            "/assets/world.svg",
            kept("image/svg+xml", include_str!("../../assets/world.svg"), "max-age=86400"),
        )
        .route("/assets/icon.svg", asset("image/svg+xml", include_str!("../../assets/icon.svg")))
        // Browsers ask here for the icon of what names none, such as JSON.
        .route("/favicon.ico", asset("image/svg+xml", include_str!("../../assets/icon.svg")))
}

fn asset(kind: &'static str, text: &'static str) -> axum::routing::MethodRouter<AppState> {
    kept(kind, text, "max-age=300")
}

fn kept(
    kind: &'static str,
    text: &'static str,
    cache: &'static str,
) -> axum::routing::MethodRouter<AppState> {
    get(async move || ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], text))
}
