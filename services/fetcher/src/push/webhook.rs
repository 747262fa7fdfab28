//! `POST /v1/ingest/{source}`: an agency posts a document, signed. It is answered 202 only when all of it is durable.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_store::push as table;

use super::intake::Intake;
use super::problem::Problem;
use super::signature::{Signature, Unsigned};
use crate::poll::Via;
use crate::source::SourceKind;

/// The HMAC of a body this large is not computed on the threads that serve the network.
const LARGE: usize = 128 * 1024;

/// What of a document was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Receipt {
    /// Items that are new or have changed: published.
    pub accepted: usize,
    /// Items that are as they were.
    pub unchanged: usize,
    /// Items that could not be read: kept as dead letters.
    pub broken: usize,
}

/// The handler.
///
/// # Errors
/// [`Problem`]; one from 500 on means that nothing is lost and the same is to be sent again.
pub async fn take(
    State(intake): State<Intake>,
    Path(source): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let answered = answer(&intake, &source, request).await;
    let status = answered.as_ref().map_or_else(Problem::status, |_| StatusCode::ACCEPTED);
    metrics::counter!("wiredesk_push_webhook_total", "status" => status.as_u16().to_string()).increment(1);
    if let Err(problem) = &answered {
        // The name comes from outside: it may be anything, of any length.
        let source: String = source.chars().take(100).collect();
        tracing::info!(source, status = status.as_u16(), "a post was not taken: {problem}");
    }
    answered.map(|receipt| (StatusCode::ACCEPTED, Json(receipt)).into_response())
}

async fn answer(intake: &Intake, source: &str, request: Request) -> Result<Receipt, Problem> {
    let _place = intake.place()?;
    let wire = intake.wire(source).await?.filter(|w| w.config.kind == SourceKind::Webhook);
    let wire = wire.ok_or_else(|| Problem::Unknown(source.chars().take(100).collect()))?;
    let (head, body) = request.into_parts();
    // All that can be refused before the body has come.
    let signature = signature(&head.headers, intake.now())?;
    let content_type = media_type(&head.headers)?;
    let (body, _room) = read(intake, &head.headers, body).await?;
    // One without was refused at start; one that refers to a file may have lost it since.
    let secret = wire.config.revealed_secret().filter(|s| !s.is_empty()).ok_or(Problem::NoSecret)?;
    let body = checked(signature, secret, body).await?;
    // Only who can sign uses up the source's rate.
    intake.rate(source)?;
    let taken = intake.take(&wire, body, content_type, Via::Webhook).await?;
    let (id, now) = (SourceId::new(source), intake.now());
    if let Some(why) = taken.unreadable {
        // Said on the source's page too: its sender may not read answers.
        let _ = table::note(intake.db(), &id, Some(&format!("a post cannot be read: {why}")), now).await;
        return Err(Problem::Unreadable(why));
    }
    let _ = table::note(intake.db(), &id, None, now).await;
    Ok(Receipt { accepted: taken.new + taken.changed, unchanged: taken.unchanged, broken: taken.broken })
}

/// The signature that the request carries: ours, else one of the form that many senders have.
///
/// # Errors
/// [`Unsigned`], where there is none, or none of a known form.
pub fn signature(headers: &HeaderMap, now: Timestamp) -> Result<Signature, Unsigned> {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().map_err(|_| Unsigned::Form));
    match (text("x-wiredesk-signature"), text("x-hub-signature-256")) {
        (Some(own), _) => Signature::of_sender(own?, now),
        // Not the older header with SHA-1: nobody who starts today needs it.
        (None, Some(hub)) => match hub? {
            hub if hub.starts_with("sha256=") => Signature::of_hub(hub),
            _ => Err(Unsigned::Form),
        },
        (None, None) => Err(Unsigned::Missing),
    }
}

/// What the body says it is; only that which certainly is no document is refused.
///
/// # Errors
/// [`Problem::MediaType`].
pub fn media_type(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let said = |text: &str| text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(100).collect();
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING) {
        let encoding = String::from_utf8_lossy(encoding.as_bytes()).trim().to_ascii_lowercase();
        if !encoding.is_empty() && encoding != "identity" {
            return Err(Problem::MediaType(format!(
                "a body with Content-Encoding {}",
                said(&encoding) as String
            )));
        }
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let packed = ["zip", "gzip", "x-gzip", "pdf", "x-tar", "x-www-form-urlencoded"];
    let (kind, sub) = essence.split_once('/').unwrap_or((&essence, ""));
    let refused = matches!(kind, "image" | "audio" | "video" | "font" | "multipart" | "message")
        || (kind == "application" && packed.contains(&sub));
    if refused { Err(Problem::MediaType(said(&essence))) } else { Ok(Some(text)) }
}

/// The body within the cap and the time, and the room that it takes.
///
/// # Errors
/// [`Problem::TooLarge`], [`Problem::Busy`], [`Problem::Slow`], [`Problem::BrokenOff`].
pub(super) async fn read(
    intake: &Intake,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Bytes, tokio::sync::OwnedSemaphorePermit), Problem> {
    let cap = intake.config().max_body_bytes;
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|n| n > cap) {
        return Err(Problem::TooLarge(cap));
    }
    let room = intake.room(declared.unwrap_or(cap))?;
    let seconds = intake.config().read_seconds;
    let reading = collect(body, cap, declared.unwrap_or(0));
    let read = tokio::time::timeout(Duration::from_secs(seconds), reading).await;
    Ok((read.map_err(|_| Problem::Slow(seconds))??, room))
}

async fn collect(body: Body, cap: usize, expected: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let mut whole = BytesMut::with_capacity(expected.min(cap));
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::BrokenOff)?;
        if chunk.len() > cap - whole.len() {
            return Err(Problem::TooLarge(cap));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The body, where the signature is right.
///
/// # Errors
/// [`Unsigned::Wrong`].
pub(super) async fn checked(signature: Signature, secret: String, body: Bytes) -> Result<Bytes, Unsigned> {
    if body.len() < LARGE {
        return signature.check(secret.as_bytes(), &body).map(|()| body);
    }
    let check = move || signature.check(secret.as_bytes(), &body).map(|()| body);
    tokio::task::spawn_blocking(check).await.unwrap_or(Err(Unsigned::Wrong))
}
