//! The HTTP server.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Json, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;

use crate::clock::Clock;
use crate::config::Config;
use crate::epoch::load_or_start;
use crate::error::SampleError;
use crate::manifest::manifest;
use crate::plan::Plan;
use crate::settings::Settings;
use crate::state::State;
use crate::validators::Validators;

/// A running sample wire.
#[derive(Clone, Debug)]
pub struct Served {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What its documents are computed from; [`manifest`] of it is what must come out.
    pub settings: Settings,
}

impl Served {
    /// `http://address:port`, or `url` of the configuration, for [`crate::sources`].
    pub fn base_url(&self) -> String {
        self.settings.base_url.clone()
    }
}

/// Serves the sample wire until `shutdown` is cancelled. Returns as soon as it listens.
pub async fn serve(config: Config, shutdown: CancellationToken) -> Result<Served, SampleError> {
    if !(config.speed.is_finite() && config.speed > 0.0) {
        return Err(SampleError::Speed(config.speed));
    }
    let failed = |source| SampleError::Listen { listen: config.listen.clone(), source };
    let listener = tokio::net::TcpListener::bind(&config.listen).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let epoch = load_or_start(config.epoch_file.as_deref(), wall_clock())?;
    let speed = config.speed;
    let base =
        config.url.map_or_else(|| format!("http://{addr}"), |url| url.trim_end_matches('/').to_owned());
    let settings = Settings {
        speed,
        seed: config.seed,
        embargo_seconds: config.embargo_seconds,
        ..Settings::new(&base, epoch)
    };
    let clock = if config.manual { Clock::manual() } else { Clock::Real { epoch, speed } };
    let state = Arc::new(State::new(Plan::new(&settings)?, clock, config.manual));
    let app = Router::new()
        .route("/manifest.json", get(show_manifest))
        .route("/control/clock", post(set_clock).get(show_clock))
        .fallback(document)
        .with_state(state);
    tracing::info!(%addr, speed, manual = config.manual, "sample wire listens on {addr}");
    tokio::spawn(async move {
        if let Err(error) =
            axum::serve(listener, app).with_graceful_shutdown(shutdown.cancelled_owned()).await
        {
            tracing::error!(%error, "sample wire stopped: {error}");
        }
    });
    Ok(Served { addr, settings })
}

async fn show_manifest(Shared(state): Shared<Arc<State>>) -> Response {
    match manifest(&state.plan.settings) {
        Ok(manifest) => Json(manifest).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct SetClock {
    to: i64,
}

async fn show_clock(Shared(state): Shared<Arc<State>>) -> Response {
    Json(serde_json::json!({ "second": state.second() })).into_response()
}

async fn set_clock(Shared(state): Shared<Arc<State>>, Json(wish): Json<SetClock>) -> Response {
    if !(state.manual && state.clock.set(wish.to)) {
        let reason = "the clock runs by itself; start the sample wire with manual = true to set it\n";
        return (StatusCode::CONFLICT, reason).into_response();
    }
    show_clock(Shared(state)).await
}

async fn document(Shared(state): Shared<Arc<State>>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(wire) = State::wire_at(uri.path()) {
        let (document, changed) = state.feed(wire);
        if State::gone(wire) {
            return (StatusCode::GONE, [(header::CONTENT_TYPE, document.content_type)], document.bytes)
                .into_response();
        }
        return conditional(document.bytes, document.content_type, changed, &headers);
    }
    match state.page(uri.path()) {
        Some((html, changed)) => {
            conditional(html.into_bytes(), "text/html; charset=utf-8", changed, &headers)
        }
        None => (StatusCode::NOT_FOUND, "no such page\n").into_response(),
    }
}

fn conditional(bytes: Vec<u8>, content_type: &str, changed: Timestamp, headers: &HeaderMap) -> Response {
    let validators = Validators::of(&bytes, changed);
    let value = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let fresh = validators.fresh(value(header::IF_NONE_MATCH), value(header::IF_MODIFIED_SINCE));
    let common =
        [(header::ETAG, validators.etag.clone()), (header::LAST_MODIFIED, validators.last_modified())];
    if fresh {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, content_type.to_owned())], bytes).into_response()
}
