//! What the cleaner did to a version, by the view `item_cleaning`.

use sqlx::PgPool;
use sqlx::types::Json;
use wiredesk_contract::raw::Repair;

/// A passage that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Passage {
    /// The passage; None of a wire that lends no full text.
    pub text: Option<String>,
    /// A short stable name, such as `share_row`.
    pub reason: String,
}

/// What was done to a version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Cleaning {
    /// What was taken out, in its order.
    pub removed: Json<Vec<Passage>>,
    /// What was mended to read it.
    pub repairs: Json<Vec<Repair>>,
    /// Version of the source's memory of repeated lines.
    pub memory_version: Option<i32>,
    /// The feed's document ended early.
    pub partial: bool,
}

/// What was done to a version of an item. None where nothing may be shown: it is withheld or withdrawn, or there is no such version.
///
/// # Errors
/// sqlx's.
pub async fn cleaning(db: &PgPool, id: &str, version: i32) -> Result<Option<Cleaning>, sqlx::Error> {
    sqlx::query_as(
        "SELECT removed, repairs, memory_version, partial FROM item_cleaning WHERE item_id = $1 AND version = $2",
    )
    .bind(id)
    .bind(version)
    .fetch_optional(db)
    .await
}
