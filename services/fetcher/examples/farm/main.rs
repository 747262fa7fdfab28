//! A farm of feeds on loopback: how many polls a second a core, how many unchanged polls end by 304 or body hash, and how
//! much memory an idle feed takes.
//!
//! `WIREDESK_TEST_DATABASE_URL=… cargo run --release -p wiredesk-fetcher --example farm [FEEDS] [SECONDS]`
//!
//! The whole fetcher runs as in production (`wiredesk_fetcher::run`: leases, queues, HTTP, reading, saving in a real
//! Postgres); only the bus counts and forgets. The servers are a process of their own. Of ten feeds six answer with ETag and
//! Last-Modified (304 where nothing changed), three have no validators (the same bytes), one gets a new item at about every
//! twentieth request. CPU is what `/proc` says of this process, user and system, the client's side of the sockets included;
//! that of Postgres' backends is told apart. Memory is resident size, each figure by a fresh process.

mod bus;
mod counters;
mod proc;
mod server;

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_util::sync::CancellationToken;
use wiredesk_contract::TopicTable;
use wiredesk_contract::time::wall_clock;
use wiredesk_fetcher::Config;
use wiredesk_runtime::{Deps, Health};

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| arguments.get(n).and_then(|a| a.parse::<u64>().ok());
    match arguments.first().map(String::as_str) {
        Some("serve") => return server::serve().await,
        Some("idle") => return idle(number(1).unwrap_or(0)).await,
        _ => {}
    }
    let (feeds, seconds) = (number(0).unwrap_or(5000), number(1).unwrap_or(30));
    let me = std::env::current_exe()?;
    let mut servers =
        tokio::process::Command::new(&me).arg("serve").stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut line = String::new();
    let Some(out) = servers.stdout.take() else { return Err("the servers say nothing".into()) };
    BufReader::new(out).read_line(&mut line).await?;
    polls(line.trim(), feeds, seconds).await?;
    servers.kill().await?;
    let mut sizes = Vec::new();
    for count in [0, 5000, 100_000] {
        let out = tokio::process::Command::new(&me).args(["idle", &count.to_string()]).output().await?;
        sizes.push((count, String::from_utf8(out.stdout)?.trim().parse::<u64>()?));
    }
    let empty = sizes[0].1;
    println!("memory: {empty} kB resident with no feed listed");
    for (count, size) in &sizes[1..] {
        let each = size.saturating_sub(empty) as f64 * 1024.0 / *count as f64;
        println!("memory: {size} kB with {count} idle feeds leased: {each:.0} bytes each");
    }
    Ok(())
}

struct Farm {
    postgres: wiredesk_testkit::TestPostgres,
    shutdown: CancellationToken,
    fetcher: tokio::task::JoinHandle<Result<(), wiredesk_runtime::StageError>>,
}

/// A fetcher with feeds that are due at `due` (SQL) and then every `interval` seconds.
async fn farm(base: &str, feeds: u64, interval: u32, due: &str) -> Result<Farm, Failure> {
    let Some(postgres) = wiredesk_testkit::postgres().await else { return Err("no Postgres".into()) };
    let shutdown = CancellationToken::new();
    let deps = Deps {
        bus: Arc::new(bus::Forgetful),
        db: postgres.pool().clone(),
        topics: Arc::new(TopicTable::load("wiredesk", None)?),
        health: Health::default(),
        shutdown: shutdown.clone(),
        clock: wall_clock,
    };
    let config = Config { concurrency: 128, ..Config::default() };
    let fetcher = tokio::spawn(wiredesk_fetcher::run(config, deps));
    // It has brought the table in line with its own (empty) list: what is added now is the desk's.
    while sqlx::query("SELECT 1 FROM fetcher").fetch_optional(postgres.pool()).await?.is_none() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let statement = format!(
        "INSERT INTO source (id, name, url, config, interval_seconds, next_poll, origin)
         SELECT 'w' || n, 'Wire ' || n, '{base}/' || n,
                jsonb_build_object('id', 'w' || n, 'url', '{base}/' || n, 'allow', jsonb_build_array('127.0.0.0/8'),
                                   'interval_seconds', {interval}), {interval}, {due}, 'desk'
         FROM generate_series(1, {feeds}) AS n"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(postgres.pool()).await?;
    Ok(Farm { postgres, shutdown, fetcher })
}

impl Farm {
    async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        self.fetcher.await??;
        Ok(())
    }

    /// CPU seconds of the backends of this database so far.
    async fn postgres_cpu(&self) -> Result<f64, Failure> {
        let pids: Vec<i32> =
            sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
                .fetch_all(self.postgres.pool())
                .await?;
        Ok(pids.iter().map(|pid| proc::cpu(&pid.to_string())).sum())
    }
}

async fn polls(base: &str, feeds: u64, seconds: u64) -> Result<(), Failure> {
    let counters = counters::install();
    let farm = farm(base, feeds, 1, "now()").await?;
    // Every feed was had once: from here on polls are what they are in the long run.
    while counters.get("read") < feeds {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if farm.fetcher.is_finished() {
            return Err("the fetcher ended".into());
        }
    }
    println!("{feeds} feeds had once; memory {} kB resident", proc::resident("self"));
    let began = Instant::now();
    let (cpu, pg, before) = (proc::cpu("self"), farm.postgres_cpu().await?, counters.all());
    let sent = bus::batches();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let took = began.elapsed().as_secs_f64();
    let (cpu, pg) = (proc::cpu("self") - cpu, farm.postgres_cpu().await? - pg);
    let after = counters.all();
    let count = |name: &str| after.get(name).unwrap_or(&0) - before.get(name).unwrap_or(&0);
    let polls: u64 = after.keys().map(|name| count(name)).sum();
    let unchanged = count("unchanged") + count("same_body");
    println!(
        "{polls} polls in {took:.1} s: {} by 304, {} by body hash, {} read, {} others",
        count("unchanged"),
        count("same_body"),
        count("read"),
        polls - unchanged - count("read")
    );
    // Every document that held something new was sent once.
    let sent = bus::batches() - sent;
    let same = polls.saturating_sub(sent);
    println!(
        "{same} polls found nothing new; ended by 304 or body hash: {:.2} %",
        100.0 * unchanged as f64 / same.max(1) as f64
    );
    println!("polls a second: {:.0}", polls as f64 / took);
    println!("CPU of the fetcher {cpu:.1} s: {:.0} polls a second and core", polls as f64 / cpu);
    println!("CPU of Postgres' backends {pg:.1} s: {:.0} polls a second and core", polls as f64 / pg);
    println!("memory {} kB resident", proc::resident("self"));
    farm.stop().await
}

/// Prints the resident size in kB of a fetcher that holds so many feeds and asks none of them.
async fn idle(feeds: u64) -> Result<(), Failure> {
    let counters = counters::install();
    let farm = farm("http://127.0.0.1:9", feeds, 3600, "now() + interval '1 day'").await?;
    let began = Instant::now();
    while counters.gauge("wiredesk_fetch_sources") < feeds as f64 {
        if began.elapsed() > Duration::from_secs(120) {
            return Err("the feeds are not leased".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("{}", proc::resident("self"));
    farm.stop().await
}
