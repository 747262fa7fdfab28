//! Leases: which fetcher speaks to which domain now. A lease counts as long as its owner's heartbeat does, by Postgres'
//! clock, so that fetchers whose clocks differ agree.

use sqlx::{PgPool, Row};
use wiredesk_contract::Timestamp;

use super::save::write_manners;

/// A domain that this fetcher may speak to, with what is owed to its servers.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainLease {
    /// The domain.
    pub domain: String,
    /// Number of the lease: what is polled under it is saved only while it is the last one.
    pub lease: i64,
    /// Its politeness.
    pub manners: Manners,
}

/// What is owed to a domain's servers, handed over with its lease.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manners {
    /// No request before.
    pub next_request: Option<Timestamp>,
    /// No request before: the server asked for it.
    pub rest_until: Option<Timestamp>,
    /// Refusals in a row.
    pub refusals: i32,
    /// By how much its gaps are stretched; 1 is not at all.
    pub slowness: f64,
}

/// All fetchers and what they share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// Fetchers that live, this one included.
    pub fetchers: i64,
    /// Sources that are polled, of all domains.
    pub sources: i64,
    /// This fetcher's lease had run out before: others may have taken its domains.
    pub lapsed: bool,
}

/// Says that `owner` lives for so many seconds more.
///
/// # Errors
/// sqlx's.
pub async fn beat(db: &PgPool, owner: &str, seconds: u32) -> Result<Cluster, sqlx::Error> {
    let row = sqlx::query(
        "WITH before AS (SELECT alive_until > clock_timestamp() AS alive FROM fetcher WHERE owner = $1),
              me AS (INSERT INTO fetcher (owner, alive_until) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
                     ON CONFLICT (owner) DO UPDATE SET alive_until = excluded.alive_until RETURNING owner),
              dead AS (DELETE FROM fetcher WHERE alive_until < clock_timestamp() - interval '10 minutes' AND owner <> $1)
         SELECT (SELECT count(*) FROM fetcher WHERE alive_until > clock_timestamp() AND owner <> $1)
                + (SELECT count(*) FROM me) AS fetchers,
                (SELECT count(*) FROM source WHERE active AND domain <> '') AS sources,
                NOT COALESCE((SELECT alive FROM before), false) AS lapsed",
    )
    .bind(owner)
    .bind(f64::from(seconds))
    .fetch_one(db)
    .await?;
    Ok(Cluster {
        fetchers: row.try_get("fetchers")?,
        sources: row.try_get("sources")?,
        lapsed: row.try_get("lapsed")?,
    })
}

/// Leases domains that nobody holds, until they hold `sources` sources together: at least one domain where `sources` is
/// not 0.
///
/// # Errors
/// sqlx's.
pub async fn take(db: &PgPool, owner: &str, sources: i64) -> Result<Vec<DomainLease>, sqlx::Error> {
    let mut tx = db.begin().await?;
    // One after the other: what is free is seen by a snapshot that begins after the last taker has committed.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('wiredesk.source.take'))").execute(&mut *tx).await?;
    let rows = sqlx::query(
        "WITH free AS (
             SELECT d.domain, (SELECT count(*) FROM source s WHERE s.domain = d.domain AND s.active) AS sources
             FROM source_domain d
             WHERE NOT EXISTS (SELECT 1 FROM fetcher f WHERE f.owner = d.lease_owner AND f.alive_until > clock_timestamp())
         ), chosen AS (
             SELECT domain, sum(sources) OVER (ORDER BY hashtext(domain), domain) - sources AS before
             FROM free WHERE sources > 0)
         UPDATE source_domain d SET lease_owner = $1, lease = d.lease + 1
         FROM chosen c WHERE c.domain = d.domain AND c.before < $2
         RETURNING d.domain, d.lease, d.next_request, d.rest_until, d.refusals, d.slowness",
    )
    .bind(owner)
    .bind(sources)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    rows.iter()
        .map(|r| {
            Ok(DomainLease {
                domain: r.try_get("domain")?,
                lease: r.try_get("lease")?,
                manners: Manners {
                    next_request: r.try_get("next_request")?,
                    rest_until: r.try_get("rest_until")?,
                    refusals: r.try_get("refusals")?,
                    slowness: r.try_get("slowness")?,
                },
            })
        })
        .collect()
}

/// The domains that `owner` holds, with the numbers of their leases.
///
/// # Errors
/// sqlx's.
pub async fn held(db: &PgPool, owner: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    sqlx::query_as("SELECT domain, lease FROM source_domain WHERE lease_owner = $1")
        .bind(owner)
        .fetch_all(db)
        .await
}

/// Gives domains back, with what is owed to their servers.
///
/// # Errors
/// sqlx's.
pub async fn give(db: &PgPool, owner: &str, domains: &[(String, Manners)]) -> Result<(), sqlx::Error> {
    write_manners(db, owner, domains, true).await
}

/// Gives all leases of `owner` back and says that it lives no longer: on a graceful stop.
///
/// # Errors
/// sqlx's.
pub async fn release(db: &PgPool, owner: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    sqlx::query("UPDATE source_domain SET lease_owner = NULL WHERE lease_owner = $1")
        .bind(owner)
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM fetcher WHERE owner = $1").bind(owner).execute(&mut *tx).await?;
    tx.commit().await
}
