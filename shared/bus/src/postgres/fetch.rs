//! Reading the log.

use crate::answered::Answered;
use std::collections::BTreeMap;

use bytes::Bytes;
use sqlx::PgPool;
use wiredesk_contract::Timestamp;

use super::fault;
use super::topics::Topic;
use crate::error::BusError;
use crate::record::{Received, Record};

/// What to read: for each partition, the next offset.
pub(super) struct Want<'a> {
    pub name: &'a str,
    pub topic: Topic,
    pub from: &'a BTreeMap<i32, i64>,
    /// Most records of all partitions together.
    pub records: usize,
    /// Bytes of payload after which no further record comes; the first comes however large it is.
    pub bytes: usize,
}

/// What was read.
#[derive(Default)]
pub(super) struct Got {
    /// In order within each partition.
    pub records: Vec<Received>,
    /// The next offset of each partition that moved.
    pub next: BTreeMap<i32, i64>,
    /// There may be more at once.
    pub more: bool,
}

type Row = (i32, i64, Vec<u8>, String, Vec<u8>, Timestamp);

/// Records of all partitions take turns, so that a long partition does not hold a short one up. The sizes are summed
/// before any payload is read.
const FETCH: &str = r#"
    SELECT partition, "offset", key, headers::text, payload, at FROM (
        SELECT r.*, sum(r.bytes) OVER (ORDER BY r."offset" - r.begin, r.partition) - r.bytes AS before
        FROM unnest($2::int[], $3::bigint[]) AS want(partition, begin)
        CROSS JOIN LATERAL (
            SELECT b.partition, b."offset", b.key, b.headers, b.payload, b.at, want.begin, octet_length(b.payload)::bigint AS bytes
            FROM bus_record b
            WHERE b.topic = $1 AND b.partition = want.partition AND b."offset" >= want.begin
            ORDER BY b."offset" LIMIT $4
        ) r
    ) f
    WHERE before < $5
    ORDER BY "offset" - begin, partition
    LIMIT $6"#;

/// Reads once.
pub(super) async fn fetch(db: &PgPool, want: Want<'_>) -> Result<Got, BusError> {
    if want.from.is_empty() || want.records == 0 {
        return Ok(Got::default());
    }
    let each = want.records.div_ceil(want.from.len()).max(4);
    let (partitions, begins): (Vec<i32>, Vec<i64>) = want.from.iter().unzip();
    let rows: Vec<Row> = sqlx::query_as(FETCH)
        .bind(want.topic.id)
        .bind(partitions)
        .bind(begins)
        .bind(i64::try_from(each).unwrap_or(i64::MAX))
        .bind(i64::try_from(want.bytes).unwrap_or(i64::MAX))
        .bind(i64::try_from(want.records).unwrap_or(i64::MAX))
        .fetch_all(db)
        .answered()
        .await
        .map_err(fault::bus)?;

    let mut got = Got { more: rows.len() >= want.records, ..Got::default() };
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for (partition, offset, key, headers, payload, timestamp) in rows {
        let record = Record {
            topic: want.name.to_owned(),
            key: String::from_utf8_lossy(&key).into_owned(),
            payload: Bytes::from(payload),
            headers: serde_json::from_str(&headers).unwrap_or_default(),
            timestamp,
        };
        got.next.insert(partition, offset + 1);
        let count = counts.entry(partition).or_default();
        *count += 1;
        got.more |= *count >= each;
        got.records.push(Received { record, partition, offset });
    }
    Ok(got)
}
