//! One look at every saved search that is due: what it finds is sent, item by item.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use wiredesk_contract::verdict::Change;
use wiredesk_net::Client;
use wiredesk_runtime::{Answered, Deps};
use wiredesk_store::alert::{self, Due};
use wiredesk_store::read::{self, ItemFilter, ItemRow};

use crate::config::Config;
use crate::message::request;

/// Searches that are looked at in one pass, and at once.
const SEARCHES: i64 = 100;
const AT_ONCE: usize = 8;
/// Items of one search in one pass, so that others have their turn.
const ITEMS: i64 = 20;
/// How long nobody else may look at a search, from the beginning and again from each item that was sent: longer than a search may wait
/// for its turn, is asked of Postgres and one item takes, by `net.total_seconds` (45).
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// How long a search may wait for its turn behind slow addresses. One that waited longer is left: its lease runs out while it would be
/// looked at, and somebody else would send the same.
const TURN: Duration = Duration::from_secs(60);

/// What came of sending one item.
enum Sent {
    Yes,
    /// Not now, and why.
    No(String),
    /// The address is gone.
    Gone,
}

/// Answers how many items were sent.
pub async fn pass(config: &Config, client: &Client, deps: &Deps) -> Result<usize, sqlx::Error> {
    let now = (deps.clock)();
    let due = alert::take(&deps.db, now, now + LEASE, SEARCHES).answered().await?;
    let taken = Instant::now();
    let one = |due| async move {
        if taken.elapsed() > TURN { Ok(0) } else { search(config, client, deps, &due).await }
    };
    let looked: Vec<_> = stream::iter(due).map(one).buffer_unordered(AT_ONCE).collect().await;
    looked.into_iter().sum()
}

async fn search(config: &Config, client: &Client, deps: &Deps, due: &Due) -> Result<usize, sqlx::Error> {
    // Before the search: what is committed later is found by the next one.
    let newest = read::newest_change(&deps.db).answered().await?;
    let filter = ItemFilter { limit: ITEMS, ..due.filter.clone() };
    let rows = read::changed_after(&deps.db, (&due.tx, due.change_seq), &filter).answered_late().await?;
    let mut sent = 0;
    let mut failures = due.failures;
    for row in &rows {
        // Nobody waits for news of our own enrichment.
        if row.doc.0.change == Change::Reenriched {
            continue;
        }
        let place = (row.change_tx.as_str(), row.change_seq);
        match send(client, deps, due, row).await {
            Sent::Yes => {
                let now = (deps.clock)();
                alert::sent(&deps.db, &due.id, place, now, now + LEASE).answered().await?;
                metrics::counter!("wiredesk_alerts_sent_total").increment(1);
                (sent, failures) = (sent + 1, 0);
            }
            Sent::Gone => {
                tracing::warn!(
                    alert = due.id,
                    "the address of alert {} is gone (410); it is sent no more",
                    due.name
                );
                alert::end(&deps.db, &due.id, "the address answered 410 Gone").answered().await?;
                return Ok(sent);
            }
            Sent::No(why) if failures + 1 >= config.tries => {
                tracing::warn!(
                    alert = due.id,
                    "an item of alert {} is given up after {} tries: {why}",
                    due.name,
                    config.tries
                );
                metrics::counter!("wiredesk_alerts_given_up_total").increment(1);
                alert::give_up(&deps.db, &due.id, &row.doc.0, place, &why, (deps.clock)()).answered().await?;
                return Ok(sent);
            }
            Sent::No(why) => {
                metrics::counter!("wiredesk_alerts_failed_total").increment(1);
                let next = (deps.clock)() + config.wait(failures + 1);
                alert::failed(&deps.db, &due.id, &why, next).answered().await?;
                return Ok(sent);
            }
        }
    }
    // Behind what the search has passed over, but not behind what the next page has.
    let place = match rows.last() {
        Some(last) if rows.len() as i64 == ITEMS => (last.change_tx.clone(), last.change_seq),
        _ => newest,
    };
    alert::reached(&deps.db, &due.id, (&place.0, place.1), (deps.clock)()).answered().await?;
    Ok(sent)
}

async fn send(client: &Client, deps: &Deps, due: &Due, row: &ItemRow) -> Sent {
    let request = match request(due, &row.doc.0, (deps.clock)()) {
        Ok(request) => request,
        Err(why) => return Sent::No(why),
    };
    match client.send(&request).await {
        Ok(answer) if (200..300).contains(&answer.status) => Sent::Yes,
        Ok(answer) if answer.status == 410 => Sent::Gone,
        Ok(answer) => Sent::No(format!("the address answered {}", answer.status)),
        Err(error) => Sent::No(error.to_string()),
    }
}
