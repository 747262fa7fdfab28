//! The memory bus under planned faults: whoever follows the contract loses nothing and publishes nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wiredesk_bus::memory::{FaultPlan, MemoryBus};
use wiredesk_bus::{BatchLimits, Bus, BusError, Event, PublishError, Record, StartAt, Subscription};
use wiredesk_contract::{Timestamp, TopicSpec, message::Kind};

fn spec(name: &str) -> TopicSpec {
    TopicSpec {
        kind: Kind::Raw,
        name: name.to_owned(),
        key: "id".to_owned(),
        partitions: 3,
        retention_hours: 1,
        max_bytes: 1_000,
        writer: "test".to_owned(),
        readers: vec![],
        summary: "A topic of a test.".to_owned(),
    }
}

fn record(topic: &str, n: usize) -> Record {
    Record {
        topic: topic.to_owned(),
        key: format!("key-{}", n % 7),
        payload: n.to_string().into_bytes().into(),
        headers: vec![],
        timestamp: Timestamp::UNIX_EPOCH,
    }
}

fn number(record: &Record) -> usize {
    std::str::from_utf8(&record.payload).unwrap().parse().unwrap()
}

async fn bus(seed: u64, plan: FaultPlan) -> MemoryBus {
    let bus = MemoryBus::with_faults(seed, plan);
    bus.ensure_topics(&[spec("in"), spec("out")]).await.unwrap();
    bus
}

/// Sends until it is answered, reads until everything was processed and committed.
async fn at_least_once(seed: u64) -> (Vec<usize>, usize) {
    let plan = FaultPlan {
        send_lost: 0.2,
        send_unanswered: 0.2,
        commit_lost: 0.2,
        member_killed: 0.2,
        most: 12,
        ..FaultPlan::default()
    };
    let bus = bus(seed, plan).await;
    let producer = bus.producer().await.unwrap();
    for start in (0..30).step_by(3) {
        while producer.send((start..start + 3).map(|n| record("in", n)).collect()).await.is_err() {}
    }
    let limits = BatchLimits { records: 4, bytes: 1 << 20, wait: Duration::ZERO };
    let mut processed = Vec::new();
    let ends = bus.end_offsets("in").await.unwrap();
    'joined: loop {
        let subscription = Subscription {
            group: "g".to_owned(),
            topic: "in".to_owned(),
            start: StartAt::Earliest,
            positions: None,
        };
        let mut consumer = bus.subscribe(subscription).await.unwrap();
        while bus.committed("g", "in").await.unwrap() != ends {
            match consumer.next(limits).await {
                Ok(Event::Batch(batch)) => {
                    processed.extend(batch.records().iter().map(|r| number(&r.record)));
                    if batch.done().await.is_err() {
                        continue 'joined;
                    }
                }
                Ok(_) => {}
                Err(BusError::Unavailable(_)) => continue 'joined,
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
        return (processed, bus.faults());
    }
}

#[tokio::test]
async fn nothing_is_lost() {
    let (mut faults, mut repeats) = (0, 0);
    for seed in 0..300 {
        let (processed, struck) = at_least_once(seed).await;
        assert_eq!(processed.iter().copied().collect::<BTreeSet<_>>(), (0..30).collect(), "seed {seed}");
        repeats += processed.len() - 30;
        faults += struck;
    }
    assert!(faults > 1_000 && repeats > 1_000, "the plan was too tame: {faults} faults, {repeats} repeats");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    assert_eq!(at_least_once(7).await, at_least_once(7).await);
}

/// The relay's way: after doubt or a fence, a new publisher, read back, send what is absent.
async fn exactly_once(seed: u64) -> usize {
    let plan = FaultPlan {
        publisher_fenced: 0.1,
        doubt_committed: 0.3,
        doubt_aborted: 0.3,
        most: 10,
        ..FaultPlan::default()
    };
    let bus = bus(seed, plan).await;
    let mut publisher = bus.publisher("relay").await.unwrap();
    let mut next = 0;
    while next < 30 {
        match publisher.publish((next..next + 3).map(|n| record("out", n)).collect()).await {
            Ok(()) => next += 3,
            Err(PublishError::Bus(error)) => panic!("seed {seed}: {error}"),
            Err(PublishError::Fenced(_) | PublishError::Doubt(_)) => {
                publisher = bus.publisher("relay").await.unwrap();
                let seen = read_back(&bus).await;
                while seen.contains(&next) {
                    next += 3;
                }
            }
        }
    }
    let all = read_back(&bus).await;
    assert_eq!(all.len(), 30, "seed {seed}: {all:?}");
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), (0..30).collect());
    bus.faults()
}

async fn read_back(bus: &MemoryBus) -> Vec<usize> {
    let mut reader = bus.reader("out", BTreeMap::new()).await.unwrap();
    reader.next(Duration::ZERO).await.unwrap().iter().map(|r| number(&r.record)).collect()
}

#[tokio::test]
async fn nothing_is_published_twice() {
    let mut faults = 0;
    for seed in 0..300 {
        faults += exactly_once(seed).await;
    }
    assert!(faults > 1_000, "the plan was too tame: {faults} faults");
}
