//! What a reader outside any group promises.

use std::collections::BTreeMap;
use std::time::Duration;

use wiredesk_testkit::unique;

use super::bed::*;

pub async fn a_reader_starts_where_it_is_told_and_waits(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..200)).await;
    let ends = bed.bus.end_offsets(&topic).await.unwrap();
    assert_eq!(ends.values().sum::<i64>(), 200);
    let from: BTreeMap<i32, i64> = ends.iter().map(|(p, end)| (*p, end - 1)).collect();
    let mut reader = bed.bus.reader(&topic, from.clone()).await.unwrap();
    assert_eq!(reader.positions(), from);
    let mut last = Vec::new();
    patiently("the last of each partition", async {
        while last.len() < 4 {
            last.extend(reader.next(Duration::from_millis(200)).await.unwrap());
        }
    })
    .await;
    assert_eq!(last.iter().map(|r| (r.partition, r.offset)).collect::<BTreeMap<_, _>>(), from);
    assert!(reader.next(Duration::from_millis(10)).await.unwrap().is_empty());
    assert_eq!(reader.positions(), ends);

    let (waited, ()) = tokio::join!(reader.next(PATIENCE), async {
        let producer = bed.other.producer().await.unwrap();
        producer.send(vec![record(&topic, "late", 200)]).await.unwrap();
    });
    assert_eq!(waited.unwrap().iter().map(number).collect::<Vec<_>>(), [200]);

    // A partition that is not named is read from its start.
    let mut rest = bed.bus.reader(&topic, BTreeMap::from([(0, ends[&0])])).await.unwrap();
    let mut count = 0;
    patiently("the other partitions", async {
        while rest.positions().iter().any(|(p, next)| next < &ends[p]) {
            count += rest
                .next(Duration::from_millis(200))
                .await
                .unwrap()
                .iter()
                .filter(|r| number(r) < 200)
                .count();
        }
    })
    .await;
    assert_eq!(count as i64, ends.values().sum::<i64>() - ends[&0]);
}

pub async fn a_reader_reaches_the_end_past_transactions(bed: &Bed) {
    let topic = bed.topic().await;
    let mut reader = bed.bus.reader(&topic, BTreeMap::new()).await.unwrap();
    let mut count = 0;
    for round in 0..4 {
        // A new publisher each time fences the last; where the bus has transactions, their markers are in the log.
        let mut publisher = bed.bus.publisher(&unique("relay")).await.unwrap();
        publisher.publish(records(&topic, round * 10..round * 10 + 10)).await.unwrap();
        patiently("the end", async {
            while count < (round + 1) * 10 || reader.positions() != bed.bus.end_offsets(&topic).await.unwrap()
            {
                count += reader.next(Duration::from_millis(100)).await.unwrap().len();
            }
        })
        .await;
        assert_eq!(count, (round + 1) * 10);
    }
}

pub async fn a_topic_is_described(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..20)).await;
    let facts = bed.bus.describe(&topic).await.unwrap();
    let partitions: Vec<i32> = bed.bus.end_offsets(&topic).await.unwrap().into_keys().collect();
    assert_eq!(facts.starts, partitions.into_iter().map(|partition| (partition, 0)).collect());
    // What it was made with; a broker's limit also has room for what goes around a record.
    assert!(facts.max_bytes.unwrap() >= u64::from(spec(&topic, 1 << 20).max_bytes));
    assert!(!facts.compacted);
    if let Some(kept) = facts.retention {
        assert_eq!(kept, Duration::from_secs(3_600 * u64::from(spec(&topic, 0).retention_hours)));
    }
    if let Some(copies) = facts.copies {
        assert_eq!(
            (copies.replicas, copies.in_sync, copies.least, copies.unclean_election),
            (1, 1, 1, false)
        );
    }
    let missing = bed.bus.describe("wiredesk.nowhere.v1").await.unwrap_err();
    assert!(matches!(missing, wiredesk_bus::BusError::NoTopic(_)), "{missing}");
}
