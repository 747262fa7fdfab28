//! Asks hubs: for what is wanted, again before a lease ends, and to send no more.

use std::time::Duration;

use futures::StreamExt;
use wiredesk_contract::Timestamp;
use wiredesk_net::{Client, Request, Response};
use wiredesk_store::push::{self as table, Standing, Subscription};

use super::{pace, token};
use crate::ask;
use crate::poll::Wire;
use crate::push::intake::Intake;

/// How often it is looked for hubs to ask.
const TICK: Duration = Duration::from_secs(1);
/// How often it is looked for sources that have gone: every so many ticks.
const GONE: u32 = 30;
/// Most requests to hubs in a tick, all hubs together.
const AT_A_TIME: i64 = 8;
/// A fetcher that dies while it asks leaves the question to the others after so many seconds.
const TAKEN: i64 = 120;

/// Asks hubs until shutdown. `client` is for sources that are no longer in the list.
pub async fn keep(intake: Intake, client: Client) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ticks = 0_u32;
    while intake.shutdown().run_until_cancelled(tick.tick()).await.is_some() {
        if ticks.is_multiple_of(GONE)
            && let Err(error) = retire(&intake).await
        {
            tracing::warn!("subscriptions cannot be looked after ({error}); trying again");
        }
        ticks = ticks.wrapping_add(1);
        // A question that is broken off here is asked again by whoever looks next.
        if let Some(Err(error)) = intake.shutdown().run_until_cancelled(round(&intake, &client)).await {
            tracing::warn!("subscriptions cannot be looked after ({error}); trying again");
        }
    }
}

/// Leaves the subscriptions of sources that have gone, or take no more pushes.
///
/// # Errors
/// sqlx's.
pub async fn retire(intake: &Intake) -> Result<(), sqlx::Error> {
    let unwanted: Vec<&str> = intake
        .wires()
        .filter(|w| !intake.config().takes_websub(&w.config))
        .map(|w| w.config.id.as_str())
        .collect();
    table::retire(intake.db(), &unwanted, intake.now()).await.map(drop)
}

/// One round: asks the hubs that are due, and answers how many those were.
///
/// # Errors
/// sqlx's.
pub async fn round(intake: &Intake, client: &Client) -> Result<usize, sqlx::Error> {
    let now = intake.now();
    let due = table::due(intake.db(), now, now + chrono::Duration::seconds(TAKEN), AT_A_TIME).await?;
    let count = due.len();
    let mut asked = futures::stream::iter(due.into_iter().map(|of| async move {
        let wire = intake.wire(of.source.as_str()).await.ok().flatten();
        ask_hub(intake, wire.as_deref(), client, &of).await
    }))
    .buffer_unordered(AT_A_TIME as usize);
    while let Some(done) = asked.next().await {
        done?;
    }
    Ok(count)
}

async fn ask_hub(
    intake: &Intake,
    wire: Option<&Wire>,
    client: &Client,
    of: &Subscription,
) -> Result<(), sqlx::Error> {
    let leaving = of.standing == Standing::Leaving;
    if leaving && of.failures > pace::MOST_GOODBYES {
        // It is told so where it sends again, and its lease runs out.
        return table::left(intake.db(), &of.token_hash).await.map(drop);
    }
    let request = match wire {
        Some(wire) => ask::reached(&wire.config, of.hub.clone()),
        None => Request { url: of.hub.clone(), ..Request::default() },
    };
    let request = Request { form: Some(form(intake, of)), ..request };
    let client = wire.map_or(client, |w| &w.client);
    let error = words(client.send(&request).await.map_err(|e| e.to_string()));
    let event = match (&error, leaving) {
        (None, false) => "asked",
        (None, true) => "asked_to_end",
        (Some(_), _) => "not_asked",
    };
    metrics::counter!("wiredesk_push_websub_total", "event" => event).increment(1);
    if let Some(error) = &error {
        tracing::info!(
            source = of.source.as_str(),
            "the hub of source {} cannot be asked: {error}",
            of.source
        );
    }
    let next = next_ask(of, intake.now(), rand::random());
    table::asked(intake.db(), of, error.as_deref(), next).await
}

/// Where a lease runs, it is asked again in time whatever the failures.
fn next_ask(of: &Subscription, now: Timestamp, random: f64) -> Timestamp {
    let again = pace::again(now, of.failures, random);
    match of.lease_until {
        Some(until) if until > now => again.min(until),
        _ => again,
    }
}

/// The fields of section 5.1.
fn form(intake: &Intake, of: &Subscription) -> Vec<(String, String)> {
    let base = intake.config().public_url.trim_end_matches('/');
    let callback = format!("{base}/v1/websub/{}", token::token(&of.secret, &of.source, &of.topic));
    let leaving = of.standing == Standing::Leaving;
    let mut fields = vec![
        ("hub.callback", callback),
        ("hub.mode", if leaving { "unsubscribe" } else { "subscribe" }.to_owned()),
        ("hub.topic", of.topic.clone()),
    ];
    if !leaving {
        // Even where the hub is reached by plain http: without it anybody who sees the callback could send.
        fields.push(("hub.secret", of.secret.clone()));
        fields.push(("hub.lease_seconds", intake.config().lease_seconds.to_string()));
    }
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a hub did not accept, in words; None where it did. What it writes is kept out: it may hold our callback.
fn words(answered: Result<Response, String>) -> Option<String> {
    match answered {
        Ok(response) if (200..300).contains(&response.status) => None,
        Ok(response) => Some(match response.status {
            status @ (301 | 302 | 303 | 307 | 308) => {
                format!("the hub answers {status}: it has moved; the feed should name its new address")
            }
            status @ 400..=499 => format!("the hub answers {status}: it does not take this subscription"),
            status => format!("the hub answers {status}: the fault is on its side"),
        }),
        Err(error) => Some(format!("the hub cannot be reached: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use wiredesk_contract::SourceId;

    use super::*;

    #[test]
    fn a_renewal_that_fails_is_tried_again_before_the_lease_ends() {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        let of = |failures, lease: Option<i64>| Subscription {
            source: SourceId::new("nu"),
            topic: String::new(),
            hub: String::new(),
            token_hash: Vec::new(),
            secret: "hush".to_owned(),
            standing: Standing::Active,
            asked_at: None,
            verified_at: None,
            lease_until: lease.map(|s| now + Duration::seconds(s)),
            next_ask: now,
            failures,
            last_error: None,
            last_push: None,
            pushes: 0,
            forged: 0,
            misses: 0,
        };
        let seconds = |s: &Subscription| (next_ask(s, now, 1.0) - now).num_seconds();
        assert_eq!(seconds(&of(1, Some(100_000))), 300);
        assert_eq!(seconds(&of(9, Some(1000))), 1000);
        assert_eq!(seconds(&of(9, Some(-1000))), 76_800);
        assert_eq!(seconds(&of(2, None)), 600);
        assert!(!format!("{:?}", of(1, None)).contains("hush"));
    }
}
