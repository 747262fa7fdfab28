//! What hubs call: `GET` to verify that we meant it (WebSub, section 5.3), `POST` to deliver (section 7).

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wiredesk_runtime::StageError;
use wiredesk_store::push::{self as table, Standing, Subscription};

use super::{pace, token};
use crate::poll::Via;
use crate::push::intake::Intake;
use crate::push::problem::Problem;
use crate::push::signature::{Signature, Unsigned};
use crate::push::webhook;

/// Longest challenge that is given back, in bytes.
const CHALLENGE: usize = 1024;
/// Longest reason of a hub that is kept, in characters.
const REASON: usize = 200;

/// Answers a hub that asks whether we meant a request, or that says it denies one. Only what we want now is confirmed;
/// anything else is answered as if there were nothing here, and nothing of it is given back.
///
/// # Errors
/// [`Problem::NoSubscription`]; [`Problem::Stage`] where Postgres does not answer.
pub async fn verify(
    State(intake): State<Intake>,
    Path(of): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let _place = intake.place()?;
    let known = find(&intake, &of).await?;
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    if given("hub.topic") != known.topic {
        return Err(Problem::NoSubscription);
    }
    let now = intake.now();
    let challenge = given("hub.challenge");
    let asked = known.asked_at.is_some() && (1..=CHALLENGE).contains(&challenge.len());
    let confirmed = match (given("hub.mode"), known.standing) {
        ("subscribe", Standing::Wanted | Standing::Active) if asked => {
            // A hub that names no lease keeps to the one that was asked for.
            let asked_for = i64::from(intake.config().lease_seconds);
            let seconds = given("hub.lease_seconds").parse().unwrap_or(asked_for);
            let (until, renew) = pace::lease(now, seconds, rand::random());
            tracing::info!(source = known.source.as_str(), %until, "a hub sends what is new of source {}", known.source);
            table::verified(intake.db(), &known.token_hash, now, until, renew)
                .await
                .map_err(StageError::from)?
        }
        ("unsubscribe", Standing::Leaving) if asked => {
            table::left(intake.db(), &known.token_hash).await.map_err(StageError::from)?
        }
        ("denied", Standing::Wanted | Standing::Active) => {
            let why = denial(given("hub.reason"));
            let next = pace::after_denial(now, rand::random());
            table::denied(intake.db(), &known.token_hash, &why, next).await.map_err(StageError::from)?;
            tracing::warn!(
                source = known.source.as_str(),
                "source {} goes on by polling: {why}",
                known.source
            );
            count("denied");
            return Ok(StatusCode::OK.into_response());
        }
        _ => false,
    };
    if !confirmed {
        count("refused");
        return Err(Problem::NoSubscription);
    }
    count(if known.standing == Standing::Leaving { "left" } else { "verified" });
    // What a stranger chose is given back: as text that no browser takes for anything else.
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, challenge.to_owned()).into_response())
}

/// Takes a delivery. One whose signature is wrong is answered as if it were taken, and dropped: that is what the
/// Recommendation asks for, and it tells a forger nothing.
///
/// # Errors
/// [`Problem`]: from 500 on, the hub is to send again.
pub async fn deliver(
    State(intake): State<Intake>,
    Path(of): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let _place = intake.place()?;
    let known = find(&intake, &of).await?;
    if !matches!(known.standing, Standing::Wanted | Standing::Active) {
        return Err(Problem::Ended);
    }
    let wire = intake.wire(known.source.as_str()).await?;
    let wire = wire.filter(|w| intake.config().takes_websub(&w.config)).ok_or(Problem::Ended)?;
    let (head, body) = request.into_parts();
    let signature = signature(&head.headers);
    let content_type = webhook::media_type(&head.headers)?;
    let (body, _room) = webhook::read(&intake, &head.headers, body).await?;
    let believed = match signature {
        Ok(signature) => webhook::checked(signature, known.secret.clone(), body).await,
        Err(error) => Err(error),
    };
    let body = match believed {
        Ok(body) => body,
        Err(error) => {
            count("forged");
            tracing::warn!(
                source = known.source.as_str(),
                signature = error.name(),
                "a delivery for source {} is dropped: it is not signed by its hub",
                known.source
            );
            table::forged(intake.db(), &known.token_hash).await.map_err(StageError::from)?;
            return Ok(StatusCode::ACCEPTED);
        }
    };
    let taken = intake.take(&wire, body, content_type, Via::WebSub).await?;
    table::pushed(intake.db(), &known.token_hash, intake.now()).await.map_err(StageError::from)?;
    count(if taken.unreadable.is_some() { "unreadable" } else { "delivered" });
    // What cannot be read is a dead letter by now: sent again it would be no better.
    Ok(StatusCode::ACCEPTED)
}

async fn find(intake: &Intake, of: &str) -> Result<Subscription, Problem> {
    if !token::is_token(of) {
        return Err(Problem::NoSubscription);
    }
    let known = table::by_token(intake.db(), &token::hash(of)).await.map_err(StageError::from)?;
    known.ok_or(Problem::NoSubscription)
}

/// The signature of a delivery. Hubs that send two headers mean the same by both.
///
/// # Errors
/// [`Unsigned`], where there is none, or none of a known form.
pub fn signature(headers: &axum::http::HeaderMap) -> Result<Signature, Unsigned> {
    let header = headers.get("x-hub-signature-256").or_else(|| headers.get("x-hub-signature"));
    Signature::of_hub(header.ok_or(Unsigned::Missing)?.to_str().map_err(|_| Unsigned::Form)?)
}

/// What is kept of a hub's reason for denying.
pub fn denial(reason: &str) -> String {
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON).collect();
    if reason.is_empty() {
        "the hub denies the subscription".to_owned()
    } else {
        format!("the hub denies the subscription: {reason}")
    }
}

fn count(what: &'static str) {
    metrics::counter!("wiredesk_push_websub_total", "event" => what).increment(1);
}
