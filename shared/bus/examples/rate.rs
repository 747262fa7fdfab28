//! Measures a bus: `cargo run --release -p wiredesk-bus --example rate -- postgres URL [records] [bytes] [senders]`, or
//! `kafka SERVERS …`. The database needs the migrations; the records stay in it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wiredesk_bus::kafka::{KafkaBus, KafkaConfig};
use wiredesk_bus::postgres::{PostgresBus, PostgresBusConfig};
use wiredesk_bus::{BatchLimits, Bus, Event, Record, StartAt, Subscription};
use wiredesk_contract::{TopicSpec, TopicTable, message::Kind, time::wall_clock};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| args.get(at).map_or(Ok(default), |a| a.parse());
    let (count, size, senders) = (number(2, 20_000)?, number(3, 2_000)?, number(4, 1)?);
    let address = args.get(1).cloned().unwrap_or_default();
    let bus: Arc<dyn Bus> = if args.first().is_some_and(|a| a == "kafka") {
        let config = KafkaConfig { bootstrap_servers: address, ..KafkaConfig::default() };
        Arc::new(KafkaBus::new(config, &TopicTable::load("rate", None)?)?)
    } else {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(12).connect(&address).await?;
        Arc::new(PostgresBus::new(PostgresBusConfig::default(), pool))
    };
    let topic = format!("rate.{}", wall_clock().timestamp_micros());
    let spec = TopicSpec {
        kind: Kind::Raw,
        name: topic.clone(),
        key: "id".to_owned(),
        partitions: 48,
        retention_hours: 1,
        max_bytes: 8 << 20,
        writer: "rate".to_owned(),
        readers: vec![],
        summary: "A measurement.".to_owned(),
    };
    let made = Instant::now();
    bus.ensure_topics(&[spec]).await?;
    println!("{}: topic made in {:.2} s", bus.name(), made.elapsed().as_secs_f64());

    let sending = Instant::now();
    let mut tasks = Vec::new();
    for sender in 0..senders {
        let (bus, topic) = (bus.clone(), topic.clone());
        tasks.push(tokio::spawn(async move {
            let producer = bus.producer().await?;
            let mine: Vec<usize> = (0..count).filter(|n| n % senders == sender).collect();
            for part in mine.chunks(200) {
                producer.send(part.iter().map(|n| record(&topic, *n, size)).collect()).await?;
            }
            Ok::<(), Failure>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    tell("sent", count, size, sending.elapsed());

    let subscription = Subscription {
        group: "rate".to_owned(),
        topic: topic.clone(),
        start: StartAt::Earliest,
        positions: None,
    };
    let reading = Instant::now();
    let mut consumer = bus.subscribe(subscription).await?;
    let limits = BatchLimits { records: 500, bytes: 8 << 20, wait: Duration::from_millis(20) };
    let mut seen = 0;
    while seen < count {
        if let Event::Batch(batch) = consumer.next(limits).await? {
            seen += batch.records().len();
            batch.done().await?;
        }
    }
    tell("consumed and committed", count, size, reading.elapsed());

    let mut waits = Vec::new();
    let producer = bus.producer().await?;
    for n in 0..200 {
        let sent = Instant::now();
        producer.send(vec![record(&topic, n, size)]).await?;
        loop {
            if let Event::Batch(batch) = consumer.next(BatchLimits { wait: Duration::ZERO, ..limits }).await?
            {
                batch.done().await?;
                break;
            }
        }
        waits.push(sent.elapsed());
    }
    waits.sort_unstable();
    let at = |q: usize| waits.get(waits.len() * q / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
    println!("send, receive and commit one record: p50 {:.1} ms, p99 {:.1} ms", at(50), at(99));
    Ok(())
}

/// Text-like bytes that do not repeat at once.
fn record(topic: &str, n: usize, size: usize) -> Record {
    let payload: String =
        (0..size / 8).map(|w| format!("{:07x} ", (n * 31 + w * w * 7919) & 0xfff_ffff)).collect();
    Record {
        topic: topic.to_owned(),
        key: format!("item-{n}"),
        payload: payload.into(),
        headers: vec![("ce_id".to_owned(), n.to_string()), ("ce_type".to_owned(), "rate".to_owned())],
        timestamp: wall_clock(),
    }
}

fn tell(what: &str, count: usize, size: usize, took: Duration) {
    let rate = count as f64 / took.as_secs_f64();
    println!(
        "{what}: {count} records of {size} B in {:.2} s: {rate:.0}/s, {:.1} MB/s",
        took.as_secs_f64(),
        rate * size as f64 / 1e6
    );
}
