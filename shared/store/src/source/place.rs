//! Which queue each source stands in, and when it is due: what a fetcher keeps in memory of the sources it leases.

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::{SourceId, Timestamp};

/// A source whose queue is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Unplaced {
    /// Its id.
    pub id: SourceId,
    /// As listed.
    pub url: String,
    /// As configured, secrets masked.
    pub config: Value,
}

/// A source in its queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its id.
    pub id: SourceId,
    /// Its queue; empty until it is placed again.
    pub domain: String,
    /// When it is asked again, [its pause](super::Leased::due) reckoned from now at the latest.
    pub next_poll: Timestamp,
    /// It is listed, not paused, not stopped.
    pub polled: bool,
}

/// Sources that stand in no queue, some of them.
///
/// # Errors
/// sqlx's.
pub async fn unplaced(db: &PgPool, limit: i64) -> Result<Vec<Unplaced>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, url, config FROM source
         WHERE domain = '' AND active AND COALESCE(config ->> 'kind', 'feed') = 'feed' ORDER BY id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|r| {
            Ok(Unplaced {
                id: SourceId::new(r.try_get::<String, _>("id")?),
                url: r.try_get("url")?,
                config: r.try_get::<Json<Value>, _>("config")?.0,
            })
        })
        .collect()
}

/// Places sources in their queues: id, the address that it was told from, queue. One whose address was edited meanwhile
/// is left for the next time.
///
/// # Errors
/// sqlx's.
pub async fn place(db: &PgPool, places: &[(SourceId, String, String)]) -> Result<(), sqlx::Error> {
    let mut domains: Vec<&str> = places.iter().map(|(_, _, d)| d.as_str()).collect();
    domains.sort_unstable();
    domains.dedup();
    let mut tx = db.begin().await?;
    sqlx::query(
        "INSERT INTO source_domain (domain) SELECT * FROM UNNEST($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING",
    )
    .bind(domains)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE source s SET domain = p.domain, edited = clock_timestamp()
         FROM UNNEST($1::text[], $2::text[], $3::text[]) AS p (id, url, domain)
         WHERE s.id = p.id AND s.url = p.url AND s.domain = ''",
    )
    .bind(places.iter().map(|(id, _, _)| id.as_str()).collect::<Vec<_>>())
    .bind(places.iter().map(|(_, url, _)| url.as_str()).collect::<Vec<_>>())
    .bind(places.iter().map(|(_, _, domain)| domain.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// The sources of these domains that are polled. `now` is the clock that they are polled by.
///
/// # Errors
/// sqlx's.
pub async fn due(db: &PgPool, domains: &[&str], now: Timestamp) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, domain, LEAST(next_poll, $2 + (next_poll - last_poll)) AS next_poll, true AS polled FROM source
         WHERE domain = ANY($1::text[]) AND active AND NOT paused AND stopped IS NULL
           AND COALESCE(config ->> 'kind', 'feed') = 'feed'",
    )
    .bind(domains)
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(of_row).collect()
}

/// The sources that were edited within the last seconds, by Postgres' clock. `now` is the clock that they are polled by.
///
/// # Errors
/// sqlx's.
pub async fn edited(db: &PgPool, seconds: f64, now: Timestamp) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, domain, LEAST(next_poll, $2 + (next_poll - last_poll)) AS next_poll, active AND NOT paused AND stopped IS NULL
                AND COALESCE(config ->> 'kind', 'feed') = 'feed' AS polled
         FROM source WHERE edited > clock_timestamp() - make_interval(secs => $1)",
    )
    .bind(seconds)
    .bind(now)
    .fetch_all(db)
    .await?;
    rows.iter().map(of_row).collect()
}

fn of_row(row: &sqlx::postgres::PgRow) -> Result<Due, sqlx::Error> {
    Ok(Due {
        id: SourceId::new(row.try_get::<String, _>("id")?),
        domain: row.try_get("domain")?,
        next_poll: row.try_get("next_poll")?,
        polled: row.try_get("polled")?,
    })
}
