//! People and organisations that an operator loads with their Wikidata items.

use sqlx::types::Json;
use sqlx::{PgPool, Row};
use wiredesk_contract::Timestamp;
use wiredesk_contract::enrichment::EntityType;

/// A person or organisation of an extract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// `wd:Q…`.
    pub id: String,
    /// Person or organisation.
    pub kind: EntityType,
    /// The name to show.
    pub name: String,
    /// Pairs of language and name.
    pub names: Vec<(String, String)>,
    /// The ids that its names had without the extract: these become redirects.
    pub merges: Vec<String>,
}

/// Takes the place of the extract that was loaded before, all of it or nothing. Entities that were loaded once stay in the register.
/// Entities known by one of the names become redirects; one that an operator merged elsewhere stays as it is. Answers how many did.
///
/// # Errors
/// As they come from Postgres; nothing is loaded then.
pub async fn load(
    db: &PgPool,
    extract: &[Extracted],
    actor: &str,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut sorted: Vec<&Extracted> = extract.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut tx = db.begin().await?;
    // One load at a time, and no processor amid it: it waits for running ones, and they for it.
    sqlx::query("LOCK TABLE entity, extract IN SHARE ROW EXCLUSIVE MODE").execute(&mut *tx).await?;
    sqlx::query("DELETE FROM extract").execute(&mut *tx).await?;
    let mut merged = 0;
    for some in sorted.chunks(1_000) {
        let ids: Vec<&str> = some.iter().map(|e| e.id.as_str()).collect();
        sqlx::query(
            "INSERT INTO entity (entity_id, kind, name, first_seen)
             SELECT id, kind, name, $4 FROM UNNEST($1::text[], $2::text[], $3::text[]) AS t (id, kind, name) ORDER BY id
             ON CONFLICT (entity_id) DO UPDATE SET name = excluded.name",
        )
        .bind(&ids)
        .bind(some.iter().map(|e| wiredesk_contract::marked::class(e.kind)).collect::<Vec<_>>())
        .bind(some.iter().map(|e| e.name.as_str()).collect::<Vec<_>>())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO extract (entity_id, names, loaded)
             SELECT id, names, $3 FROM UNNEST($1::text[], $2::jsonb[]) AS t (id, names)",
        )
        .bind(&ids)
        .bind(some.iter().map(|e| Json(&e.names)).collect::<Vec<_>>())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let pairs: Vec<(&str, &str)> =
            some.iter().flat_map(|e| e.merges.iter().map(|from| (from.as_str(), e.id.as_str()))).collect();
        merged += sqlx::query(
            "WITH moved AS (
                 UPDATE entity e SET merged_into = t.into_id
                 FROM UNNEST($1::text[], $2::text[]) AS t (from_id, into_id)
                 WHERE e.entity_id = t.from_id AND e.merged_into IS NULL
                   AND NOT EXISTS (SELECT FROM entity child WHERE child.merged_into = e.entity_id)
                 RETURNING e.entity_id, e.merged_into
             )
             INSERT INTO entity_audit (entity_id, merged_into, actor, reason, at)
             SELECT entity_id, merged_into, $3, 'a name of the loaded extract', $4 FROM moved",
        )
        .bind(pairs.iter().map(|(from, _)| *from).collect::<Vec<_>>())
        .bind(pairs.iter().map(|(_, into)| *into).collect::<Vec<_>>())
        .bind(actor)
        .bind(now)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    }
    tx.commit().await?;
    Ok(merged)
}

/// The extract that is loaded, in the order of ids.
///
/// # Errors
/// As they come from Postgres.
pub async fn extracted(db: &PgPool) -> Result<Vec<Extracted>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT e.entity_id, e.kind, e.name, x.names FROM extract x JOIN entity e USING (entity_id) ORDER BY e.entity_id",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            Ok(Extracted {
                id: row.try_get("entity_id")?,
                kind: if kind == "PER" { EntityType::Per } else { EntityType::Org },
                name: row.try_get("name")?,
                names: row.try_get::<Json<Vec<(String, String)>>, _>("names")?.0,
                merges: Vec::new(),
            })
        })
        .collect()
}
