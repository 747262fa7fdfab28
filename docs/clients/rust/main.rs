//! Reads the published items and keeps the newest version of each as a file, `FOLDER/<item id>.json`.
//!
//! A record's offset is stored only after its file is on the disk, so a crash repeats records and loses none; a version that
//! is there already is not written again. That is all that exactly-once needs here. A version `canceled` has no words and
//! takes the place of those that had.
//!
//! ```text
//! KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 cargo run --release -p wiredesk-consumer -- FOLDER [--once]
//! ```
//!
//! `--once` ends at the end of the topic; else it runs until Ctrl-C or SIGTERM. `WIREDESK_TOPIC` (wiredesk.items.v1) and
//! `WIREDESK_GROUP` (wiredesk-example-rust) name another topic and consumer group.

mod folder;

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::types::RDKafkaErrorCode;
use wiredesk_contract::Item;

use folder::{Folder, Kept};

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let once = args.iter().any(|a| a == "--once");
    args.retain(|a| a != "--once");
    let [folder] = args.as_slice() else {
        eprintln!("usage: wiredesk-consumer FOLDER [--once]");
        return ExitCode::from(2);
    };
    match run(folder, once) {
        Ok(counts) => {
            println!(
                "{} records, {} versions written, {} items kept",
                counts.records, counts.written, counts.items
            );
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Counts {
    records: u64,
    written: u64,
    items: usize,
}

fn run(folder: &str, once: bool) -> Result<Counts, Box<dyn std::error::Error>> {
    let named = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let topic = named("WIREDESK_TOPIC", "wiredesk.items.v1");
    let folder = Folder::open(folder)?;
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", named("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"))
        .set("group.id", named("WIREDESK_GROUP", "wiredesk-example-rust"))
        // Without it a consumer would see records of transactions that were aborted.
        .set("isolation.level", "read_committed")
        .set("auto.offset.reset", "earliest")
        // Whoever takes over after a crash begins this much later.
        .set("session.timeout.ms", "6000")
        // Offsets are committed in the background, but only those that are stored below.
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .create()?;
    consumer.subscribe(&[&topic])?;

    let (runtime, stop) = stop_on_signal()?;
    let (mut counts, mut ended) = (Counts::default(), HashSet::new());
    while !stop.load(Ordering::Relaxed) {
        match consumer.poll(Duration::from_millis(200)) {
            None => {}
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                ended.insert(partition);
                if once && ended.len() >= consumer.assignment()?.count() {
                    break;
                }
            }
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(message)) => {
                ended.remove(&message.partition());
                counts.records += 1;
                counts.written += u64::from(take(&message, &folder)?);
                consumer.store_offset_from_message(&message)?;
            }
        }
    }
    match consumer.commit_consumer_state(CommitMode::Sync) {
        // Nothing came since the last commit.
        Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
        Err(error) => return Err(error.into()),
    }
    runtime.shutdown_background();
    counts.items = folder.items()?;
    Ok(counts)
}

/// Keeps one record; true where it was new.
fn take(message: &BorrowedMessage<'_>, folder: &Folder) -> Result<bool, Box<dyn std::error::Error>> {
    let at = || format!("{}/{} at {}", message.topic(), message.partition(), message.offset());
    // A field more does not matter; what cannot be read at all is no item, and to go on would lose it.
    let payload = message.payload().unwrap_or_default();
    let item: Item = serde_json::from_slice(payload).map_err(|e| format!("{}: {e}", at()))?;
    if folder.keep(&item, payload)? == Kept::Before {
        return Ok(false);
    }
    println!(
        "{} {} v{} {} {}",
        item.version_created,
        item.language,
        item.version,
        item.event_type(),
        item.headline()
    );
    Ok(true)
}

/// A flag that Ctrl-C and SIGTERM set.
fn stop_on_signal() -> std::io::Result<(tokio::runtime::Runtime, Arc<AtomicBool>)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    let mut terminated = {
        let _inside = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?
    };
    runtime.spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        flag.store(true, Ordering::Relaxed);
    });
    Ok((runtime, stop))
}
