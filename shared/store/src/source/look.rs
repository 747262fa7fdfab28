//! Table `source_look`: wires that somebody wants to see before they are listed. The API asks, a fetcher answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, PgPool};
use wiredesk_contract::source::Rights;
use wiredesk_contract::{SourceId, Timestamp};

/// How far a look has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LookState {
    /// A fetcher is to look.
    Asked,
    /// It was seen; somebody may want it.
    Seen,
    /// There is nothing to see: `error` says why.
    Unseen,
    /// A fetcher is to list it.
    Wanted,
    /// It is listed.
    Listed,
    /// It was not listed: `error` says why. It may be wanted otherwise.
    Refused,
}

impl LookState {
    const ALL: [Self; 6] = [Self::Asked, Self::Seen, Self::Unseen, Self::Wanted, Self::Listed, Self::Refused];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Seen => "seen",
            Self::Unseen => "unseen",
            Self::Wanted => "wanted",
            Self::Listed => "listed",
            Self::Refused => "refused",
        }
    }

    /// Does it wait for a fetcher?
    pub fn waits(self) -> bool {
        matches!(self, Self::Asked | Self::Wanted)
    }

    /// May it be listed?
    pub fn may_be_wanted(self) -> bool {
        matches!(self, Self::Seen | Self::Refused)
    }
}

/// What a fetcher saw of a wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    /// Where it is polled, after permanent redirects.
    pub url: String,
    /// The form in words, such as `RSS 2.0`.
    pub form: String,
    /// What it calls itself.
    pub title: Option<String>,
    /// BCP 47, as it declares it.
    pub language: Option<String>,
    /// Items in its document.
    pub items: usize,
    /// When the newest was published.
    pub newest: Option<Timestamp>,
    /// Usual gap between two items in seconds.
    pub gap_seconds: Option<f64>,
    /// Titles of its first items.
    pub headlines: Vec<String>,
    /// What is wrong with it or worth knowing, in sentences, the worst first.
    pub remarks: Vec<String>,
    /// What its site has besides.
    pub others: Vec<OtherWire>,
}

/// A wire that a site has besides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherWire {
    /// Its address.
    pub url: String,
    /// What it calls itself.
    pub title: Option<String>,
    /// The form in words.
    pub form: String,
    /// Items in its document.
    pub items: usize,
}

/// As what a wire is to be listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Wish {
    /// Its address: that of the preview, or of one of the others.
    pub url: String,
    /// Name to show; empty for what it calls itself.
    pub name: String,
    /// BCP 47; None for what it declares.
    pub language: Option<String>,
    /// What of its items may be published.
    pub rights: Rights,
    /// Are the article pages fetched too?
    pub pages: bool,
}

/// A look.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceLook {
    /// Id.
    pub id: String,
    /// The address as it was typed.
    pub url: String,
    /// Who asked.
    pub actor: String,
    /// When.
    pub asked: Timestamp,
    /// How far it has come.
    pub state: LookState,
    /// What was seen.
    pub preview: Option<Preview>,
    /// As what it is to be listed.
    pub wish: Option<Wish>,
    /// The wire, once it is listed.
    pub source: Option<SourceId>,
    /// Why nothing was seen or listed.
    pub error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LookRow {
    id: String,
    url: String,
    actor: String,
    asked: Timestamp,
    state: String,
    preview: Option<Json<Preview>>,
    wish: Option<Json<Wish>>,
    source_id: Option<String>,
    error: Option<String>,
}

impl From<LookRow> for SourceLook {
    fn from(row: LookRow) -> Self {
        let state = LookState::ALL.into_iter().find(|s| s.as_str() == row.state);
        Self {
            id: row.id,
            url: row.url,
            actor: row.actor,
            asked: row.asked,
            // A later version's state is nothing that this one could go on with.
            state: state.unwrap_or(LookState::Refused),
            preview: row.preview.map(|p| p.0),
            wish: row.wish.map(|w| w.0),
            source: row.source_id.map(SourceId::new),
            error: row.error,
        }
    }
}

/// Asks for a look at an address.
///
/// # Errors
/// sqlx's.
pub async fn ask<'e>(
    db: impl PgExecutor<'e>,
    id: &str,
    url: &str,
    actor: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO source_look (id, url, actor, asked, at) VALUES ($1, $2, $3, $4, $4)")
        .bind(id)
        .bind(url)
        .bind(actor)
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

/// One look.
///
/// # Errors
/// sqlx's.
pub async fn find(db: &PgPool, id: &str) -> Result<Option<SourceLook>, sqlx::Error> {
    let row: Option<LookRow> = sqlx::query_as(
        "SELECT id, url, actor, asked, state, preview, wish, source_id, error FROM source_look WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(SourceLook::from))
}

/// How many looks wait for a fetcher.
///
/// # Errors
/// sqlx's.
pub async fn waiting(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM source_look WHERE state IN ('asked', 'wanted')")
        .fetch_one(db)
        .await
}

/// Wants a wire that was seen listed. False where it was not seen, or somebody has wanted it meanwhile.
///
/// # Errors
/// sqlx's.
pub async fn want<'e>(
    db: impl PgExecutor<'e>,
    id: &str,
    wish: &Wish,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE source_look SET state = 'wanted', wish = $2, at = $3, error = NULL, leased_until = NULL
         WHERE id = $1 AND state IN ('seen', 'refused')",
    )
    .bind(id)
    .bind(Json(wish))
    .bind(at)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Forgets the looks of before an instant.
///
/// # Errors
/// sqlx's.
pub async fn forget<'e>(db: impl PgExecutor<'e>, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM source_look WHERE at < $1").bind(before).execute(db).await?;
    Ok(())
}

/// Takes at most `most` looks that wait, so that no other fetcher does until `until`.
///
/// # Errors
/// sqlx's.
pub async fn take(
    db: &PgPool,
    now: Timestamp,
    until: Timestamp,
    most: i64,
) -> Result<Vec<SourceLook>, sqlx::Error> {
    let rows: Vec<LookRow> = sqlx::query_as(
        "UPDATE source_look SET leased_until = $2 WHERE id IN (
             SELECT id FROM source_look
             WHERE state IN ('asked', 'wanted') AND (leased_until IS NULL OR leased_until <= $1)
             ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, url, actor, asked, state, preview, wish, source_id, error",
    )
    .bind(now)
    .bind(until)
    .bind(most)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(SourceLook::from).collect())
}

/// Says what came of a look that was asked for: what was seen, or why nothing.
///
/// # Errors
/// sqlx's.
pub async fn answer(
    db: &PgPool,
    id: &str,
    seen: Result<&Preview, &str>,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let state = if seen.is_ok() { LookState::Seen } else { LookState::Unseen };
    sqlx::query("UPDATE source_look SET state = $2, preview = $3, error = $4, at = $5 WHERE id = $1 AND state = 'asked'")
        .bind(id)
        .bind(state.as_str())
        .bind(seen.ok().map(Json))
        .bind(seen.err())
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

/// Says that a wire that was wanted is listed, in the transaction that lists it. False where it is not wanted any more.
///
/// # Errors
/// sqlx's.
pub async fn listed(
    tx: &mut PgConnection,
    id: &str,
    source: &SourceId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE source_look SET state = 'listed', source_id = $2, at = $3 WHERE id = $1 AND state = 'wanted'",
    )
    .bind(id)
    .bind(source.as_str())
    .bind(at)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Says why a wire that was wanted is not listed.
///
/// # Errors
/// sqlx's.
pub async fn refuse(db: &PgPool, id: &str, why: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE source_look SET state = 'refused', error = $2, at = $3 WHERE id = $1 AND state = 'wanted'",
    )
    .bind(id)
    .bind(why)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
