//! Transaction markers leave gaps in a Kafka partition: a ledger's compare-and-swap must not take them for another member.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use wiredesk_bus::kafka::{KafkaBus, KafkaConfig};
use wiredesk_bus::{Bus, BusError, Positions, Record};
use wiredesk_contract::{Kind, Outcome, RawItem, Timestamp, TopicTable};
use wiredesk_runtime::{Deps, Stage, StageError, Work, run_stage};

use super::common::*;

/// A ledger: the next offset of each partition, moved only from exactly where it stands.
#[derive(Clone, Default)]
struct Ledger {
    next: Arc<Mutex<BTreeMap<i32, i64>>>,
    titles: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Positions for Ledger {
    async fn load(&self, _topic: &str, _partitions: &[i32]) -> Result<BTreeMap<i32, i64>, BusError> {
        Ok(self.next.lock().unwrap().clone())
    }
}

struct Keeper(Ledger);

#[async_trait]
impl Stage for Keeper {
    type In = RawItem;
    type Out = String;

    fn name(&self) -> &'static str {
        "probe"
    }

    fn core(&mut self, input: RawItem, _now: Timestamp) -> Outcome<String> {
        Outcome::Emit(vec![input.entry.title])
    }

    async fn store(&mut self, work: &Work<String>) -> Result<(), StageError> {
        let mut next = self.0.next.lock().unwrap();
        for (partition, (from, upto)) in &work.spans {
            let stands = next.entry(*partition).or_insert(*from);
            if stands != from {
                return Err(StageError::Fatal(format!("stands at {stands}, batch from {from}")));
            }
            *stands = *upto;
        }
        self.0.titles.lock().unwrap().extend(work.outputs.iter().map(|o| o.value.clone()));
        Ok(())
    }

    fn positions(&self) -> Option<Arc<dyn Positions>> {
        Some(Arc::new(self.0.clone()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_join_over_transaction_markers_also_after_a_restart() {
    let Some(servers) = wiredesk_testkit::kafka() else { return };
    let prefix = wiredesk_testkit::unique("gaps");
    let topics = TopicTable::load(&prefix, Some(1)).unwrap();
    let bus =
        KafkaBus::new(KafkaConfig { bootstrap_servers: servers, ..KafkaConfig::default() }, &topics).unwrap();
    bus.ensure_topics(topics.specs()).await.unwrap();
    let desk = Desk::new().await;
    let ledger = Ledger::default();
    let mut publisher = bus.publisher(&prefix).await.unwrap();
    let (bus, topics) = (Arc::new(bus), Arc::new(topics));
    // Two starts: the second begins where a marker stands.
    for round in 0..2 {
        let shutdown = tokio_util::sync::CancellationToken::new();
        let deps = Deps {
            bus: bus.clone(),
            topics: topics.clone(),
            shutdown: shutdown.clone(),
            ..desk.deps.clone()
        };
        let keeper = Keeper(ledger.clone());
        let running = tokio::spawn(async move { run_stage(keeper, &quick(), &deps).await });
        for n in 0..3 {
            let record = Record {
                topic: topics.name(Kind::Raw).to_owned(),
                key: "k".to_owned(),
                payload: raw(&format!("{round}.{n}")).into(),
                headers: Vec::new(),
                // Of now: Kafka drops what is past its retention.
                timestamp: wiredesk_contract::time::wall_clock(),
            };
            publisher.publish(vec![record]).await.unwrap();
            // One at a time, so that each is a batch of its own with a marker before it.
            let wanted = round * 3 + n + 1;
            until("the record", || {
                let done = ledger.titles.lock().unwrap().len() >= wanted || running.is_finished();
                async move { done }
            })
            .await;
        }
        shutdown.cancel();
        running.await.unwrap().unwrap();
    }
    assert_eq!(*ledger.titles.lock().unwrap(), ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_without_work_notices_that_its_database_went_back() {
    let desk = Desk::new().await;
    desk.put(vec![raw("one"), raw("two")]).await;
    let ledger = Ledger::default();
    let config = wiredesk_runtime::LoopConfig { look_s: 1, ..quick() };
    let running = tokio::spawn({
        let (keeper, deps) = (Keeper(ledger.clone()), desk.deps.clone());
        async move { run_stage(keeper, &config, &deps).await }
    });
    desk.committed(2).await;
    // A failover to a replica that has the first record only, and nothing new comes in.
    ledger.next.lock().unwrap().insert(0, 1);
    ledger.titles.lock().unwrap().truncate(1);
    until("the second record again", || {
        let done = ledger.titles.lock().unwrap().len() == 2 || running.is_finished();
        async move { done }
    })
    .await;
    desk.deps.shutdown.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(*ledger.titles.lock().unwrap(), ["one", "two"]);
}
