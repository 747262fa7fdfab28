//! The admin server: `/livez`, `/readyz` and `/metrics`, on a port of its own that is not for the public.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Router, http::header};
use metrics::{describe_gauge, gauge};
use metrics_exporter_prometheus::PrometheusHandle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::health::{Health, State};

/// `[admin]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// Address and port; port 0 takes a free one, which is logged.
    pub listen: String,
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8081".to_owned() }
    }
}

/// Why the admin server cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the admin server cannot listen on {listen}: {error}; set [admin] listen to a free address")]
pub struct AdminError {
    listen: String,
    error: std::io::Error,
}

impl AdminError {
    /// The address may become free, but nobody waits for it.
    pub fn is_transient(&self) -> bool {
        false
    }
}

#[derive(Clone)]
struct Shared {
    health: Health,
    metrics: Option<PrometheusHandle>,
}

/// Starts the server and answers its address; it ends a moment after `stop`.
///
/// # Errors
/// [`AdminError`] where the address is taken or is none.
pub async fn start(
    config: &AdminConfig,
    health: Health,
    metrics: Option<PrometheusHandle>,
    stop: CancellationToken,
) -> Result<SocketAddr, AdminError> {
    let wrong = |error| AdminError { listen: config.listen.clone(), error };
    let listener = TcpListener::bind(&config.listen).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let app = router(health, metrics.clone());
    let stopped = stop.clone();
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stopped.cancelled_owned()).await
        {
            tracing::error!("the admin server stopped: {error}");
        }
    });
    if let Some(metrics) = metrics {
        tokio::spawn(upkeep(metrics, stop));
    }
    tracing::info!(%address, "health and metrics on http://{address}");
    Ok(address)
}

/// The routes, for a server of one's own or a test.
pub fn router(health: Health, metrics: Option<PrometheusHandle>) -> Router {
    Router::new()
        .route(
            "/livez",
            get(|Extract(s): Extract<Shared>| async move { report(&s.health, s.health.is_live()) }),
        )
        .route(
            "/readyz",
            get(|Extract(s): Extract<Shared>| async move { report(&s.health, s.health.is_ready()) }),
        )
        .route("/metrics", get(exposition))
        .with_state(Shared { health, metrics })
}

/// Histograms keep every value until they are drained; nobody may scrape for hours.
async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

fn report(health: &Health, good: bool) -> Response {
    let components: Map<String, Value> = health
        .snapshot()
        .into_iter()
        .map(|(name, state)| {
            let said = match state {
                State::Starting => json!({"state": "starting"}),
                State::Ready => json!({"state": "ready"}),
                State::Retrying(why) => json!({"state": "retrying", "reason": why}),
                State::Failed(why) => json!({"state": "failed", "reason": why}),
            };
            (name, said)
        })
        .collect();
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ok": good, "components": components}))).into_response()
}

/// What `/readyz` says, for alarms: a gauge for each part, set as it is read.
fn parts(health: &Health) {
    describe_gauge!(
        "wiredesk_part_ready",
        "1 for each part of the process that works, 0 for one that does not."
    );
    for (part, state) in health.snapshot() {
        gauge!("wiredesk_part_ready", "part" => part).set(f64::from(u8::from(state == State::Ready)));
    }
}

async fn exposition(Extract(shared): Extract<Shared>) -> Response {
    match shared.metrics {
        Some(metrics) => {
            parts(&shared.health);
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
                .into_response()
        }
        None => (StatusCode::NOT_FOUND, "metrics are off").into_response(),
    }
}
