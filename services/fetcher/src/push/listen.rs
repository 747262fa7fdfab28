//! The listener: few connections, short headers, and every request in a place of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::intake::Intake;
use super::{webhook, websub};

/// Largest head of a request, in bytes.
const HEAD: usize = 16 * 1024;
/// How long requests in hand have when the process stops.
const DRAIN: Duration = Duration::from_secs(20);

/// The routes, for a server of one's own or a test.
pub fn router(intake: Intake) -> Router {
    Router::new()
        .route("/v1/ingest/{source}", post(webhook::take))
        .route("/v1/websub/{token}", get(websub::callback::verify).post(websub::callback::deliver))
        .fallback(|| async { StatusCode::NOT_FOUND.into_response() })
        .with_state(intake)
}

/// Serves on a listener that the caller has opened, until shutdown; what is in hand then is finished.
pub async fn serve_on(listener: TcpListener, intake: Intake) {
    let places = Arc::new(Semaphore::new(intake.config().connections));
    let app = router(intake.clone());
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = intake.shutdown().cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, place)) => {
                let (app, intake) = (app.clone(), intake.clone());
                open.spawn(async move {
                    connection(stream, app, &intake).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Such as no more file descriptors: wait for some to be given back.
                tracing::warn!("a connection to the push listener cannot be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
    drop(listener);
    let drained = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("pushes that were in hand are given up; their senders send them again");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

/// One connection, with a limit on the time for a head, between two requests too: axum's own server has none.
async fn connection(stream: TcpStream, app: Router, intake: &Intake) {
    let _ = stream.set_nodelay(true);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(intake.config().read_seconds))
        .max_buf_size(HEAD);
    let mut connection =
        std::pin::pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)));
    let mut stopping = false;
    loop {
        tokio::select! {
            // What a peer does wrong is its own affair.
            _ = connection.as_mut() => return,
            () = intake.shutdown().cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
