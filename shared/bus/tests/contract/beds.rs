//! The three buses.

use std::sync::Arc;

use wiredesk_bus::kafka::{KafkaBus, KafkaConfig};
use wiredesk_bus::memory::MemoryBus;
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};

use wiredesk_contract::TopicTable;

use super::bed::Bed;

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
    let config = KafkaConfig {
        bootstrap_servers: wiredesk_testkit::kafka()?,
        client_id: wiredesk_testkit::unique("contract"),
        session_timeout_ms: 6_000,
        drain_ms: 500,
        watchdog_seconds: 1,
        ..KafkaConfig::default()
    };
    let topics = TopicTable::load("contract", None).unwrap();
    let bus = Arc::new(KafkaBus::new(config.clone(), &topics).unwrap());
    let other = Arc::new(KafkaBus::new(config, &topics).unwrap());
    Some(Bed { bus, other, _keep: Box::new(()) })
}
