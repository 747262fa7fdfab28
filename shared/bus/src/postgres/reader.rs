//! Reads a topic outside any group.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;

use super::fetch::{Want, fetch};
use super::topics::{self, Topic};
use super::{Inner, wake};
use crate::error::BusError;
use crate::record::Received;
use crate::traits::Reader;

/// Most records and bytes of one read.
const RECORDS: usize = 1_000;
const BYTES: usize = 8 << 20;

pub(super) struct PostgresReader {
    bus: Arc<Inner>,
    name: String,
    topic: Topic,
    positions: BTreeMap<i32, i64>,
    news: watch::Receiver<()>,
}

impl PostgresReader {
    pub async fn open(bus: Arc<Inner>, name: &str, from: BTreeMap<i32, i64>) -> Result<Self, BusError> {
        let topic = bus.topics.get(&bus.db, name).await?;
        let positions = (0..topic.partitions).map(|p| (p, from.get(&p).copied().unwrap_or(0))).collect();
        let news = bus.wake.subscribe(&wake::topic_key(name));
        Ok(Self { bus, name: name.to_owned(), topic, positions, news })
    }
}

#[async_trait]
impl Reader for PostgresReader {
    async fn next(&mut self, wait: Duration) -> Result<Vec<Received>, BusError> {
        let deadline = Instant::now() + wait;
        loop {
            self.news.mark_unchanged();
            let ends = topics::ends(&self.bus.db, self.topic).await?;
            let mut from = self.positions.clone();
            from.retain(|partition, position| ends.get(partition).is_some_and(|end| end > position));
            let want =
                Want { name: &self.name, topic: self.topic, from: &from, records: RECORDS, bytes: BYTES };
            let got = fetch(&self.bus.db, want).await?;
            if !got.records.is_empty() {
                self.positions.extend(got.next);
                return Ok(got.records);
            }
            // Nothing between the position and the end: what was there was past its retention.
            for partition in from.keys() {
                self.positions.extend(ends.get_key_value(partition));
            }
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
            let poll_at = Instant::now() + Duration::from_millis(self.bus.config.poll_ms.max(10));
            tokio::select! {
                () = tokio::time::sleep_until(poll_at.min(deadline)) => {}
                _ = self.news.changed() => {}
            }
        }
    }

    fn positions(&self) -> BTreeMap<i32, i64> {
        self.positions.clone()
    }
}
