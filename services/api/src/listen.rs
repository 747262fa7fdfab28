//! The listener: so many connections, short heads, and time limits for those who send slowly or take nothing.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::auth::origin::Peer;
use crate::moving::Moving;
use crate::state::AppState;

/// Largest head of a request, in bytes.
const HEAD: usize = 32 * 1024;
/// How long a peer may take nothing of what is sent to it.
const STUCK: Duration = Duration::from_secs(120);
/// How long requests in hand have when the process stops.
const DRAIN: Duration = Duration::from_secs(15);

/// Serves until shutdown; what is in hand then is finished.
pub async fn serve(listener: TcpListener, app: Router, state: &AppState) {
    let places = Arc::new(Semaphore::new(state.config.connections));
    let open_of = Arc::<Mutex<HashMap<IpAddr, usize>>>::default();
    let read = Duration::from_secs(state.config.read_seconds);
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = state.deps.shutdown.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer, place)) => {
                let address = peer.ip().to_canonical();
                let proxy = state.proxies.iter().any(|p| p.contains(address));
                let most = if proxy { usize::MAX } else { state.config.connections_per_address };
                let Some(seat) = Seat::take(&open_of, address, most) else { continue };
                let (app, shutdown) = (app.clone(), state.deps.shutdown.clone());
                open.spawn(async move {
                    connection(stream, Peer(peer), app, read, shutdown).await;
                    drop((seat, place));
                });
            }
            Err(error) => {
                // Such as no more file descriptors: wait for some to be given back.
                tracing::warn!("a connection to the API cannot be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
    drop(listener);
    let drained = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!("requests that were in hand are given up; their senders ask again");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

/// One of an address's connections; given back when it ends.
struct Seat {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Seat {
    fn take(open: &Arc<Mutex<HashMap<IpAddr, usize>>>, address: IpAddr, most: usize) -> Option<Self> {
        let mut counts = open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Self { open: open.clone(), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// One connection, with a limit on the time for a head, between two requests too: axum's own server has none.
async fn connection(stream: TcpStream, peer: Peer, app: Router, read: Duration, shutdown: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let app = TowerToHyperService::new(app);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        app.call(request)
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(read).max_buf_size(HEAD);
    let stream = TokioIo::new(Moving::new(stream, STUCK));
    let mut connection = std::pin::pin!(http.serve_connection(stream, service).with_upgrades());
    let mut stopping = false;
    loop {
        tokio::select! {
            // What a peer does wrong is its own affair.
            _ = connection.as_mut() => return,
            () = shutdown.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections() {
        let open = Arc::<Mutex<HashMap<IpAddr, usize>>>::default();
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let first = Seat::take(&open, a, 2).unwrap();
        let _second = Seat::take(&open, a, 2).unwrap();
        assert!(Seat::take(&open, a, 2).is_none() && Seat::take(&open, b, 2).is_some());
        drop(first);
        assert!(Seat::take(&open, a, 2).is_some());
        assert_eq!(open.lock().unwrap().len(), 1);
    }
}
