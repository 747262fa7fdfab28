//! The three buses.

use std::sync::Arc;

use wiredesk_bus::memory::MemoryBus;
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};

use crate::bed::Bed;

pub async fn memory() -> Option<Bed> {
    let bus = Arc::new(MemoryBus::new());
    Some(Bed { bus: bus.clone(), other: bus, _keep: Box::new(()) })
}

pub async fn postgres() -> Option<Bed> {
    let test = wiredesk_testkit::postgres().await?;
    let config = PostgresBusConfig { lease_ms: 4_000, drain_ms: 500, ..PostgresBusConfig::default() };
    let bus = Arc::new(PostgresBus::new(config.clone(), test.pool().clone()));
    let other = Arc::new(PostgresBus::new(config, test.pool().clone()));
    Some(Bed { bus, other, _keep: Box::new(test) })
}

pub async fn kafka() -> Option<Bed> {
    None
}
