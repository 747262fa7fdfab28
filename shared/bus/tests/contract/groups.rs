//! What a group promises.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use wiredesk_bus::{BatchLimits, Bus, BusError, Event, Positions, Received, StartAt};

use super::bed::*;

pub async fn a_group_goes_on_where_it_committed(bed: &Bed) {
    let topic = bed.topic().await;
    assert!(bed.bus.committed("g", &topic).await.unwrap().is_empty());
    bed.send(records(&topic, 0..100)).await;
    let mut first = bed.join(&topic, "g").await;
    consume(&mut *first, 100).await;
    drop(first);
    let committed = bed.bus.committed("g", &topic).await.unwrap();
    let ends = bed.bus.end_offsets(&topic).await.unwrap();
    assert!(committed.iter().all(|(p, next)| ends.get(p) == Some(next)), "{committed:?} {ends:?}");

    bed.send(records(&topic, 100..150)).await;
    let mut second = join(&*bed.other, &topic, "g", StartAt::Earliest).await;
    let mut numbers: Vec<usize> = consume(&mut *second, 50).await.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (100..150).collect::<Vec<_>>());
}

pub async fn a_batch_that_was_not_done_comes_again(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..60)).await;
    let mut first = bed.join(&topic, "g").await;
    let mut done = BTreeSet::new();
    let ten = BatchLimits { records: 10, ..limits() };
    let crashed = patiently("four batches", async {
        loop {
            let Event::Batch(batch) = first.next(ten).await.unwrap() else { continue };
            assert!(batch.records().len() <= 10);
            if done.len() >= 30 {
                break batch.records().iter().map(number).collect::<BTreeSet<_>>();
            }
            done.extend(batch.records().iter().map(number));
            batch.done().await.unwrap();
        }
    })
    .await;
    drop(first);
    let mut second = join(&*bed.other, &topic, "g", StartAt::Earliest).await;
    let again: BTreeSet<usize> = consume(&mut *second, 60 - done.len()).await.iter().map(number).collect();
    assert!(again.is_superset(&crashed));
    assert!(again.is_disjoint(&done));
    assert_eq!(again.len() + done.len(), 60);
}

/// What a member saw.
enum Saw {
    Owns(&'static str, BTreeSet<i32>),
    Record(&'static str, Received),
}

/// Consumes until dropped, telling everything.
fn member(
    bus: Arc<dyn Bus>,
    topic: String,
    name: &'static str,
    tell: mpsc::Sender<Saw>,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut consumer = join(&*bus, &topic, "g", StartAt::Earliest).await;
        let mut owned = BTreeSet::new();
        loop {
            match consumer.next(limits()).await.unwrap() {
                Event::Assigned(partitions) => owned.extend(partitions),
                Event::Revoked(partitions) => owned.retain(|p| !partitions.contains(p)),
                Event::Batch(batch) => {
                    let records = batch.records().to_vec();
                    assert!(
                        records.iter().all(|r| owned.contains(&r.partition)),
                        "a record of no own partition"
                    );
                    match batch.done().await {
                        Ok(()) => {}
                        Err(BusError::Fenced { .. }) => continue,
                        Err(error) => panic!("{error}"),
                    }
                    for record in records {
                        if tell.send(Saw::Record(name, record)).await.is_err() {
                            return;
                        }
                    }
                    continue;
                }
            }
            if tell.send(Saw::Owns(name, owned.clone())).await.is_err() {
                return;
            }
        }
    })
}

struct Crew {
    seen: mpsc::Receiver<Saw>,
    owns: BTreeMap<&'static str, BTreeSet<i32>>,
    records: Vec<(&'static str, Received)>,
}

impl Crew {
    async fn until(&mut self, what: &str, reached: impl Fn(&Self) -> bool) {
        patiently(what, async {
            while !reached(self) {
                match self.seen.recv().await.unwrap() {
                    Saw::Owns(name, partitions) => _ = self.owns.insert(name, partitions),
                    Saw::Record(name, record) => self.records.push((name, record)),
                }
            }
        })
        .await;
    }

    fn shares(&self) -> Vec<usize> {
        self.owns.values().map(BTreeSet::len).collect()
    }

    fn numbers(&self) -> BTreeSet<usize> {
        self.records.iter().map(|(_, r)| number(r)).collect()
    }
}

pub async fn two_members_share_and_a_leaver_gives_its_part_back(bed: &Bed) {
    let topic = bed.topic().await;
    let (tell, seen) = mpsc::channel(10_000);
    let mut crew = Crew { seen, owns: BTreeMap::new(), records: vec![] };
    let a = member(bed.bus.clone(), topic.clone(), "a", tell.clone());
    crew.until("a alone", |c| c.shares() == [4]).await;
    bed.send(records(&topic, 0..100)).await;
    crew.until("the first hundred", |c| c.numbers().len() == 100).await;

    let b = member(bed.other.clone(), topic.clone(), "b", tell.clone());
    crew.until("a fair share", |c| c.shares() == [2, 2]).await;
    assert!(crew.owns["a"].is_disjoint(&crew.owns["b"]));
    crew.records.clear();
    bed.send(records(&topic, 100..300)).await;
    crew.until("two hundred shared", |c| c.numbers() == (100..300).collect()).await;
    for (name, record) in &crew.records {
        assert!(
            crew.owns[name].contains(&record.partition),
            "{name} processed partition {}",
            record.partition
        );
    }
    assert_eq!(crew.records.len(), 200, "with stable owners each record comes once");

    a.abort();
    crew.owns.remove("a");
    crew.until("b alone", |c| c.shares() == [4]).await;
    bed.send(records(&topic, 300..400)).await;
    crew.until("the last hundred", |c| c.numbers() == (100..400).collect()).await;

    let c = member(bed.bus.clone(), topic.clone(), "c", tell);
    crew.until("a share for the newcomer", |c| c.shares() == [2, 2]).await;
    b.abort();
    c.abort();
}

pub async fn a_former_owner_cannot_commit(bed: &Bed) {
    let topic = bed.topic().await;
    let mut old = bed.join(&topic, "g").await;
    own_all(&mut *old).await;
    bed.send(key_of_each().iter().enumerate().map(|(n, k)| record(&topic, k, n)).collect()).await;
    let mut held = Vec::new();
    let mut partitions = BTreeSet::new();
    while partitions.len() < 4 {
        let batch = next_batch(&mut *old).await;
        partitions.extend(batch.spans().into_keys());
        held.push(batch);
    }
    // The old member is busy with its batch for longer than it is waited for.
    let mut new = join(&*bed.other, &topic, "g", StartAt::Earliest).await;
    let (next, revoked) = patiently("the newcomer's batch", async {
        tokio::join!(next_batch(&mut *new), async {
            loop {
                if let Event::Revoked(partitions) = old.next(limits()).await.unwrap() {
                    return partitions;
                }
            }
        })
    })
    .await;
    assert!(next.spans().keys().all(|p| revoked.contains(p)), "the newcomer has what was revoked");
    for batch in held {
        let touches = batch.spans().keys().any(|p| revoked.contains(p));
        assert_eq!(fenced(batch.done().await), touches, "revoked: {revoked:?}");
    }
    next.done().await.unwrap();
}

pub async fn a_member_that_left_cannot_commit(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..20)).await;
    let mut old = bed.join(&topic, "g").await;
    let zombie = next_batch(&mut *old).await;
    drop(old);
    let mut new = join(&*bed.other, &topic, "g", StartAt::Earliest).await;
    assert_eq!(consume(&mut *new, 20).await.len(), 20);
    assert!(fenced(zombie.done().await));
    let committed = bed.bus.committed("g", &topic).await.unwrap();
    assert_eq!(committed.values().sum::<i64>(), 20);
}

pub async fn a_slow_consumer_gets_everything_in_bounded_batches(bed: &Bed) {
    let topic = bed.topic().await;
    let mut consumer = bed.join(&topic, "g").await;
    own_all(&mut *consumer).await;
    let producer = bed.bus.producer().await.unwrap();
    for start in (0..3_000).step_by(250) {
        let mut large = records(&topic, start..start + 250);
        for record in &mut large {
            let mut payload = record.payload.to_vec();
            payload.resize(10_000, b' ');
            record.payload = payload.into();
        }
        patiently("a send beside a consumer that does not read", producer.send(large)).await.unwrap();
    }
    let narrow = BatchLimits { records: 200, bytes: 500_000, wait: Duration::from_millis(5) };
    let mut numbers = Vec::new();
    patiently("everything", async {
        while numbers.len() < 3_000 {
            let Event::Batch(batch) = consumer.next(narrow).await.unwrap() else { continue };
            assert!(batch.records().iter().map(|r| r.record.payload.len()).sum::<usize>() <= 500_000);
            assert!(batch.records().len() <= 200);
            let text = |r: &Received| String::from_utf8_lossy(&r.record.payload).trim_end().to_owned();
            numbers.extend(batch.records().iter().map(|r| text(r).parse::<usize>().unwrap()));
            batch.done().await.unwrap();
        }
    })
    .await;
    numbers.sort_unstable();
    assert_eq!(numbers, (0..3_000).collect::<Vec<_>>());
}

pub async fn a_cancelled_call_loses_nothing(bed: &Bed) {
    let topic = bed.topic().await;
    let mut consumer = bed.join(&topic, "g").await;
    own_all(&mut *consumer).await;
    let sending = {
        let (bus, topic) = (bed.bus.clone(), topic.clone());
        tokio::spawn(async move {
            let producer = bus.producer().await.unwrap();
            for start in (0..500).step_by(20) {
                producer.send(records(&topic, start..start + 20)).await.unwrap();
            }
        })
    };
    let mut seen: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    patiently("everything", async {
        let mut patience = 0;
        while seen.values().map(Vec::len).sum::<usize>() < 500 {
            patience = (patience + 1) % 40;
            let call = consumer.next(limits());
            let Ok(event) = tokio::time::timeout(Duration::from_millis(patience), call).await else {
                continue;
            };
            let Event::Batch(batch) = event.unwrap() else { continue };
            for r in batch.records() {
                seen.entry(r.partition).or_default().push(r.offset);
            }
            batch.done().await.unwrap();
        }
    })
    .await;
    sending.await.unwrap();
    for (partition, offsets) in seen {
        let all: Vec<i64> = (0..offsets.len() as i64).collect();
        assert_eq!(offsets, all, "partition {partition}");
    }
}

pub async fn a_group_starts_as_it_was_told(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..100)).await;
    let mut latest = join(&*bed.bus, &topic, "latest", StartAt::Latest).await;
    own_all(&mut *latest).await;
    bed.send(records(&topic, 100..120)).await;
    let mut from_time = join(&*bed.bus, &topic, "time", StartAt::Time(at(60))).await;
    let mut earliest = join(&*bed.bus, &topic, "earliest", StartAt::Earliest).await;
    for (consumer, first) in [(&mut latest, 100), (&mut from_time, 60), (&mut earliest, 0)] {
        let got: BTreeSet<usize> = consume(&mut **consumer, 120 - first).await.iter().map(number).collect();
        assert_eq!(got, (first..120).collect(), "from {first}");
    }
}

struct Ledger(BTreeMap<i32, i64>);

#[async_trait]
impl Positions for Ledger {
    async fn load(&self, _topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, BusError> {
        Ok(self.0.iter().filter(|(p, _)| partitions.contains(p)).map(|(p, n)| (*p, *n)).collect())
    }
}

pub async fn positions_overrule_committed_offsets(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..200)).await;
    let mut first = bed.join(&topic, "g").await;
    consume(&mut *first, 200).await;
    drop(first);
    let ends = bed.bus.end_offsets(&topic).await.unwrap();
    // Two partitions go back by three, one is at its end, and of the last the ledger knows nothing.
    let ledger = BTreeMap::from([(0, ends[&0] - 3), (1, ends[&1] - 3), (2, ends[&2])]);
    let subscription = subscription(&topic, "g", StartAt::Earliest, Some(Arc::new(Ledger(ledger.clone()))));
    let mut second = bed.other.subscribe(subscription).await.unwrap();
    let got = consume(&mut *second, 6).await;
    let mut places: Vec<(i32, i64)> = got.iter().map(|r| (r.partition, r.offset)).collect();
    places.sort_unstable();
    let wanted: Vec<(i32, i64)> = [0, 1].iter().flat_map(|p| (ledger[p]..ends[p]).map(|o| (*p, o))).collect();
    assert_eq!(places, wanted);
}

pub async fn two_groups_do_not_disturb_each_other(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..50)).await;
    let (mut a, mut b) = (bed.join(&topic, "a").await, bed.join(&topic, "b").await);
    assert_eq!(consume(&mut *a, 50).await.len(), 50);
    assert_eq!(consume(&mut *b, 50).await.len(), 50);
}
