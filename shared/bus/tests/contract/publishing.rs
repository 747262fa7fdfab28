//! What a fenced publisher promises.

use std::collections::BTreeMap;
use std::time::Duration;

use wiredesk_bus::{BusError, Event, PublishError};
use wiredesk_testkit::unique;

use super::bed::*;

pub async fn a_publication_is_seen_whole(bed: &Bed) {
    let (items, stories) = (bed.topic().await, bed.topic().await);
    let mut publisher = bed.bus.publisher(&unique("relay")).await.unwrap();
    for start in [0, 50, 100] {
        let mut both = records(&items, start..start + 50);
        both.extend(records(&stories, start..start + 5));
        publisher.publish(both).await.unwrap();
    }
    publisher.publish(vec![]).await.unwrap();
    let numbers = |records: Vec<wiredesk_bus::Received>| {
        let mut numbers: Vec<usize> = records.iter().map(number).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(numbers(read_at_least(&*bed.other, &items, 150).await), (0..150).collect::<Vec<_>>());
    assert_eq!(read_at_least(&*bed.other, &stories, 15).await.len(), 15);
    let mut consumer = bed.join(&items, "g").await;
    assert_eq!(numbers(consume(&mut *consumer, 150).await), (0..150).collect::<Vec<_>>());
}

pub async fn an_old_publisher_is_refused(bed: &Bed) {
    let topic = bed.topic().await;
    let id = unique("relay");
    let mut old = bed.bus.publisher(&id).await.unwrap();
    old.publish(records(&topic, 0..10)).await.unwrap();
    let mut new = bed.other.publisher(&id).await.unwrap();
    let refused = old.publish(records(&topic, 100..110)).await;
    assert!(matches!(&refused, Err(PublishError::Fenced(named)) if *named == id), "{refused:?}");
    new.publish(records(&topic, 10..20)).await.unwrap();
    let mut other_id = bed.bus.publisher(&unique("relay")).await.unwrap();
    other_id.publish(records(&topic, 20..30)).await.unwrap();
    let mut numbers: Vec<usize> = read_at_least(&*bed.bus, &topic, 30).await.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
}

pub async fn a_publication_that_is_too_large_leaves_no_trace(bed: &Bed) {
    let topic = unique("contract-small");
    bed.bus.ensure_topics(&[spec(&topic, 10_000)]).await.unwrap();
    let mut publisher = bed.bus.publisher(&unique("relay")).await.unwrap();
    let mut large = record(&topic, "k", 2);
    large.payload = vec![b'x'; 20_000].into();
    let refused = publisher.publish(vec![record(&topic, "k", 1), large]).await;
    assert!(matches!(refused, Err(PublishError::Bus(BusError::TooLarge { .. }))), "{refused:?}");
    publisher.publish(vec![record(&topic, "k", 3)]).await.unwrap();
    let seen = read_at_least(&*bed.bus, &topic, 1).await;
    assert_eq!(seen.iter().map(number).collect::<Vec<_>>(), [3]);
    let mut reader = bed.bus.reader(&topic, BTreeMap::new()).await.unwrap();
    assert_eq!(patiently("the record", reader.next(Duration::from_secs(10))).await.unwrap().len(), 1);
}

/// Where the last of a log are a transaction's marks and not records, a consumer that has read it is not taken for stalled.
pub async fn a_consumer_that_waits_behind_a_publication_is_left_alone(bed: &Bed) {
    let topic = bed.topic().await;
    let mut publisher = bed.bus.publisher(&unique("relay")).await.unwrap();
    publisher.publish(records(&topic, 0..50)).await.unwrap();
    let mut consumer = bed.join(&topic, "g").await;
    assert_eq!(consume(&mut *consumer, 50).await.len(), 50);
    // Several times as long as the watchdog of the beds waits; the group may still settle.
    let quiet = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            match consumer.next(limits()).await {
                Ok(Event::Assigned(_) | Event::Revoked(_)) => {}
                Ok(Event::Batch(batch)) => panic!("{} records too many", batch.records().len()),
                Err(error) => panic!("{error}"),
            }
        }
    });
    assert!(quiet.await.is_err());
    publisher.publish(records(&topic, 50..60)).await.unwrap();
    assert_eq!(consume(&mut *consumer, 10).await.len(), 10);
}
