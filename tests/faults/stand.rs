//! A deployment to be harmed: its servers, the proxies before them, its processes.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wiredesk_oracle::Oracle;
use wiredesk_testkit::TestPostgres;
use wiredesk_tests::proxy::Proxy;
use wiredesk_tests::servers::{OwnKafka, OwnPostgres};
use wiredesk_tests::{BusChoice, Desk, Process};

use crate::life::{Life, Waited};
use crate::report::Report;

/// Every stage as a process of its own.
pub const STAGES: &[&str] = &["fetcher", "cleaner", "processor", "relay", "stories"];

/// Servers of its own, where it is to harm them; else those that all tests share.
#[derive(Default)]
pub struct Servers {
    pub postgres: Option<OwnPostgres>,
    pub kafka: Option<OwnKafka>,
    pub before_postgres: Option<Proxy>,
    pub before_kafka: Option<Proxy>,
}

/// The deployment. Its database goes before its server does.
pub struct Stand {
    pub life: Life,
    pub processes: Vec<Process>,
    pub servers: Servers,
    pub random: StdRng,
    commands: Vec<&'static str>,
    env: Vec<(String, String)>,
    ended: u32,
}

impl Stand {
    /// Starts these commands; `None` where a part is missing (which was said).
    pub async fn begin(
        bus: BusChoice,
        seed: u64,
        servers: Servers,
        commands: &[&'static str],
    ) -> Option<Self> {
        let oracle = Oracle::serve(seed, 3).await.unwrap();
        Self::begin_with(bus, seed, servers, commands, oracle).await
    }

    /// The same with this oracle.
    pub async fn begin_with(
        bus: BusChoice,
        seed: u64,
        servers: Servers,
        commands: &[&'static str],
        oracle: Oracle,
    ) -> Option<Self> {
        wiredesk_tests::process::executable()?;
        let postgres: TestPostgres = match &servers.postgres {
            Some(own) => wiredesk_testkit::postgres_at(&own.url()).await,
            None => wiredesk_testkit::postgres().await?,
        };
        let kafka = match (&servers.kafka, bus) {
            (_, BusChoice::Postgres) => None,
            (Some(own), BusChoice::Kafka) => Some(own.servers()),
            (None, BusChoice::Kafka) => Some(wiredesk_testkit::kafka()?),
        };
        let mut env = Vec::new();
        if let Some(proxy) = &servers.before_postgres {
            env.push(("DATABASE_URL".to_owned(), through(postgres.url(), proxy.port())));
        }
        if let Some(proxy) = &servers.before_kafka {
            env.push(("KAFKA_BOOTSTRAP_SERVERS".to_owned(), format!("127.0.0.1:{}", proxy.port())));
        }
        let desk = Desk::on(postgres, kafka, oracle.source_tables());
        let life = Life { desk, oracle };
        let random = StdRng::seed_from_u64(seed);
        let mut stand =
            Self { life, processes: Vec::new(), servers, random, commands: commands.to_vec(), env, ended: 0 };
        if commands != ["run"] {
            // One that is alone makes tables and topics; several at once would all try to.
            let (code, said) = stand.life.desk.run(&["migrate"]);
            assert_eq!(code, 0, "migrate: {said}");
        }
        for command in commands {
            let process = stand.start(command);
            stand.processes.push(process);
        }
        stand.life.oracle.issue(5);
        stand.settled().await;
        Some(stand)
    }

    /// Another process of this deployment.
    pub fn start(&self, command: &str) -> Process {
        let env: Vec<(&str, &str)> = self.env.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        self.life.desk.start_with(&[command], &env)
    }

    /// Keeps another process of this command beside the others.
    pub fn push(&mut self, process: Process, command: &'static str) {
        self.processes.push(process);
        self.commands.push(command);
    }

    /// More in the environment of all that is started from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// No more of this in it.
    pub fn unset_env(&mut self, name: &str) {
        self.env.retain(|(known, _)| known != name);
    }

    /// Versions in the ledger; `None` where Postgres does not say.
    pub async fn stored(&self) -> Option<i64> {
        let counted = sqlx::query_scalar("SELECT count(*) FROM item_version").fetch_one(self.life.desk.db());
        tokio::time::timeout(Duration::from_secs(5), counted).await.ok()?.ok()
    }

    /// Work for all stages: new, corrected, repeated.
    pub fn work(&mut self) {
        self.life.oracle.issue(3);
        self.life.oracle.correct();
        self.life.oracle.repeat();
    }

    /// A time between these, in milliseconds.
    pub fn time(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.random.random_range(from..=to))
    }

    /// Waits until everything is through. A process that ends by itself is counted and started again, as its supervisor would.
    pub async fn settled(&mut self) {
        while let Waited::Ended = self.life.wait_for(&mut self.processes).await {
            for place in 0..self.processes.len() {
                if let Some(status) = self.processes[place].ended() {
                    println!("a process ended ({status}):\n{}", self.processes[place].tail());
                    self.ended += 1;
                    self.processes[place] = self.start(self.commands[place]);
                }
            }
        }
    }

    /// A fault while there is work: `harm` begins it, lets it last, and ends it. Then everything must get through.
    pub async fn suffer(
        &mut self,
        report: &mut Report,
        fault: &'static str,
        harm: impl AsyncFnOnce(&mut Self),
    ) {
        self.work();
        // Anything may be under way when it comes.
        let before = self.time(0, 1_200);
        tokio::time::sleep(before).await;
        harm(self).await;
        let over = Instant::now();
        self.life.oracle.issue(1);
        self.settled().await;
        report.recovered(fault, over.elapsed());
    }

    /// The end of a run: something new gets through, and nothing is wrong.
    pub async fn finish(mut self, report: &mut Report) {
        self.life.oracle.issue(1);
        self.settled().await;
        let mut wrong = self.life.wrong().await;
        let (code, said) = self.life.desk.run(&["audit"]);
        if code != 0 || !said.contains("equal") {
            wrong.push(format!("audit: {said}"));
        }
        for rest in ["raw.v1", "copy.v1", "clean.v1"] {
            report.saw("repeats on inner topics", self.life.repeats(rest).await);
        }
        report.run(self.life.oracle.versions(), self.ended, wrong);
    }
}

/// The same URL by another port of loopback.
fn through(url: &str, port: u16) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (host, database) = rest.split_once('/').unwrap();
    let user = host.split_once('@').map_or("", |(user, _)| user);
    format!("{scheme}://{user}@127.0.0.1:{port}/{database}")
}
