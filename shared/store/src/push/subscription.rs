//! Table `websub_subscription`: which hubs send what, and until when.

use std::fmt;

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use wiredesk_contract::{SourceId, Timestamp};

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for, or about to be.
    Wanted,
    /// Verified by the hub.
    Active,
    /// Denied by the hub.
    Denied,
    /// To be unsubscribed.
    Leaving,
    /// Given up for a while.
    Resting,
}

impl Standing {
    /// As the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Active => "active",
            Self::Denied => "denied",
            Self::Leaving => "leaving",
            Self::Resting => "resting",
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "denied" => Self::Denied,
            "leaving" => Self::Leaving,
            "resting" => Self::Resting,
            _ => Self::Wanted,
        }
    }
}

/// A subscription at a hub.
#[derive(Clone, PartialEq)]
pub struct Subscription {
    /// Whose feed.
    pub source: SourceId,
    /// The feed's own address, as the hub knows it.
    pub topic: String,
    /// The hub that is asked.
    pub hub: String,
    /// SHA-256 of the callback's token.
    pub token_hash: Vec<u8>,
    /// What deliveries are signed with. Never logged.
    pub secret: String,
    /// Where it stands.
    pub standing: Standing,
    /// When the hub was last asked.
    pub asked_at: Option<Timestamp>,
    /// When the hub last verified.
    pub verified_at: Option<Timestamp>,
    /// Until when the hub sends.
    pub lease_until: Option<Timestamp>,
    /// When to ask again.
    pub next_ask: Timestamp,
    /// Requests since the last verification.
    pub failures: i32,
    /// Why the last request came to nothing, in words.
    pub last_error: Option<String>,
    /// When the last delivery came that was signed right.
    pub last_push: Option<Timestamp>,
    /// Deliveries that were signed right.
    pub pushes: i64,
    /// Deliveries that were not.
    pub forged: i64,
    /// Polls since the last verification that found an item which the hub had not sent.
    pub misses: i32,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("source", &self.source)
            .field("topic", &self.topic)
            .field("hub", &self.hub)
            .field("secret", &"***")
            .field("standing", &self.standing)
            .field("lease_until", &self.lease_until)
            .field("next_ask", &self.next_ask)
            .field("failures", &self.failures)
            .field("last_error", &self.last_error)
            .finish_non_exhaustive()
    }
}

/// What a feed says about its hubs, with the key of the subscription that is made where there is none yet.
#[derive(Clone)]
pub struct Offer<'a> {
    /// Whose feed.
    pub source: &'a SourceId,
    /// Its own address.
    pub topic: &'a str,
    /// Its hubs, the preferred one first; at least one.
    pub hubs: &'a [String],
    /// For a new subscription.
    pub token_hash: &'a [u8],
    /// For a new subscription.
    pub secret: &'a str,
}

const COLUMNS: &str = "source_id, topic, hub, token_hash, secret, state, asked_at, verified_at, lease_until, next_ask, \
                       failures, last_error, last_push, pushes, forged, misses";

fn read(row: &PgRow) -> Result<Subscription, sqlx::Error> {
    Ok(Subscription {
        source: SourceId::new(row.try_get::<String, _>("source_id")?),
        topic: row.try_get("topic")?,
        hub: row.try_get("hub")?,
        token_hash: row.try_get("token_hash")?,
        secret: row.try_get("secret")?,
        standing: Standing::of(row.try_get("state")?),
        asked_at: row.try_get("asked_at")?,
        verified_at: row.try_get("verified_at")?,
        lease_until: row.try_get("lease_until")?,
        next_ask: row.try_get("next_ask")?,
        failures: row.try_get("failures")?,
        last_error: row.try_get("last_error")?,
        last_push: row.try_get("last_push")?,
        pushes: row.try_get("pushes")?,
        forged: row.try_get("forged")?,
        misses: row.try_get("misses")?,
    })
}

/// Notes what a feed says about its hubs. A new topic is wanted at once, and the source's other topics are left; a topic
/// that is known only takes other hubs over. One that was left because its source had gone is wanted again.
///
/// # Errors
/// sqlx's.
pub async fn offered(db: &PgPool, offer: &Offer<'_>, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "INSERT INTO websub_subscription AS s (source_id, topic, hubs, hub, token_hash, secret, next_ask)
         VALUES ($1, $2, $3, $3[1], $4, $5, $6)
         ON CONFLICT (source_id, topic) DO UPDATE SET
             hubs     = excluded.hubs,
             hub      = CASE WHEN s.hub = ANY (excluded.hubs) THEN s.hub ELSE excluded.hub END,
             state    = CASE WHEN s.state = 'leaving' OR NOT s.hub = ANY (excluded.hubs) THEN 'wanted' ELSE s.state END,
             failures = CASE WHEN s.state = 'leaving' OR NOT s.hub = ANY (excluded.hubs) THEN 0 ELSE s.failures END,
             next_ask = CASE WHEN s.state = 'leaving' OR NOT s.hub = ANY (excluded.hubs) THEN excluded.next_ask
                             ELSE s.next_ask END
         WHERE s.hubs <> excluded.hubs OR (s.state = 'leaving' AND s.rest_until IS NULL)",
    )
    .bind(offer.source.as_str())
    .bind(offer.topic)
    .bind(offer.hubs)
    .bind(offer.token_hash)
    .bind(offer.secret)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE websub_subscription SET state = 'leaving', next_ask = $3, failures = 0, rest_until = NULL
         WHERE source_id = $1 AND topic <> $2 AND state <> 'leaving'",
    )
    .bind(offer.source.as_str())
    .bind(offer.topic)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Leaves the subscriptions of sources that are no longer listed, and of those in `unwanted`.
///
/// # Errors
/// sqlx's.
pub async fn retire(db: &PgPool, unwanted: &[&str], now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE websub_subscription w SET state = 'leaving', next_ask = $2, failures = 0, rest_until = NULL
         FROM source s
         WHERE s.id = w.source_id AND w.state <> 'leaving' AND (NOT s.active OR s.id = ANY ($1::text[]))",
    )
    .bind(unwanted)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Takes up to `limit` subscriptions whose hub is to be asked, the longest due first. They are put off until `until`, so
/// that no other fetcher asks too, and stand as asked from now on: a hub may verify before it answers. One whose lease
/// has run out is no longer active; one that a hub did not answer tries the next of its hubs.
///
/// # Errors
/// sqlx's.
pub async fn due(
    db: &PgPool,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Subscription>, sqlx::Error> {
    let sql = format!(
        "UPDATE websub_subscription SET
             asked_at = $1, next_ask = $2, failures = failures + 1,
             hub   = CASE WHEN state IN ('wanted', 'denied') THEN hubs[1 + failures % cardinality(hubs)] ELSE hub END,
             rest_until = CASE WHEN state = 'resting' THEN NULL ELSE rest_until END,
             state = CASE WHEN state IN ('denied', 'resting') THEN 'wanted'
                          WHEN state = 'active' AND lease_until < $1 THEN 'wanted' ELSE state END
         WHERE (source_id, topic) IN (
             SELECT source_id, topic FROM websub_subscription WHERE next_ask <= $1
             ORDER BY next_ask, source_id LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING {COLUMNS}"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).bind(until).bind(limit).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// What came of asking: `error` in words where the hub refused; when to ask again where it does not verify. A hub that
/// has verified or denied meanwhile has the last word.
///
/// # Errors
/// sqlx's.
pub async fn asked(
    db: &PgPool,
    of: &Subscription,
    error: Option<&str>,
    next_ask: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE websub_subscription SET last_error = $3, next_ask = $4
         WHERE token_hash = $1 AND asked_at = $2 AND (verified_at IS NULL OR verified_at < asked_at) AND state = $5",
    )
    .bind(&of.token_hash)
    .bind(of.asked_at)
    .bind(error)
    .bind(next_ask)
    .bind(of.standing.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// The subscription of a callback.
///
/// # Errors
/// sqlx's.
pub async fn by_token(db: &PgPool, token_hash: &[u8]) -> Result<Option<Subscription>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM websub_subscription WHERE token_hash = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(token_hash).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// The subscriptions of a source.
///
/// # Errors
/// sqlx's.
pub async fn of_source(db: &PgPool, source: &SourceId) -> Result<Vec<Subscription>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM websub_subscription WHERE source_id = $1 ORDER BY topic");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(source.as_str()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// The hub has verified: it sends until `lease_until`, and is asked for more at `renew_at`. False where the subscription
/// is no longer wanted.
///
/// # Errors
/// sqlx's.
pub async fn verified(
    db: &PgPool,
    token_hash: &[u8],
    now: Timestamp,
    lease_until: Timestamp,
    renew_at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE websub_subscription SET state = 'active', verified_at = $2, lease_until = $3, next_ask = $4,
             failures = 0, misses = 0, last_error = NULL
         WHERE token_hash = $1 AND state IN ('wanted', 'active')",
    )
    .bind(token_hash)
    .bind(now)
    .bind(lease_until)
    .bind(renew_at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The hub denied the subscription, or ended it; it is asked again at `next_ask`.
///
/// # Errors
/// sqlx's.
pub async fn denied(
    db: &PgPool,
    token_hash: &[u8],
    why: &str,
    next_ask: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE websub_subscription SET state = 'denied', last_error = $2, next_ask = $3, lease_until = NULL
         WHERE token_hash = $1 AND state IN ('wanted', 'active')",
    )
    .bind(token_hash)
    .bind(why)
    .bind(next_ask)
    .execute(db)
    .await?;
    Ok(())
}

/// The subscription has ended: it is forgotten, or rests where it was given up for a while. False where it is not being
/// left.
///
/// # Errors
/// sqlx's.
pub async fn left(db: &PgPool, token_hash: &[u8]) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let resting = sqlx::query(
        "UPDATE websub_subscription SET state = 'resting', next_ask = rest_until, lease_until = NULL, failures = 0
         WHERE token_hash = $1 AND state = 'leaving' AND rest_until IS NOT NULL",
    )
    .bind(token_hash)
    .execute(&mut *tx)
    .await?;
    let gone = sqlx::query("DELETE FROM websub_subscription WHERE token_hash = $1 AND state = 'leaving'")
        .bind(token_hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(resting.rows_affected() + gone.rows_affected() > 0)
}

/// A delivery that was signed right has been taken.
///
/// # Errors
/// sqlx's.
pub async fn pushed(db: &PgPool, token_hash: &[u8], now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE websub_subscription SET pushes = pushes + 1, last_push = $2 WHERE token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// A delivery was not signed right.
///
/// # Errors
/// sqlx's.
pub async fn forged(db: &PgPool, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE websub_subscription SET forged = forged + 1 WHERE token_hash = $1")
        .bind(token_hash)
        .execute(db)
        .await?;
    Ok(())
}

/// A poll found an item older than `published` that no hub had sent. After `most` such polls in one lease the
/// subscription is left until `rest_until`. Answers how many there were now, where the source has an active one that
/// was verified before the item was published.
///
/// # Errors
/// sqlx's.
pub async fn missed(
    db: &PgPool,
    source: &SourceId,
    published: Timestamp,
    most: i32,
    now: Timestamp,
    rest_until: Timestamp,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE websub_subscription SET
             misses     = misses + 1,
             state      = CASE WHEN misses + 1 >= $3 THEN 'leaving' ELSE state END,
             rest_until = CASE WHEN misses + 1 >= $3 THEN $5 ELSE rest_until END,
             next_ask   = CASE WHEN misses + 1 >= $3 THEN $4 ELSE next_ask END,
             failures   = CASE WHEN misses + 1 >= $3 THEN 0 ELSE failures END,
             last_error = CASE WHEN misses + 1 >= $3
                               THEN 'the hub missed items that polling found; it is left for a while' ELSE last_error END
         WHERE source_id = $1 AND state = 'active' AND verified_at < $2 AND lease_until > $4
         RETURNING misses",
    )
    .bind(source.as_str())
    .bind(published)
    .bind(most)
    .bind(now)
    .bind(rest_until)
    .fetch_optional(db)
    .await
}

/// Does a hub send this source's items reliably now? It has verified, its lease runs, something came by it, and polling
/// found nothing in this lease that it had missed. Then polling is only the safety net.
///
/// # Errors
/// sqlx's.
pub async fn relied_on(db: &PgPool, source: &SourceId, now: Timestamp) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM websub_subscription
         WHERE source_id = $1 AND state = 'active' AND lease_until > $2 AND last_push IS NOT NULL AND misses = 0)",
    )
    .bind(source.as_str())
    .bind(now)
    .fetch_one(db)
    .await
}
