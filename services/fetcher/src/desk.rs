//! The sources that people list while fetchers run: read again whenever their list has changed.

use serde_json::Value;
use sqlx::PgPool;
use wiredesk_store::source as table;

use crate::source::SourceConfig;

/// Watches the desk's list.
#[derive(Debug, Default)]
pub struct Desk {
    version: Option<i64>,
}

impl Desk {
    /// The desk's sources where their list has changed since the last call (or this is the first). A row that this version
    /// cannot read is logged and left out: one bad row stops no other source.
    ///
    /// # Errors
    /// sqlx's; the next call looks again.
    pub async fn changed(&mut self, db: &PgPool) -> Result<Option<Vec<SourceConfig>>, sqlx::Error> {
        let version = table::desk_version(db).await?;
        if self.version == Some(version) {
            return Ok(None);
        }
        let rows = table::desk(db).await?;
        self.version = Some(version);
        Ok(Some(rows.into_iter().filter_map(source).collect()))
    }
}

fn source(row: Value) -> Option<SourceConfig> {
    let Value::Object(values) = row else { return None };
    let id = values.get("id").map(Value::to_string).unwrap_or_default();
    let read = SourceConfig::from_values(values).map_err(|e| e.to_string());
    match read.and_then(|s| s.check().map(|()| s).map_err(|e| e.to_string())) {
        Ok(source) => Some(source),
        Err(why) => {
            tracing::error!("source {id} of the desk is not polled: {why}; remove it and add it again");
            None
        }
    }
}

/// Says in metrics how many sources are in each state.
///
/// # Errors
/// sqlx's.
pub async fn gauge(db: &PgPool) -> Result<(), sqlx::Error> {
    for (state, count) in table::states(db).await? {
        metrics::gauge!("wiredesk_sources", "state" => state.as_str()).set(count as f64);
    }
    Ok(())
}
