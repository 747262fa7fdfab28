//! A bus that counts and forgets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use wiredesk_bus::*;
use wiredesk_contract::TopicSpec;

static BATCHES: AtomicU64 = AtomicU64::new(0);

/// Documents that gave something to send.
pub fn batches() -> u64 {
    BATCHES.load(Ordering::Relaxed)
}

/// Takes everything.
#[derive(Clone, Copy)]
pub struct Forgetful;

#[async_trait]
impl Producer for Forgetful {
    async fn send(&self, records: Vec<Record>) -> Result<Vec<Position>, BusError> {
        BATCHES.fetch_add(1, Ordering::Relaxed);
        Ok(records.iter().map(|r| Position { topic: r.topic.clone(), partition: 0, offset: 0 }).collect())
    }
}

fn unused<T>() -> Result<T, BusError> {
    Err(BusError::Config("the fetcher only sends".to_owned()))
}

#[async_trait]
impl Bus for Forgetful {
    fn name(&self) -> &'static str {
        "forgetful"
    }
    async fn ensure_topics(&self, _: &[TopicSpec]) -> Result<(), BusError> {
        Ok(())
    }
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Ok(Box::new(*self))
    }
    async fn subscribe(&self, _: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        unused()
    }
    async fn publisher(&self, _: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Err(PublishError::Bus(BusError::Config("the fetcher only sends".to_owned())))
    }
    async fn reader(&self, _: &str, _: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        unused()
    }
    async fn end_offsets(&self, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        unused()
    }
    async fn describe(&self, _: &str) -> Result<TopicFacts, BusError> {
        unused()
    }
    async fn committed(&self, _: &str, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        unused()
    }
}
