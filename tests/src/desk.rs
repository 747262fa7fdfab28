//! One deployment under test: a database of its own, a bus with topics of its own, the processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use wiredesk_bus::Bus;
use wiredesk_bus::config::BusKind;
use wiredesk_contract::TopicTable;
use wiredesk_testkit::TestPostgres;

use crate::ports::free_port;
use crate::process::Process;

/// Partitions of each topic where nothing else is asked for: few, so that a test's topics are made quickly.
pub const PARTITIONS: i32 = 4;

/// Which bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusChoice {
    /// The log in Postgres.
    Postgres,
    /// Real Apache Kafka.
    Kafka,
}

/// A deployment.
pub struct Desk {
    /// Its database.
    pub postgres: TestPostgres,
    /// Bootstrap servers, on Kafka.
    pub kafka: Option<String>,
    /// First part of its topics' names.
    pub prefix: String,
    /// Port of page and API.
    pub api: u16,
    partitions: i32,
    folder: PathBuf,
    config: PathBuf,
}

impl Desk {
    /// Prepares a deployment that reads these sources; `None` where a part is missing (which was said).
    pub async fn prepare(bus: BusChoice, sources: Vec<toml::Table>) -> Option<Self> {
        crate::process::executable()?;
        let postgres = wiredesk_testkit::postgres().await?;
        let kafka = if bus == BusChoice::Kafka { Some(wiredesk_testkit::kafka()?) } else { None };
        Some(Self::on(postgres, kafka, sources))
    }

    /// The same on servers of the test's own: this database, and this Kafka or the Postgres bus.
    pub fn on(postgres: TestPostgres, kafka: Option<String>, sources: Vec<toml::Table>) -> Self {
        let prefix = wiredesk_testkit::unique("test");
        let folder = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-desk"));
        std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let (config, api) = (folder.join("wiredesk.toml"), free_port());
        let desk = Self { postgres, kafka, prefix, api, partitions: PARTITIONS, folder, config };
        let text = desk.configuration(sources);
        std::fs::write(&desk.config, text).unwrap_or_else(|e| panic!("{}: {e}", desk.config.display()));
        desk
    }

    fn configuration(&self, sources: Vec<toml::Table>) -> String {
        let mut root = toml::toml! {
            [log]
            format = "json"
            filter = "info"
            [sample_wire]
            enabled = false
            [fetcher]
            lease_seconds = 3
            [relay]
            takeover_after_ms = 5000
            [bus.postgres]
            lease_ms = 3000
            [bus.kafka]
            session_timeout_ms = 6000
        };
        let mut table = |section: &str, key: &str, value: toml::Value| {
            let section = root.entry(section).or_insert_with(|| toml::Table::new().into());
            if let Some(section) = section.as_table_mut() {
                section.insert(key.to_owned(), value);
            }
        };
        table("api", "listen", format!("127.0.0.1:{}", self.api).into());
        table("admin", "listen", "127.0.0.1:0".into());
        let push = toml::Table::from_iter([("listen".to_owned(), "127.0.0.1:0".into())]);
        table("fetcher", "push", push.into());
        table("topics", "prefix", self.prefix.clone().into());
        table("topics", "partitions", self.partitions.into());
        let sources: Vec<toml::Value> = sources.into_iter().map(toml::Value::Table).collect();
        table("fetcher", "sources", sources.into());
        toml::to_string(&root).unwrap_or_default()
    }

    /// The same deployment with so many partitions a topic, and with other words in its configuration; before anything is started.
    pub fn with(mut self, partitions: i32, change: impl FnOnce(&mut toml::Table)) -> Self {
        let text = std::fs::read_to_string(&self.config);
        let mut root: toml::Table = text.ok().and_then(|text| text.parse().ok()).unwrap_or_default();
        if let Some(topics) = root.get_mut("topics").and_then(toml::Value::as_table_mut) {
            topics.insert("partitions".to_owned(), partitions.into());
        }
        change(&mut root);
        let text = toml::to_string(&root).unwrap_or_default();
        std::fs::write(&self.config, text).unwrap_or_else(|e| panic!("{}: {e}", self.config.display()));
        self.partitions = partitions;
        self
    }

    /// The same bus as the processes use, for a test that reads or writes beside them.
    pub async fn bus(&self) -> Arc<dyn Bus> {
        let mut config = wiredesk_bus::Config::default();
        if let Some(servers) = &self.kafka {
            config.kind = BusKind::Kafka;
            config.kafka.bootstrap_servers = servers.clone();
        }
        let bus = wiredesk_bus::connect(&config, self.db(), &self.topics()).await;
        bus.unwrap_or_else(|e| panic!("the bus: {e}"))
    }

    /// The topic table of this deployment.
    pub fn topics(&self) -> TopicTable {
        TopicTable::load(&self.prefix, Some(self.partitions)).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Postgres.
    pub fn db(&self) -> &PgPool {
        self.postgres.pool()
    }

    /// Environment of a process.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env = vec![("DATABASE_URL".to_owned(), self.postgres.url().to_owned())];
        if let Some(kafka) = &self.kafka {
            env.push(("KAFKA_BOOTSTRAP_SERVERS".to_owned(), kafka.clone()));
        }
        env
    }

    /// Starts the executable with these arguments on this deployment's configuration.
    pub fn start(&self, args: &[&str]) -> Process {
        self.start_with(args, &[])
    }

    /// The same, with more in its environment.
    pub fn start_with(&self, args: &[&str], more: &[(&str, &str)]) -> Process {
        let config = self.config.to_string_lossy().into_owned();
        let mut all = args.to_vec();
        all.extend(["--config", &config]);
        let log = self.folder.join(format!("{}.log", args.join("-")));
        let mut env = self.env();
        env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Process::start(&all, &env, &log).unwrap_or_else(|e| panic!("wiredesk {args:?} does not start: {e}"))
    }

    /// Runs the executable to its end; its exit code and output.
    pub fn run(&self, args: &[&str]) -> (i32, String) {
        self.run_with(args, &[])
    }

    /// The same, with more in its environment.
    pub fn run_with(&self, args: &[&str], more: &[(&str, &str)]) -> (i32, String) {
        // The command and no more: what follows may be a link.
        let log = self.folder.join(format!("{}-once.log", args.first().copied().unwrap_or("none")));
        let _ = std::fs::remove_file(&log);
        let config = self.config.to_string_lossy().into_owned();
        let mut all = args.to_vec();
        all.extend(["--config", &config]);
        let mut env = self.env();
        env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut process =
            Process::start(&all, &env, &log).unwrap_or_else(|e| panic!("wiredesk {args:?}: {e}"));
        let end = Instant::now() + Duration::from_secs(120);
        loop {
            if let Some(status) = process.ended() {
                return (status.code().unwrap_or(-1), std::fs::read_to_string(&log).unwrap_or_default());
            }
            assert!(Instant::now() < end, "wiredesk {args:?} does not end: {}", process.tail());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Its configuration file.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Where logs are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// [`Desk::wait`] that panics.
    pub async fn until(
        &self,
        what: &str,
        patience: Duration,
        processes: &mut [Process],
        check: impl AsyncFnMut() -> Result<Option<String>, sqlx::Error>,
    ) {
        self.wait(what, patience, processes, check).await.unwrap_or_else(|left| panic!("{left}"));
    }

    /// Waits until `check` finds nothing left to wait for, watching that no process has ended; after `patience`, hands
    /// back their logs and what was left.
    pub async fn wait(
        &self,
        what: &str,
        patience: Duration,
        processes: &mut [Process],
        mut check: impl AsyncFnMut() -> Result<Option<String>, sqlx::Error>,
    ) -> Result<(), String> {
        let end = Instant::now() + patience;
        loop {
            let left = match check().await {
                Ok(None) => return Ok(()),
                Ok(Some(left)) => left,
                Err(error) => error.to_string(),
            };
            for process in processes.iter_mut() {
                if let Some(status) = process.ended() {
                    panic!("a process ended ({status}) while waiting for {what}:\n{}", process.tail());
                }
            }
            let logs = || processes.iter().map(Process::tail).collect::<Vec<_>>().join("\n---\n");
            if Instant::now() >= end {
                return Err(format!("{what}: not within {patience:?}: {left}\n{}", logs()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
