//! Crashes, doubts and lies: nothing is lost, nothing comes twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use wiredesk_bus::memory::{FaultPlan, MemoryBus};
use wiredesk_bus::{
    Bus, BusError, Consumer, Producer, PublishError, Publisher, Reader, Record, Subscription,
};
use wiredesk_contract::TopicSpec;
use wiredesk_store::ledger::Faults;

use crate::bench::{Desk, delivery, quick};

const STEPS: [&str; 6] = [
    "relay.fenced",
    "relay.read_back",
    "relay.before_publish",
    "relay.after_publish",
    "relay.before_confirm",
    "relay.after_confirm",
];

/// Strikes the `nth` time that `step` is reached, and says that it did.
fn crash(step: &'static str, nth: usize) -> (Faults, Arc<AtomicUsize>) {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = reached.clone();
    (Faults::new(move |s| s == step && count.fetch_add(1, Ordering::SeqCst) == nth), reached)
}

async fn survives_every_crash(mut desk: Desk) {
    desk.fill(12).await;
    let mut made = 24;
    for nth in 0..2 {
        // Fences and read-backs come once a life: the second is reached only after another doubt.
        let once_a_life = |step: &&str| matches!(*step, "relay.fenced" | "relay.read_back");
        for step in STEPS.into_iter().filter(|step| nth == 0 || !once_a_life(step)) {
            let (faults, reached) = crash(step, nth);
            let relay = desk.relay(quick(), faults);
            let mut rounds = 0;
            while !relay.task.is_finished() {
                rounds += 1;
                assert!(rounds < 1_000, "{step} is not reached");
                let name = format!("{step} {nth} {rounds}");
                made += desk
                    .take(&[delivery(&name, 1, "uno"), delivery(&name, 2, "dos"), delivery(&name, 3, "uno")])
                    .await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(relay.task.await.unwrap().is_err());
            assert!(reached.load(Ordering::SeqCst) > nth);
        }
    }
    desk.publish().await;
    let report = desk.audit().await;
    assert!(report.equal && report.accounted.is_empty(), "{report}");
    assert_eq!(report.records, made as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_on_the_bus_in_memory() {
    let Some((desk, _)) = Desk::memory(1, FaultPlan::default()).await else { return };
    survives_every_crash(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_on_the_bus_in_postgres() {
    let Some(desk) = Desk::postgres().await else { return };
    survives_every_crash(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_on_kafka() {
    let Some(desk) = Desk::kafka().await else { return };
    survives_every_crash(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubts_with_and_without_a_commit() {
    let plan = FaultPlan {
        doubt_committed: 0.3,
        doubt_aborted: 0.3,
        publisher_fenced: 0.1,
        most: 12,
        ..FaultPlan::default()
    };
    let Some((mut desk, bus)) = Desk::memory(7, plan).await else { return };
    let relay = desk.relay(quick(), Faults::none());
    for round in 0..30 {
        let name = format!("round {round}");
        desk.take(&[delivery(&name, 1, "uno"), delivery(&name, 2, "dos")]).await;
    }
    desk.drained().await;
    relay.stop().await.unwrap();
    assert!(bus.faults() > 3, "only {} faults", bus.faults());
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    assert_eq!(report.records, 60);
}

/// Says that a publication is there, and it is not: what a client without KIP-890 may do (confluentinc/librdkafka#5423).
struct Liar {
    bus: MemoryBus,
    lies: Arc<AtomicUsize>,
}

struct LyingPublisher {
    publisher: Box<dyn Publisher>,
    lies: Arc<AtomicUsize>,
}

#[async_trait]
impl Publisher for LyingPublisher {
    async fn publish(&mut self, records: Vec<Record>) -> Result<(), PublishError> {
        let lies = self.lies.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
        if lies { Ok(()) } else { self.publisher.publish(records).await }
    }
}

#[async_trait]
impl Bus for Liar {
    fn name(&self) -> &'static str {
        "memory"
    }
    async fn ensure_topics(&self, specs: &[TopicSpec]) -> Result<(), BusError> {
        self.bus.ensure_topics(specs).await
    }
    async fn producer(&self) -> Result<Box<dyn Producer>, BusError> {
        self.bus.producer().await
    }
    async fn subscribe(&self, subscription: Subscription) -> Result<Box<dyn Consumer>, BusError> {
        self.bus.subscribe(subscription).await
    }
    async fn publisher(&self, id: &str) -> Result<Box<dyn Publisher>, PublishError> {
        let publisher = self.bus.publisher(id).await?;
        Ok(Box::new(LyingPublisher { publisher, lies: self.lies.clone() }))
    }
    async fn reader(
        &self,
        topic: &str,
        from: std::collections::BTreeMap<i32, i64>,
    ) -> Result<Box<dyn Reader>, BusError> {
        self.bus.reader(topic, from).await
    }
    async fn describe(&self, topic: &str) -> Result<wiredesk_bus::TopicFacts, BusError> {
        self.bus.describe(topic).await
    }
    async fn end_offsets(&self, topic: &str) -> Result<std::collections::BTreeMap<i32, i64>, BusError> {
        self.bus.end_offsets(topic).await
    }
    async fn committed(
        &self,
        group: &str,
        topic: &str,
    ) -> Result<std::collections::BTreeMap<i32, i64>, BusError> {
        self.bus.committed(group, topic).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_lies_is_found_out() {
    let lies = Arc::new(AtomicUsize::new(3));
    let bus = Liar { bus: MemoryBus::new(), lies: lies.clone() };
    let Some(mut desk) = Desk::open(|_, _| Arc::new(bus)).await else { return };
    desk.fill(10).await;
    desk.publish().await;
    assert_eq!(lies.load(Ordering::SeqCst), 0);
    let report = desk.audit().await;
    assert!(report.equal, "{report}");
    assert_eq!(report.records, 20);
}

/// What happens in a random life of the desk.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// An entry comes in this state.
    State { item: u8, text: u8 },
    /// The last few deliveries come again.
    Replay(u8),
    /// The relay crashes the next time that it is at this step.
    Crash(usize),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0u8..4, 0u8..3).prop_map(|(item, text)| Happens::State { item, text }),
        2 => (1u8..6).prop_map(Happens::Replay),
        2 => (0..STEPS.len()).prop_map(Happens::Crash),
    ]
}

#[test]
fn any_order_of_deliveries_replays_crashes_and_doubts_ends_equal() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = Cases { cases: 10, failure_persistence: None, max_shrink_iters: 20, ..Cases::default() };
    let script = (any::<u64>(), prop::collection::vec(happens(), 5..25));
    TestRunner::new(cases)
        .run(&script, |(seed, script)| {
            let (expected, report) = match runtime.block_on(live(seed, &script)) {
                Some(outcome) => outcome,
                None => return Ok(()),
            };
            prop_assert!(report.equal && report.accounted.is_empty(), "{report}");
            prop_assert_eq!(report.records, expected);
            Ok(())
        })
        .unwrap();
}

/// Lives through the script; answers how many versions the fetcher's states make, and the audit.
async fn live(seed: u64, script: &[Happens]) -> Option<(u64, wiredesk_relay::AuditReport)> {
    let plan = FaultPlan {
        doubt_committed: 0.2,
        doubt_aborted: 0.2,
        publisher_fenced: 0.1,
        most: 6,
        ..FaultPlan::default()
    };
    let (mut desk, _) = Desk::memory(seed, plan).await?;
    let mut states: Vec<(u8, u32, u8)> = Vec::new();
    let mut expected = 0;
    let deliver =
        |(item, revision, text): (u8, u32, u8)| delivery(&format!("i{item}"), revision, &format!("t{text}"));
    let mut relay = desk.relay(quick(), Faults::none());
    for event in script {
        match *event {
            Happens::State { item, text } => {
                let before = states.iter().rev().find(|(i, ..)| *i == item).copied();
                let state = (item, before.map_or(1, |(_, r, _)| r + 1), text);
                expected += u64::from(before.is_none_or(|(.., t)| t != text));
                states.push(state);
                desk.take(&[deliver(state)]).await;
            }
            Happens::Replay(n) => {
                let from = states.len().saturating_sub(usize::from(n));
                let again: Vec<_> = states[from..].iter().map(|s| deliver(*s)).collect();
                assert_eq!(desk.take(&again).await, 0);
            }
            Happens::Crash(step) => {
                relay.stop().await.unwrap();
                let relays = desk.relay(quick(), crash(STEPS[step], 0).0);
                // It may have nothing to do at that step: then it is stopped there.
                let _ = tokio::time::timeout(Duration::from_millis(50), desk.drained()).await;
                let _ = relays.stop().await;
                relay = desk.relay(quick(), Faults::none());
            }
        }
    }
    desk.drained().await;
    relay.stop().await.unwrap();
    Some((expected, desk.audit().await))
}
