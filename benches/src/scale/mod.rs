//! `scale`: the sharded form at 1, 2 and 4 replicas a stage, on three brokers with 12 partitions and a durable Postgres.
//!
//! Of each run: CPU time by stage at rest, at steady rates and with everything waiting; latency; how evenly replicas share; bytes in
//! tables, log and topics; what the death of a replica or broker costs; the audit's verdict. Where the machine has fewer cores than
//! there are processes, or others use it, items a second by the clock say little: **CPU time an item is what scales**, and is what
//! [`crate::model`] computes with.

mod falls;
mod spent;
mod stand;
mod usage;
mod watch;
mod wires;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wiredesk_bus::Record;
use wiredesk_contract::time::wall_clock;
use wiredesk_sample_wire::load_copy;

use crate::percentile::describe;
use spent::Spent;
use stand::{Crew, Stand};

/// What to measure.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Replicas of each stage, a run each; 0 is the form with spares: 3 fetchers, 4 cleaners, 3 processors, 2 relays, 2 stories
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 4])]
    replicas: Vec<usize>,
    /// Items a second of the steady loads
    #[arg(long, value_delimiter = ',', default_values_t = [10, 20])]
    rates: Vec<u32>,
    /// Seconds of each steady load
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// Items that wait on the raw topic all at once
    #[arg(long, default_value_t = 1_500)]
    backlog: usize,
    /// Kill one of each stage and a broker too
    #[arg(long)]
    kills: bool,
    /// Where to write all figures as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Measures; `false` where a run was not equal.
pub async fn measure(args: &Args) -> bool {
    let (mut runs, mut equal) = (Vec::new(), true);
    for replicas in &args.replicas {
        let crews = if *replicas == 0 { stand::spare() } else { stand::even(*replicas) };
        let counts: Vec<String> = crews.iter().map(|c| format!("{} {}", c.replicas, c.stage)).collect();
        println!("== {}", counts.join(", "));
        let Some(stand) = Stand::begin(&crews, 7).await else { return false };
        let run = run(stand, &crews, args).await;
        equal &= run["audit"] == "equal";
        runs.push(run);
        if let Some(file) = &args.json {
            let text = serde_json::to_string_pretty(&runs).unwrap_or_default();
            std::fs::write(file, text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        }
    }
    equal
}

async fn run(mut stand: Stand, crews: &[Crew], args: &Args) -> Value {
    // Caches, plans and the brokers' JIT.
    let flow = stand.wires.flow(20);
    tokio::time::sleep(Duration::from_secs(20)).await;
    drop(flow);
    stand.settled().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = stand.snapshot().await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let idle = Spent::between(&before, &stand.snapshot().await, 0);
    let polls = idle.asked[0] / idle.seconds;
    println!(
        "  at rest, {} sources, {polls:.0} polls/s, cores: {}",
        stand.wires.sources(),
        row(&idle.cores(), 1.0, 3)
    );

    let mut loads = Vec::new();
    for rate in &args.rates {
        let (spent, waits) = steady(&mut stand, *rate, args.seconds).await;
        let what = format!("{rate} items/s");
        tell(&what, &spent, &idle);
        println!("    issued to published: {}", describe(waits.iter().map(|wait| wait * 1000.0).collect()));
        let waits = sorted(waits);
        let [p50, p99] = [0.5, 0.99].map(|share| crate::percentile::percentile(&waits, share));
        loads.push(json!({ "load": what, "p50_s": p50, "p99_s": p99, "spent": spent.json() }));
    }
    if args.backlog > 0 {
        let (spent, rate) = backlog(&mut stand, args.backlog).await;
        tell("backlog", &spent, &idle);
        println!("    {rate:.0} items/s by the clock of a machine that drives all of it");
        loads.push(json!({ "load": "backlog", "items_a_second": rate, "spent": spent.json() }));
    }
    let memory = memory(&stand, crews);
    println!("  memory of the largest replica now / at most, MB: {}", memory.1);

    let mut falls = Vec::new();
    if args.kills {
        for stage in crews.iter().map(|crew| crew.stage).filter(|stage| *stage != "api").chain(["kafka"]) {
            let Some(fall) = stand.fall(stage).await else { continue };
            println!(
                "  kill -9 of {stage}: p50 {:.2} s, p99 {:.2} s before; worst {:.1} s, {:.0} % late; worst {:.1} s on return",
                fall.before.0,
                fall.before.1,
                fall.pause,
                fall.late * 100.0,
                fall.return_pause
            );
            falls.push(fall.json());
        }
    }
    let (code, said) = stand.desk.run(&["audit"]);
    let verdict = if code == 0 && said.contains("equal") { "equal" } else { "NOT EQUAL" };
    println!("  audit: {verdict} ({})", said.lines().rfind(|l| !l.trim().is_empty()).unwrap_or_default());
    json!({
        "crews": crews.iter().map(|c| (c.stage.to_owned(), json!(c.replicas))).collect::<serde_json::Map<_, _>>(),
        "sources": stand.wires.sources(), "idle": idle.json(), "loads": loads, "memory_mb": memory.0, "falls": falls,
        "audit": verdict,
    })
}

/// A steady load; what it took, and how long each item, in seconds.
async fn steady(stand: &mut Stand, rate: u32, seconds: u64) -> (Spent, Vec<f64>) {
    let (before, known) = (stand.snapshot().await, stand.wires.issued().len());
    let began = Instant::now();
    let flow = stand.wires.flow(rate);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    drop(flow);
    stand.settled().await;
    let issued = stand.wires.issued();
    let spent = Spent::between(&before, &stand.snapshot().await, issued.len() - known);
    let seen = stand.watch.seen();
    let waits = issued.iter().filter(|(_, at)| **at >= began);
    let waits = waits.filter_map(|(item, at)| Some((*seen.items.get(item)? - *at).as_secs_f64())).collect();
    (spent, waits)
}

/// So many raw items at once, past the fetchers; what it took, and items a second from the first to the last on the topic.
async fn backlog(stand: &mut Stand, items: usize) -> (Spent, f64) {
    let producer = stand.bus.producer().await.unwrap_or_else(|e| panic!("{e}"));
    let before = stand.snapshot().await;
    let began = Instant::now();
    let topics = stand.desk.topics();
    let mut batch = Vec::new();
    for mut raw in load_copy(11, items).unwrap_or_else(|e| panic!("{e}")) {
        raw.fetched_at = wall_clock();
        batch.push(Record::of(&raw, &topics, raw.fetched_at, None).unwrap_or_else(|e| panic!("{e}")));
    }
    for chunk in batch.chunks(200) {
        producer.send(chunk.to_vec()).await.unwrap_or_else(|e| panic!("{e}"));
    }
    stand.sent += items;
    stand.settled().await;
    let spent = Spent::between(&before, &stand.snapshot().await, items);
    let seen = stand.watch.seen();
    let came: Vec<Instant> = seen.items.values().copied().filter(|at| *at >= began).collect();
    let span =
        came.iter().max().zip(came.iter().min()).map_or(0.0, |(last, first)| (*last - *first).as_secs_f64());
    (spent, items as f64 / span.max(0.001))
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn row(values: &std::collections::BTreeMap<String, f64>, times: f64, digits: usize) -> String {
    let cells = values.iter().map(|(name, value)| format!("{name} {:.digits$}", value * times));
    cells.collect::<Vec<_>>().join(", ")
}

fn tell(what: &str, spent: &Spent, idle: &Spent) {
    println!(
        "  {what}: {} items in {:.1} s; CPU ms an item: {}",
        spent.items,
        spent.seconds,
        row(&spent.an_item(idle), 1.0, 2)
    );
    let shares = spent.shares.iter().map(|(stage, (least, most))| format!("{stage} {least:.2} to {most:.2}"));
    println!("    shares of the replicas: {}", shares.collect::<Vec<_>>().join(", "));
    let items = spent.items.max(1) as f64;
    println!(
        "    bytes an item: {:.0} write-ahead, {:.0} tables, {:.0} topics in {} copies",
        spent.written_ahead / items,
        spent.tables.values().sum::<f64>() / items,
        spent.topics.values().sum::<f64>() / items,
        stand::BROKERS
    );
}

/// Of each stage, what its largest replica holds now and held at most, in MB.
fn memory(stand: &Stand, crews: &[Crew]) -> (Value, String) {
    let of = |stage: &str| {
        let sizes = stand.replicas.iter().filter(|r| r.stage == stage).map(|r| r.process.memory());
        sizes.fold((0.0_f64, 0.0_f64), |most, size| (most.0.max(size.0), most.1.max(size.1)))
    };
    let all: Vec<(&str, (f64, f64))> = crews.iter().map(|crew| (crew.stage, of(crew.stage))).collect();
    let told = all.iter().map(|(stage, (now, most))| format!("{stage} {now:.0} / {most:.0}"));
    let told = told.collect::<Vec<_>>().join(", ");
    (
        all.iter()
            .map(|(stage, size)| ((*stage).to_owned(), json!(size)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        told,
    )
}
