//! Merging two entities that turned out to be one, and looking them up.

use sqlx::{PgPool, Row};
use wiredesk_contract::Timestamp;

/// Why two entities cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is none with this id.
    #[error("no entity {0} is registered; `wiredesk vocab find NAME` looks one up")]
    Unknown(String),
    /// It is the same already.
    #[error("{0} and {1} are the same entity already")]
    Same(String, String),
    /// A person and an organisation.
    #[error(
        "{0} and {1} are of different types; only people merge with people and organisations with organisations"
    )]
    Types(String, String),
    /// Postgres.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Makes `from` a redirect to `into`, and what redirected to `from` too. Items keep their ids; views and look-ups follow.
/// Answers the id that it is now.
///
/// # Errors
/// [`MergeError`]; nothing is changed then.
pub async fn merge(
    db: &PgPool,
    from: &str,
    into: &str,
    actor: &str,
    reason: &str,
    now: Timestamp,
) -> Result<String, MergeError> {
    let mut tx = db.begin().await?;
    // Two merges at once could make a chain or a circle.
    sqlx::query("LOCK TABLE entity IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
    let mut of = Vec::new();
    for id in [from, into] {
        let row = sqlx::query(
            "SELECT kind, coalesce(merged_into, entity_id) AS root FROM entity WHERE entity_id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| MergeError::Unknown(id.to_owned()))?;
        of.push((row.try_get::<String, _>("kind")?, row.try_get::<String, _>("root")?));
    }
    let [(from_kind, from_root), (into_kind, root)] = of.as_slice() else {
        return Err(MergeError::Unknown(from.to_owned()));
    };
    if from_root == root {
        return Err(MergeError::Same(from.to_owned(), into.to_owned()));
    }
    if from_kind != into_kind {
        return Err(MergeError::Types(from.to_owned(), into.to_owned()));
    }
    sqlx::query(
        "UPDATE entity SET merged_into = $2 WHERE entity_id = $1 OR entity_id = $3 OR merged_into = $3",
    )
    .bind(from)
    .bind(root)
    .bind(from_root)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO entity_audit (entity_id, merged_into, actor, reason, at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(from)
    .bind(root)
    .bind(actor)
    .bind(reason)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(root.clone())
}

/// An entity of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// `PER` or `ORG`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it is now, where it was merged.
    pub merged_into: Option<String>,
    /// Items whose current version names it.
    pub items: i64,
    /// How it is written, `language:name`.
    pub names: Vec<String>,
}

/// Entities with this id or with this name in any language, whatever its case; those of most items first, fifty at most.
///
/// # Errors
/// As they come from Postgres.
pub async fn find(db: &PgPool, name: &str) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT e.entity_id, e.kind, e.name, e.merged_into,
                (SELECT count(*) FROM item_entity i WHERE i.entity_id = e.entity_id) AS items,
                coalesce((SELECT array_agg(n.language || ':' || n.name ORDER BY n.language, n.name)
                          FROM entity_name n WHERE n.entity_id = e.entity_id), '{}') AS names
         FROM entity e
         WHERE e.entity_id = $1 OR lower(e.name) = lower($1)
            OR e.entity_id IN (SELECT entity_id FROM entity_name WHERE lower(name) = lower($1))
         ORDER BY items DESC, e.entity_id LIMIT 50",
    )
    .bind(name)
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                id: row.try_get("entity_id")?,
                kind: row.try_get("kind")?,
                name: row.try_get("name")?,
                merged_into: row.try_get("merged_into")?,
                items: row.try_get("items")?,
                names: row.try_get("names")?,
            })
        })
        .collect()
}
