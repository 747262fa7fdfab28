//! Topics in Postgres: made once, never changed, so that what was looked up stays true.

use crate::answered::Answered;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use wiredesk_contract::TopicSpec;

use super::fault;
use crate::error::BusError;
use crate::traits::TopicFacts;

/// A topic as it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Topic {
    pub id: i32,
    pub partitions: i32,
    pub max_bytes: usize,
}

/// The topics, remembered after the first look.
#[derive(Debug, Default)]
pub(super) struct Topics {
    known: Mutex<BTreeMap<String, Topic>>,
}

impl Topics {
    pub async fn get(&self, db: &PgPool, name: &str) -> Result<Topic, BusError> {
        if let Some(topic) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(*topic);
        }
        let row: Option<(i32, i32, i64)> = sqlx::query_as(
            "SELECT t.id, t.max_bytes, (SELECT count(*) FROM bus_partition p WHERE p.topic = t.id) \
             FROM bus_topic t WHERE t.name = $1",
        )
        .bind(name)
        .fetch_optional(db)
        .answered()
        .await
        .map_err(fault::bus)?;
        let (id, max_bytes, partitions) = row.ok_or_else(|| BusError::NoTopic(name.to_owned()))?;
        let topic = Topic {
            id,
            partitions: i32::try_from(partitions).unwrap_or(i32::MAX),
            max_bytes: usize::try_from(max_bytes).unwrap_or_default(),
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), topic);
        Ok(topic)
    }
}

/// Makes those that are not there.
pub(super) async fn ensure(db: &PgPool, specs: &[TopicSpec], most: i32) -> Result<(), BusError> {
    let mut transaction = db.begin().answered().await.map_err(fault::bus)?;
    for spec in specs {
        let id: Option<i32> = sqlx::query_scalar(
            "INSERT INTO bus_topic (name, retention_hours, max_bytes) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO NOTHING RETURNING id",
        )
        .bind(&spec.name)
        .bind(i32::try_from(spec.retention_hours).unwrap_or(i32::MAX).max(1))
        .bind(i32::try_from(spec.max_bytes).unwrap_or(i32::MAX))
        .fetch_optional(&mut *transaction)
        .answered()
        .await
        .map_err(fault::bus)?;
        if let Some(id) = id {
            sqlx::query("INSERT INTO bus_partition (topic, partition) SELECT $1, generate_series(0, $2 - 1)")
                .bind(id)
                .bind(spec.partitions.clamp(1, most.max(1)))
                .execute(&mut *transaction)
                .answered()
                .await
                .map_err(fault::bus)?;
        }
    }
    transaction.commit().answered().await.map_err(fault::bus)
}

/// The next offset of each partition.
pub(super) async fn ends(db: &PgPool, topic: Topic) -> Result<BTreeMap<i32, i64>, BusError> {
    let rows: Vec<(i32, i64)> =
        sqlx::query_as("SELECT partition, next_offset FROM bus_partition WHERE topic = $1")
            .bind(topic.id)
            .fetch_all(db)
            .answered()
            .await
            .map_err(fault::bus)?;
    Ok(rows.into_iter().collect())
}

/// How a topic is kept.
pub(super) async fn describe(db: &PgPool, name: &str) -> Result<TopicFacts, BusError> {
    let topic: Option<(i32, i32, i32)> =
        sqlx::query_as("SELECT id, retention_hours, max_bytes FROM bus_topic WHERE name = $1")
            .bind(name)
            .fetch_optional(db)
            .await
            .map_err(fault::bus)?;
    let (id, hours, max_bytes) = topic.ok_or_else(|| BusError::NoTopic(name.to_owned()))?;
    let starts: Vec<(i32, i64)> = sqlx::query_as(
        r#"SELECT p.partition, coalesce((SELECT min(r."offset") FROM bus_record r
               WHERE r.topic = p.topic AND r.partition = p.partition), p.next_offset)
           FROM bus_partition p WHERE p.topic = $1"#,
    )
    .bind(id)
    .fetch_all(db)
    .await
    .map_err(fault::bus)?;
    Ok(TopicFacts {
        starts: starts.into_iter().collect(),
        retention: Some(Duration::from_secs(3_600 * u64::from(hours.unsigned_abs()))),
        max_bytes: Some(u64::from(max_bytes.unsigned_abs())),
        ..TopicFacts::default()
    })
}
