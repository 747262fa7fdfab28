//! How long the API takes for what the page asks of it, with a month of items in Postgres: times of whole answers on loopback, one process of
//! the executable, a few readers at once. With `--explain` the plans of the slowest statements instead.

use std::time::{Duration, Instant};

use sqlx::PgPool;
use wiredesk_contract::time::wall_clock;
use wiredesk_testkit::{kept_postgres_at, postgres_at};
use wiredesk_tests::{Desk, Process};

use crate::fill::fill;
use crate::percentile::percentile;
use crate::questions::{self, Question};

/// The aim for the first page.
const FIRST_PAGE_MS: f64 = 200.0;
const FIRST_PAGE_BYTES: usize = 100_000;
/// What a browser fetches with the first page.
const ASSETS: [&str; 3] = ["/assets/wiredesk.css", "/assets/wire.js", "/assets/icon.svg"];
/// Plans of statements that took less are not shown, in milliseconds.
const SLOW_MS: u32 = 10;

/// `reads`
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Items in the database
    #[arg(long, default_value_t = 1_000_000)]
    items: u64,
    /// Name of a database on the test server that is filled once and kept; without it one is made, filled and dropped
    #[arg(long)]
    database: Option<String>,
    /// Answers of each question
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// Readers that ask at once
    #[arg(long, default_value_t = 4)]
    readers: usize,
    /// Only questions whose name has this
    #[arg(long, default_value = "")]
    only: String,
    /// Fills the database and asks nothing
    #[arg(long)]
    fill: bool,
    /// Asks each question once and prints the plans of slow statements
    #[arg(long)]
    explain: bool,
}

/// Fills where it has to, asks, prints.
pub async fn measure(args: &Args) {
    let Ok(server) = std::env::var("WIREDESK_TEST_DATABASE_URL") else {
        return wiredesk_testkit::skip(
            "no Postgres: WIREDESK_TEST_DATABASE_URL is not set; run deploy/local/bench.sh reads",
        );
    };
    if wiredesk_tests::process::executable().is_none() {
        return;
    }
    let postgres = match &args.database {
        Some(name) => kept_postgres_at(&server, name).await,
        None => postgres_at(&server).await,
    };
    let inventor =
        fill(postgres.pool(), args.items, wall_clock()).await.unwrap_or_else(|e| panic!("filling: {e}"));
    if args.fill {
        return;
    }
    let desk = Desk::on(postgres, None, Vec::new());
    let (code, output) = desk.run(&["migrate"]);
    assert!(code == 0, "migrate: {output}");
    let plans = format!(
        "{}?options=-csession_preload_libraries%3Dauto_explain%20-cauto_explain.log_min_duration%3D{SLOW_MS}\
         %20-cauto_explain.log_analyze%3Don%20-cauto_explain.log_buffers%3Don%20-cauto_explain.log_level%3Dwarning",
        desk.postgres.url()
    );
    let mut more = vec![("WIREDESK__API__ANONYMOUS_PER_MINUTE", "100000000")];
    if args.explain {
        more.push(("DATABASE_URL", plans.as_str()));
    }
    let mut processes = [desk.start_with(&["api"], &more)];
    let api = Api::new(desk.api);
    let ready = async || Ok((api.ask("/v1/sources", false).await.is_none()).then(|| "no answer".to_owned()));
    desk.until("the API", Duration::from_secs(60), &mut processes, ready).await;
    let cursors = api.cursors().await;
    let mut questions =
        questions::all(desk.db(), &inventor, &cursors).await.unwrap_or_else(|e| panic!("questions: {e}"));
    questions.retain(|question| question.name.contains(&args.only));
    sizes(desk.db()).await;
    if args.explain {
        explain(&api, &questions, &processes[0]).await;
    } else {
        first_page(&api).await;
        table(&api, &questions, args).await;
        println!(
            "  memory of the API: {:.0} MB, {:.0} MB at most",
            processes[0].memory().0,
            processes[0].memory().1
        );
    }
    let [process] = processes;
    process.stop(Duration::from_secs(20));
}

/// What the kernel says of the machine: the mean number of processes that want to run, of the last minute.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

async fn sizes(db: &PgPool) {
    let size: Result<(i64, i64, String), _> = sqlx::query_as(
        "SELECT (SELECT reltuples::bigint FROM pg_class WHERE oid = 'item'::regclass),
                (SELECT reltuples::bigint FROM pg_class WHERE oid = 'item_version'::regclass), pg_size_pretty(pg_database_size(current_database()))",
    )
    .fetch_one(db)
    .await;
    if let Ok((items, versions, size)) = size {
        println!(
            "  {items} items, {versions} versions, {size} of database; shared_buffers as the server has it; load {}",
            load()
        );
    }
}

/// The API under measurement.
struct Api {
    base: String,
    http: reqwest::Client,
}

impl Api {
    fn new(port: u16) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { base: format!("http://127.0.0.1:{port}"), http }
    }

    /// Bytes of an answer as they come, compressed where it is asked for as a browser does.
    async fn ask(&self, path: &str, compressed: bool) -> Option<Vec<u8>> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if compressed {
            request = request.header("accept-encoding", "gzip, deflate, br, zstd");
        }
        let mut answer = request.send().await.ok()?;
        if !answer.status().is_success() {
            eprintln!("  {path}: {}", answer.status());
            return None;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            bytes.extend_from_slice(&chunk);
        }
        Some(bytes)
    }

    /// Places deep in the list of all items: those after the pages of one wire.
    async fn cursors(&self) -> Vec<String> {
        let (mut cursors, mut path) = (Vec::new(), "/v1/items?source=wire-010&limit=100".to_owned());
        while let Some(body) = self.ask(&path, false).await {
            let list: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let Some(next) = list["next"].as_str().filter(|_| cursors.len() < 40) else { break };
            path = format!("/v1/items?source=wire-010&limit=100&cursor={next}");
            cursors.push(next.to_owned());
        }
        cursors
    }

    /// Milliseconds of so many answers, asked for by several readers.
    async fn times(&self, question: &Question, times: usize, readers: usize) -> (Vec<f64>, usize, usize) {
        let asked = (0..readers).map(|reader| async move {
            let (mut taken, mut bytes, mut failed) = (Vec::new(), 0, 0);
            for n in (reader..times).step_by(readers) {
                let path = &question.paths[n % question.paths.len()];
                let begun = Instant::now();
                match self.ask(path, true).await {
                    Some(body) => bytes = bytes.max(body.len()),
                    None => failed += 1,
                }
                taken.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
            (taken, bytes, failed)
        });
        let mut all = (Vec::new(), 0, 0);
        for (taken, bytes, failed) in futures::future::join_all(asked).await {
            all.0.extend(taken);
            all.1 = all.1.max(bytes);
            all.2 += failed;
        }
        all.0.sort_by(f64::total_cmp);
        all
    }
}

async fn first_page(api: &Api) {
    let mut all = 0;
    for path in ["/"].into_iter().chain(ASSETS) {
        let raw = api.ask(path, false).await.map_or(0, |body| body.len());
        let compressed = api.ask(path, true).await.map_or(0, |body| body.len());
        println!("  {path:24} {raw:>8} bytes, {compressed:>7} as they go to a browser");
        all += compressed;
    }
    let verdict = if all < FIRST_PAGE_BYTES { "under" } else { "NOT UNDER" };
    println!("  the first page with all that it needs: {all} bytes, {verdict} {FIRST_PAGE_BYTES}");
    let mut taken = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        for path in ["/"].into_iter().chain(ASSETS) {
            let _ = api.ask(path, true).await;
        }
        taken.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    let p99 = percentile(&taken, 0.99);
    let verdict = if p99 < FIRST_PAGE_MS { "under" } else { "NOT UNDER" };
    println!(
        "  one after the other: p50 {:.1} ms, p99 {p99:.1} ms, {verdict} {FIRST_PAGE_MS:.0} ms\n",
        percentile(&taken, 0.5)
    );
}

async fn table(api: &Api, questions: &[Question], args: &Args) {
    println!(
        "  {:38} {:>8} {:>8} {:>8} {:>6} {:>9}  load",
        "question", "p50 ms", "p99 ms", "worst", "aim", "bytes"
    );
    for question in questions {
        if question.paths.is_empty() {
            println!("  {:38} nothing to ask for", question.name);
            continue;
        }
        // Once before: what a caches holds after the first reader is not what is asked here.
        api.ask(&question.paths[0], true).await;
        let (taken, bytes, failed) = api.times(question, args.times, args.readers).await;
        let of = |share| percentile(&taken, share);
        let missed = if of(0.99) > question.aim { "  OVER" } else { "" };
        let failed = if failed > 0 { format!("  {failed} FAILED") } else { String::new() };
        println!(
            "  {:38} {:>8.1} {:>8.1} {:>8.1} {:>6.0} {:>9}  {}{missed}{failed}",
            question.name,
            of(0.5),
            of(0.99),
            of(1.0),
            question.aim,
            bytes,
            load()
        );
    }
}

/// Asks each question once; the plans of what was slow come back as notices, which the process logs.
async fn explain(api: &Api, questions: &[Question], process: &Process) {
    let mut read = 0;
    for question in questions {
        for path in question.paths.iter().take(4) {
            let begun = Instant::now();
            api.ask(path, true).await;
            let taken = begun.elapsed().as_secs_f64() * 1000.0;
            let log = std::fs::read_to_string(&process.log).unwrap_or_default();
            let plans: Vec<String> = log[read..].lines().filter_map(plan).collect();
            read = log.len();
            println!("== {}: {path}: {taken:.1} ms", question.name);
            plans.iter().for_each(|plan| println!("{plan}\n"));
        }
    }
}

/// The plan in a line of the log, where it has one.
fn plan(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = line["fields"]["message"].as_str().or_else(|| line["message"].as_str())?;
    text.contains("plan:").then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_found_in_the_log() {
        let line = r#"{"level":"WARN","fields":{"message":"duration: 12 ms  plan:\nQuery Text: SELECT 1"}}"#;
        assert_eq!(plan(line).as_deref(), Some("duration: 12 ms  plan:\nQuery Text: SELECT 1"));
        assert_eq!(plan(r#"{"message":"up"}"#), None);
    }
}
