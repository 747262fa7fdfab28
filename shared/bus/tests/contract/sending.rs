//! What a producer promises.

use std::collections::BTreeMap;

use wiredesk_bus::{BusError, partition_of};
use wiredesk_testkit::unique;

use super::bed::*;

pub async fn equal_keys_keep_their_order_and_their_partition(bed: &Bed) {
    let topic = bed.topic().await;
    let producer = bed.bus.producer().await.unwrap();
    for start in [0, 100, 200] {
        producer.send(records(&topic, start..start + 100)).await.unwrap();
    }
    let mut consumer = bed.join(&topic, "g").await;
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for received in consume(&mut *consumer, 300).await {
        assert_eq!(
            received.partition,
            partition_of(&received.record.key, PARTITIONS),
            "{}",
            received.record.key
        );
        seen.entry(received.record.key.clone()).or_default().push(number(&received));
    }
    assert_eq!(seen.len(), 20);
    for (key, numbers) in seen {
        assert!(numbers.is_sorted(), "{key}: {numbers:?}");
        assert_eq!(numbers.len(), 15, "{key}");
    }
}

pub async fn a_send_answers_where_each_record_is(bed: &Bed) {
    let topic = bed.topic().await;
    let positions = bed.bus.producer().await.unwrap().send(records(&topic, 0..50)).await.unwrap();
    assert_eq!(positions.len(), 50);
    let found: BTreeMap<_, _> =
        read_all(&*bed.bus, &topic).await.iter().map(|r| (r.position(), number(r))).collect();
    for (n, position) in positions.iter().enumerate() {
        assert_eq!(found.get(position), Some(&n), "{position:?}");
    }
    assert!(bed.bus.producer().await.unwrap().send(vec![]).await.unwrap().is_empty());
}

pub async fn headers_keys_and_times_come_back_as_they_were(bed: &Bed) {
    let topic = bed.topic().await;
    let mut sent = record(&topic, "Łódź/東京\u{0}\"quoted\"", 7);
    sent.headers = vec![
        ("ce_source".to_owned(), "zażółć gęślą jaźń".to_owned()),
        ("twice".to_owned(), "1".to_owned()),
        ("twice".to_owned(), "2".to_owned()),
        ("empty".to_owned(), String::new()),
        ("odd".to_owned(), "tab\t quote\" back\\slash nul\u{0} 🗞".to_owned()),
    ];
    sent.payload = (0..=255).collect::<Vec<u8>>().into();
    sent.timestamp = at(0) + chrono::TimeDelta::milliseconds(123);
    let mut bare = record(&topic, "", 8);
    bare.headers.clear();
    bare.payload = Default::default();
    bed.send(vec![sent.clone(), bare.clone()]).await;
    let mut consumer = bed.join(&topic, "g").await;
    let got = consume(&mut *consumer, 2).await;
    for wanted in [&sent, &bare] {
        assert!(got.iter().any(|r| r.record == *wanted), "{wanted:?} is not in {got:?}");
    }
    assert_eq!(read_all(&*bed.bus, &topic).await.len(), 2);
}

pub async fn a_record_too_large_is_refused_and_its_neighbours_are_unharmed(bed: &Bed) {
    let topic = unique("contract-small");
    bed.bus.ensure_topics(&[spec(&topic, 10_000)]).await.unwrap();
    let producer = bed.bus.producer().await.unwrap();
    producer.send(records(&topic, 0..5)).await.unwrap();
    let mut large = record(&topic, "large", 5);
    large.payload = vec![b'x'; 10_001].into();
    match producer.send(vec![record(&topic, "a", 5), large]).await {
        Err(BusError::TooLarge { topic: named, size, max }) => {
            assert_eq!((named, max), (topic.clone(), 10_000));
            assert!(size > 10_001);
        }
        other => panic!("{other:?}"),
    }
    let mut fits = record(&topic, "fits", 6);
    fits.headers.clear();
    fits.payload = vec![b'x'; 10_000 - fits.key.len()].into();
    producer.send(vec![fits]).await.unwrap();
    producer.send(records(&topic, 7..10)).await.unwrap();
    assert_eq!(read_all(&*bed.bus, &topic).await.len(), 9);
}

pub async fn a_topic_that_is_not_there_is_named(bed: &Bed) {
    let topic = unique("contract-absent");
    let is_named = |error: BusError| matches!(&error, BusError::NoTopic(name) if *name == topic);
    let producer = bed.bus.producer().await.unwrap();
    assert!(is_named(patiently("an answer", producer.send(vec![record(&topic, "k", 1)])).await.unwrap_err()));
    assert!(is_named(bed.bus.end_offsets(&topic).await.unwrap_err()));
    assert!(is_named(bed.bus.reader(&topic, BTreeMap::new()).await.err().unwrap()));
    let subscription = subscription(&topic, "g", wiredesk_bus::StartAt::Earliest, None);
    assert!(is_named(bed.bus.subscribe(subscription).await.err().unwrap()));
}

pub async fn many_senders_at_once_lose_nothing(bed: &Bed) {
    let topic = bed.topic().await;
    let sends = (0..40).map(|n| {
        let (bus, topic) = (if n % 2 == 0 { bed.bus.clone() } else { bed.other.clone() }, topic.clone());
        tokio::spawn(async move {
            let producer = bus.producer().await.unwrap();
            for part in 0..5 {
                let start = n * 50 + part * 10;
                producer.send(records(&topic, start..start + 10)).await.unwrap();
            }
        })
    });
    for send in sends.collect::<Vec<_>>() {
        patiently("a sender", send).await.unwrap();
    }
    let mut numbers: Vec<usize> = read_all(&*bed.bus, &topic).await.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..2_000).collect::<Vec<_>>());
}

pub async fn topics_are_made_once(bed: &Bed) {
    let topic = bed.topic().await;
    bed.send(records(&topic, 0..10)).await;
    bed.bus.ensure_topics(&[spec(&topic, 1 << 20)]).await.unwrap();
    let (one, two) = (unique("contract-a"), unique("contract-b"));
    bed.other
        .ensure_topics(&[spec(&topic, 1 << 20), spec(&one, 1 << 20), spec(&two, 1 << 20)])
        .await
        .unwrap();
    assert_eq!(read_all(&*bed.bus, &topic).await.len(), 10);
    let ends = bed.bus.end_offsets(&two).await.unwrap();
    assert_eq!(ends, (0..PARTITIONS).map(|p| (p, 0)).collect());
}
