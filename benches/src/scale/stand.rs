//! The sharded form on one machine: three brokers, a durable Postgres, and so many processes of each stage.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wiredesk_bus::Bus;
use wiredesk_tests::ports::free_port;
use wiredesk_tests::servers::{OwnKafka, OwnPostgres};
use wiredesk_tests::{Desk, Process};

use super::spent::Snapshot;
use super::usage;
use super::watch::Watch;
use super::wires::Wires;
use crate::process;

/// Partitions of each topic.
pub const PARTITIONS: i32 = 12;
/// Brokers, each of which has a copy of everything.
pub const BROKERS: usize = 3;
/// How long anything may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(300);

/// So many processes of a command.
pub struct Crew {
    /// The stage; also the login of its sessions, so that Postgres' time is told by stage.
    pub stage: &'static str,
    /// The command.
    pub command: &'static [&'static str],
    /// How many.
    pub replicas: usize,
}

/// `n` of each stage, the two halves of the cleaner apart, and one API.
pub fn even(n: usize) -> Vec<Crew> {
    let crew = |stage, command| Crew { stage, command, replicas: n };
    vec![
        crew("fetcher", &["fetcher"]),
        crew("strip", &["cleaner", "--only", "strip"]),
        crew("dedupe", &["cleaner", "--only", "dedupe"]),
        crew("processor", &["processor"]),
        crew("relay", &["relay"]),
        crew("stories", &["stories"]),
        Crew { stage: "api", command: &["api"], replicas: 1 },
    ]
}

/// Three fetchers, four cleaners with both halves, three processors; relay and stories with a standby each.
pub fn spare() -> Vec<Crew> {
    let crew = |stage, command, replicas| Crew { stage, command, replicas };
    vec![
        crew("fetcher", &["fetcher"], 3),
        crew("cleaner", &["cleaner"], 4),
        crew("processor", &["processor"], 3),
        crew("relay", &["relay"], 2),
        crew("stories", &["stories"], 2),
        crew("api", &["api"], 1),
    ]
}

/// A process of a stage.
pub struct Replica {
    /// Its stage.
    pub stage: &'static str,
    /// It.
    pub process: Process,
    command: &'static [&'static str],
    admin: u16,
}

/// The deployment. Processes go before their servers do.
pub struct Stand {
    /// The processes.
    pub replicas: Vec<Replica>,
    /// The deployment.
    pub desk: Desk,
    /// Its bus.
    pub bus: Arc<dyn Bus>,
    /// What is published.
    pub watch: Watch,
    /// What is issued.
    pub wires: Wires,
    /// The brokers.
    pub kafka: OwnKafka,
    /// Items that were put on the raw topic past the wires.
    pub sent: usize,
    postmaster: u32,
    http: reqwest::Client,
    _postgres: OwnPostgres,
}

impl Stand {
    /// Starts it; `None` where a server is missing (which was said).
    pub async fn begin(crews: &[Crew], seed: u64) -> Option<Self> {
        wiredesk_tests::process::executable()?;
        let wires = Wires::serve(seed).await;
        let (postgres, kafka) = (OwnPostgres::start()?, OwnKafka::cluster()?);
        let database = wiredesk_testkit::postgres_at(&postgres.url()).await;
        let desk = Desk::on(database, Some(kafka.servers()), wires.source_tables());
        // Times of lease, session and takeover are those of a new installation, not the tests'.
        let desk = desk.with(PARTITIONS, |root| {
            root.remove("relay");
            root.remove("bus");
            if let Some(fetcher) = root.get_mut("fetcher").and_then(toml::Value::as_table_mut) {
                fetcher.remove("lease_seconds");
            }
            root.insert("database".to_owned(), toml::toml! { max_connections = 6 }.into());
        });
        for crew in crews {
            let role = format!("CREATE ROLE \"{}\" SUPERUSER LOGIN", crew.stage);
            let made = sqlx::raw_sql(sqlx::AssertSqlSafe(role)).execute(desk.db()).await;
            made.unwrap_or_else(|e| panic!("the login of {}: {e}", crew.stage));
        }
        let (code, said) = desk.run(&["migrate"]);
        assert!(code == 0, "migrate: {said}");
        let (bus, postmaster) = (desk.bus().await, usage::postmaster(desk.db()).await);
        let watch = Watch::begin(&bus, &desk.topics()).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        let replicas = Vec::new();
        let mut stand =
            Self { replicas, desk, bus, watch, wires, kafka, sent: 0, postmaster, http, _postgres: postgres };
        for crew in crews {
            for _ in 0..crew.replicas {
                let replica = stand.start(crew.stage, crew.command);
                stand.replicas.push(replica);
            }
        }
        Some(stand)
    }

    fn start(&self, stage: &'static str, command: &'static [&'static str]) -> Replica {
        let admin = free_port();
        let listen = format!("admin.listen=127.0.0.1:{admin}");
        let mut args = command.to_vec();
        args.extend(["--set", &listen]);
        let url = self.desk.postgres.url().replacen("wiredesk@", &format!("{stage}@"), 1);
        let process = self.desk.start_with(&args, &[("DATABASE_URL", &url)]);
        Replica { stage, process, command, admin }
    }

    /// Starts another in the place of this one, which has ended.
    pub fn replace(&mut self, at: usize) {
        let (stage, command) = (self.replicas[at].stage, self.replicas[at].command);
        self.replicas[at] = self.start(stage, command);
    }

    /// Waits until everything that was issued is published, and the outbox is empty.
    pub async fn settled(&mut self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let issued = self.wires.issued();
            let left = {
                let seen = self.watch.seen();
                let of_wires = issued.keys().filter(|item| !seen.items.contains_key(*item)).count();
                of_wires.max((issued.len() + self.sent).saturating_sub(seen.items.len()))
            };
            let waiting: Result<i64, sqlx::Error> =
                sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(self.desk.db()).await;
            if left == 0 && waiting.is_ok_and(|rows| rows == 0) {
                return;
            }
            for replica in &mut self.replicas {
                if let Some(status) = replica.process.ended() {
                    panic!("{} has ended ({status}):\n{}", replica.stage, replica.process.tail());
                }
            }
            let tails = || self.replicas.iter().map(|r| r.process.tail()).collect::<Vec<_>>().join("\n---\n");
            assert!(Instant::now() < end, "{left} items are not through after {PATIENCE:?}:\n{}", tails());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What each replica has done so far: items that it read or sent, by the stages that it runs.
    pub async fn work(&self) -> Vec<BTreeMap<String, f64>> {
        let mut all = Vec::new();
        for replica in &self.replicas {
            let text = self.get(format!("http://127.0.0.1:{}/metrics", replica.admin)).await;
            all.push(work(&text));
        }
        all
    }

    async fn get(&self, url: String) -> String {
        let Ok(mut answer) = self.http.get(url).send().await else { return String::new() };
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
        }
        String::from_utf8_lossy(&body).into_owned()
    }

    /// Where the brokers keep everything.
    fn brokers(&self) -> Vec<PathBuf> {
        (1..=BROKERS).map(|broker| self.kafka.folder().join(broker.to_string())).collect()
    }

    /// What everything has taken so far.
    pub async fn snapshot(&self) -> Snapshot {
        let mut stages: BTreeMap<String, f64> = BTreeMap::new();
        for replica in &self.replicas {
            *stages.entry(replica.stage.to_owned()).or_default() += process::processor(replica.process.id());
        }
        let brokers = (1..=BROKERS as u16).filter_map(|broker| self.kafka.pid(broker).parse().ok());
        Snapshot {
            at: Instant::now(),
            stages,
            kafka: brokers.map(process::processor).sum(),
            postgres: usage::postgres(self.postmaster),
            written_ahead: usage::written_ahead(self.desk.db()).await,
            tables: usage::tables(self.desk.db()).await,
            topics: usage::topics(&self.brokers(), &self.desk.prefix),
            asked: self.wires.asked.so_far(),
            work: self.work().await,
        }
    }
}

/// Which counter tells a stage's work.
fn work(metrics: &str) -> BTreeMap<String, f64> {
    let mut done: BTreeMap<String, f64> = BTreeMap::new();
    for line in metrics.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let stage = match name {
            "wiredesk_fetch_entries_total" => "fetcher",
            "wiredesk_relay_published_total" => "relay",
            "wiredesk_stage_inputs_total" => {
                let after = line.split_once("stage=\"").map_or("", |(_, after)| after);
                after.split('"').next().unwrap_or_default()
            }
            _ => continue,
        };
        let value = line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
        *done.entry(stage.to_owned()).or_default() += value.unwrap_or_default();
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_read_from_the_metrics() {
        let text = "# TYPE wiredesk_fetch_entries_total counter\n\
                    wiredesk_fetch_entries_total{source=\"a\",via=\"poll\"} 3\n\
                    wiredesk_fetch_entries_total{source=\"b\",via=\"poll\"} 4\n\
                    wiredesk_stage_inputs_total{otel=\"x\",stage=\"strip\"} 12\n\
                    wiredesk_stage_outputs_total{stage=\"strip\"} 11\n\
                    wiredesk_relay_published_total 9\n";
        let expected = [("fetcher", 7.0), ("relay", 9.0), ("strip", 12.0)];
        assert_eq!(work(text), expected.map(|(stage, done)| (stage.to_owned(), done)).into());
    }
}
