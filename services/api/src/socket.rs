//! `GET /v1/socket`: the live stream by WebSocket (RFC 6455), for those whose network or library has no server-sent events. Parameters,
//! ids and events are those of `GET /v1/stream`; each message is one JSON object `{"id": …, "event": …, "data": {…}}`.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use futures::{Stream, StreamExt};
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::auth::{Reader, origin};
use crate::error::ApiError;
use crate::extract::Query;
use crate::state::AppState;
use crate::stream::{BEHIND, News, Told, live};
use crate::wanted::StreamQuery;

/// How often a client is asked whether it is there, and how long one may say nothing to that.
const ASK: Duration = Duration::from_secs(15);
const SILENT: Duration = Duration::from_secs(45);
/// How long one message may take to leave: a client that takes none for so long is gone.
const SLOWEST: Duration = Duration::from_secs(30);
/// Nothing is expected of a client but pongs, in bytes.
const LARGEST: usize = 1024;

/// Serves one live client by WebSocket.
///
/// # Errors
/// [`ApiError`] where a parameter is wrong, all places are taken, or a browser asks for a page that is not ours: unlike what a page fetches,
/// a browser lets every page read a WebSocket.
pub async fn socket(
    State(state): State<AppState>,
    asker: Reader,
    Query(query): Query<StreamQuery>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let browser = asker.by_cookie || headers.contains_key(header::ORIGIN);
    if browser && !origin::from_our_page(&uri, &headers) {
        return Err(ApiError::ForeignPage);
    }
    let upgrade = upgrade.map_err(|_| {
        ApiError::BadRequest("this address speaks WebSocket: connect to it by ws:// or wss://".to_owned())
    })?;
    let told = live(state, &asker, query, &headers)?;
    let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
    Ok(upgrade.on_upgrade(move |socket| serve(socket, told)))
}

async fn serve(mut socket: WebSocket, told: impl Stream<Item = Told>) {
    let mut told = std::pin::pin!(told);
    let mut ask = interval(ASK);
    ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let message = tokio::select! {
            said = socket.recv() => match said {
                None | Some(Err(_) | Ok(Message::Close(_))) => return,
                Some(Ok(_)) => {
                    heard = Instant::now();
                    continue;
                }
            },
            told = told.next() => match told {
                Some(told) => Message::text(text(told)),
                // The desk stops, the token is not good any more, or the client was told that it is behind.
                None => {
                    let reason = "come back with the last id".into();
                    let end = CloseFrame { code: close_code::AGAIN, reason };
                    let _ = timeout(SLOWEST, socket.send(Message::Close(Some(end)))).await;
                    return;
                }
            },
            _ = ask.tick() => {
                if heard.elapsed() > SILENT {
                    return;
                }
                Message::Ping(bytes::Bytes::new())
            }
        };
        if !matches!(timeout(SLOWEST, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// The item goes out as it stands in the topic.
fn text(told: Told) -> String {
    let id = json!(told.id);
    match told.news {
        News::Connected => format!(r#"{{"id":{id},"event":"wiredesk.connected"}}"#),
        News::Version(name, item) => format!(r#"{{"id":{id},"event":"{name}","data":{item}}}"#),
        News::Behind => format!(r#"{{"id":{id},"event":"wiredesk.behind","data":{}}}"#, json!(BEHIND)),
    }
}
