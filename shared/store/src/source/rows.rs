//! What a poll needs to know of its source, read under the lease of its domain.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row, postgres::PgRow};
use wiredesk_contract::{SourceId, Timestamp};

use super::{ChildState, Validators};

/// A source that this fetcher may poll now: its domain's lease is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased {
    /// Its id.
    pub id: SourceId,
    /// Its queue.
    pub domain: String,
    /// Number of the queue's lease.
    pub lease: i64,
    /// The address as listed.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
    /// What makes the next request conditional.
    pub validators: Validators,
    /// When the last poll was.
    pub last_poll: Option<Timestamp>,
    /// When the last poll that worked was.
    pub last_ok: Option<Timestamp>,
    /// Newest date of an entry so far.
    pub newest_item: Option<Timestamp>,
    /// When the first page is to be fetched (again).
    pub page_due: Option<Timestamp>,
    /// It is an index of other documents.
    pub index: bool,
    /// What the schedule keeps.
    pub progress: Progress,
}

impl Leased {
    /// When it is asked again. It never rests for longer from now than it was to rest after its last poll: the clock that
    /// named that time may have been ahead, this one's own before it was set right, or another machine's.
    pub fn due(&self, now: Timestamp) -> Timestamp {
        let next = self.progress.next_poll;
        self.last_poll.map_or(next, |last| next.min(now + (next - last)))
    }

    /// The last poll was later than now: one of two clocks is wrong.
    pub fn polled_later_than(&self, now: Timestamp) -> bool {
        self.last_poll.is_some_and(|last| last > now)
    }
}

/// What the schedule keeps of a source between two polls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// When it is asked again.
    pub next_poll: Timestamp,
    /// Failed polls in a row.
    pub failures: i32,
    /// Since when it has failed.
    pub failing_since: Option<Timestamp>,
    /// Ask no more: why.
    pub stopped: Option<String>,
    /// Asked once a week only: why.
    pub paused_reason: Option<String>,
    /// Arrivals by hour of the day, and what the document asks for.
    pub rhythm: Option<Value>,
    /// Usual gap between two new items, in seconds.
    pub gap_seconds: Option<f64>,
    /// Items in the document.
    pub window_items: Option<i32>,
    /// How many seconds of news they cover.
    pub window_seconds: Option<f64>,
    /// Pause that the schedule has come to, in seconds.
    pub pace_seconds: Option<f64>,
    /// When the document was last had in full.
    pub full_at: Option<Timestamp>,
    /// A permanent redirect under observation: where to.
    pub moved_to: Option<String>,
    /// Since when.
    pub moved_since: Option<Timestamp>,
    /// How often it was seen.
    pub moved_seen: i32,
    /// The address that is polled instead of the listed one.
    pub moved_url: Option<String>,
    /// When the last new item arrived.
    pub last_arrival: Option<Timestamp>,
    /// Since when it has been silent for too long.
    pub silent_since: Option<Timestamp>,
}

/// Those of these sources that `owner` may poll now: their domain is leased to it, and nobody has taken them off the
/// list, paused or stopped them. In no order.
///
/// # Errors
/// sqlx's.
pub async fn leased(db: &PgPool, owner: &str, ids: &[&str]) -> Result<Vec<Leased>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT s.id, s.domain, d.lease, s.url, s.config, s.etag, s.last_modified, s.body_hash, s.last_poll, s.last_ok,
                s.newest_item,
                (SELECT min(page_due) FROM seen_entry e WHERE e.source_id = s.id AND e.page_due IS NOT NULL) AS page_due,
                EXISTS (SELECT 1 FROM source_child c WHERE c.source_id = s.id) AS index,
                s.next_poll, s.failures, s.failing_since, s.stopped, s.paused_reason, s.rhythm, s.gap_seconds,
                s.window_items, s.window_seconds, s.pace_seconds, s.full_at, s.moved_to, s.moved_since, s.moved_seen,
                s.moved_url, s.last_arrival, s.silent_since
         FROM source s JOIN source_domain d ON d.domain = s.domain AND d.lease_owner = $1
         WHERE s.id = ANY($2::text[]) AND s.active AND NOT s.paused AND s.stopped IS NULL
           AND COALESCE(s.config ->> 'kind', 'feed') = 'feed'",
    )
    .bind(owner)
    .bind(ids)
    .fetch_all(db)
    .await?;
    rows.iter().map(of_row).collect()
}

fn of_row(r: &PgRow) -> Result<Leased, sqlx::Error> {
    Ok(Leased {
        id: SourceId::new(r.try_get::<String, _>("id")?),
        domain: r.try_get("domain")?,
        lease: r.try_get("lease")?,
        url: r.try_get("url")?,
        config: r.try_get::<Json<Value>, _>("config")?.0,
        validators: Validators {
            etag: r.try_get("etag")?,
            last_modified: r.try_get("last_modified")?,
            body_hash: r.try_get("body_hash")?,
        },
        last_poll: r.try_get("last_poll")?,
        last_ok: r.try_get("last_ok")?,
        newest_item: r.try_get("newest_item")?,
        page_due: r.try_get("page_due")?,
        index: r.try_get("index")?,
        progress: Progress {
            next_poll: r.try_get("next_poll")?,
            failures: r.try_get("failures")?,
            failing_since: r.try_get("failing_since")?,
            stopped: r.try_get("stopped")?,
            paused_reason: r.try_get("paused_reason")?,
            rhythm: r.try_get::<Option<Json<Value>>, _>("rhythm")?.map(|j| j.0),
            gap_seconds: r.try_get("gap_seconds")?,
            window_items: r.try_get("window_items")?,
            window_seconds: r.try_get("window_seconds")?,
            pace_seconds: r.try_get("pace_seconds")?,
            full_at: r.try_get("full_at")?,
            moved_to: r.try_get("moved_to")?,
            moved_since: r.try_get("moved_since")?,
            moved_seen: r.try_get("moved_seen")?,
            moved_url: r.try_get("moved_url")?,
            last_arrival: r.try_get("last_arrival")?,
            silent_since: r.try_get("silent_since")?,
        },
    })
}

/// The documents of an index, by address.
///
/// # Errors
/// sqlx's.
pub async fn children(db: &PgPool, source: &SourceId) -> Result<BTreeMap<String, ChildState>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT url, modified, etag, last_modified, body_hash FROM source_child WHERE source_id = $1",
    )
    .bind(source.as_str())
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|r| {
            let url: String = r.try_get("url")?;
            let state = ChildState {
                url: url.clone(),
                modified: r.try_get("modified")?,
                validators: Validators {
                    etag: r.try_get("etag")?,
                    last_modified: r.try_get("last_modified")?,
                    body_hash: r.try_get("body_hash")?,
                },
            };
            Ok((url, state))
        })
        .collect()
}
