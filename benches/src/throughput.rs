//! Items a second, raw topic to Postgres and published topic.

use std::time::{Duration, Instant};

use wiredesk_bus::Record;
use wiredesk_contract::time::wall_clock;
use wiredesk_sample_wire::load_copy;

use crate::{Args, Rig, process};

/// Fills the raw topic, then starts the pipeline and waits for its last outbox row to go.
pub async fn measure(rig: &Rig, args: &Args) {
    let producer = rig.bus.producer().await.unwrap_or_else(|e| panic!("{e}"));
    let mut bytes = 0;
    let mut batch = Vec::new();
    for mut raw in load_copy(1, args.items).unwrap_or_else(|e| panic!("{e}")) {
        raw.fetched_at = wall_clock();
        let record = Record::of(&raw, &rig.topics, raw.fetched_at, None).unwrap_or_else(|e| panic!("{e}"));
        bytes += record.payload.len();
        batch.push(record);
        if batch.len() == 200 {
            producer.send(std::mem::take(&mut batch)).await.unwrap_or_else(|e| panic!("{e}"));
        }
    }
    producer.send(batch).await.unwrap_or_else(|e| panic!("{e}"));

    let mut processes = [rig.desk.start(&["run"])];
    let db = rig.desk.db();
    let count = async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(db).await;
    // The clock starts with the first item in the ledger: the start of the process is another measurement.
    let patience = Duration::from_secs(600);
    rig.desk
        .until("the first items", patience, &mut processes, async || {
            let none = count("SELECT count(*) FROM item_version").await? == 0;
            Ok(none.then(|| "no item".to_owned()))
        })
        .await;
    let before = count("SELECT count(*) FROM item_version").await.unwrap_or_default();
    let started = Instant::now();
    let wanted = args.items as i64;
    rig.desk
        .until("all items", patience, &mut processes, async || {
            let stored = count("SELECT count(*) FROM item_version").await?;
            let waiting = count("SELECT count(*) FROM outbox WHERE kind = 'item'").await?;
            let done = stored >= wanted && waiting == 0;
            Ok((!done).then(|| format!("{stored} of {wanted} items, {waiting} in the outbox")))
        })
        .await;
    let seconds = started.elapsed().as_secs_f64();
    let (highest, present) = process::resident(processes[0].id());
    let items = wanted - before;
    println!(
        "  throughput: {:.0} items/s ({items} items of {:.1} kB raw in {seconds:.1} s, raw topic to Postgres, topic and read back)",
        items as f64 / seconds,
        bytes as f64 / args.items as f64 / 1000.0,
    );
    println!("  memory: {present} MiB resident, {highest} MiB at most");
    let [process] = processes;
    process.stop(Duration::from_secs(30));
    rig.audit();
}
