//! Memory.

use crate::error::{BusError, PublishError};
use crate::traits::{Bus, Consumer, Producer, Publisher, Reader, Subscription};
use async_trait::async_trait;
use std::collections::BTreeMap;
use wiredesk_contract::TopicSpec;

/// The bus in Memory.
#[derive(Default)]
pub struct MemoryBus;

fn soon() -> BusError {
    BusError::Config("not built yet".to_owned())
}

impl MemoryBus {
    /// Connects.
    pub fn new() -> Self {
        Self
    }
}

#[async_trait]
impl Bus for MemoryBus {
    fn name(&self) -> &'static str {
        "memory"
    }
    async fn ensure_topics(&self, _: &[TopicSpec]) -> Result<(), BusError> {
        Err(soon())
    }
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        Err(soon())
    }
    async fn subscribe(&self, _: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        Err(soon())
    }
    async fn publisher(&self, _: &str) -> Result<Box<dyn Publisher>, PublishError> {
        Err(soon().into())
    }
    async fn reader(&self, _: &str, _: BTreeMap<i32, i64>) -> Result<Box<dyn Reader>, BusError> {
        Err(soon())
    }
    async fn end_offsets(&self, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Err(soon())
    }
    async fn committed(&self, _: &str, _: &str) -> Result<BTreeMap<i32, i64>, BusError> {
        Err(soon())
    }
}
