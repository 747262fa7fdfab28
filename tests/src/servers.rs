//! Servers of a test's own, which it may stop, kill and start again: the scripts of `deploy/local` run them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::ports::{free_port, free_ports};

/// Runs one of the scripts of `deploy/local`.
fn script(name: &str, args: &[&str], env: &[(&str, &str)]) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/local").join(name);
    // Its output goes to a file: a server that it leaves behind would keep a pipe open.
    let log = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-script"));
    let out = std::fs::File::create(&log).map_err(|e| e.to_string())?;
    let err = out.try_clone().map_err(|e| e.to_string())?;
    let mut command = Command::new(&path);
    command.args(args).envs(env.iter().copied()).stdin(std::process::Stdio::null()).stdout(out).stderr(err);
    let status = command.status().map_err(|e| format!("{}: {e}", path.display()))?;
    let said = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    if status.success() { Ok(()) } else { Err(format!("{name} {args:?}: {said}")) }
}

/// A folder that the account `postgres` can reach too.
fn folder() -> Result<PathBuf, String> {
    let folder = PathBuf::from("/tmp").join(wiredesk_testkit::unique("wiredesk-own"));
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

/// A PostgreSQL cluster; stopped and removed with this value. It keeps what it acknowledged when it is killed.
pub struct OwnPostgres {
    folder: PathBuf,
    port: u16,
}

impl OwnPostgres {
    /// A new cluster; `None` where there is no PostgreSQL server (which was said).
    pub fn start() -> Option<Self> {
        let folder = folder().unwrap_or_else(|e| panic!("{e}"));
        Self::start_in(folder)
    }

    /// The same, its data in this folder.
    pub fn start_in(folder: PathBuf) -> Option<Self> {
        let own = Self { folder, port: free_port() };
        match own.again() {
            Ok(()) => Some(own),
            Err(why) => {
                wiredesk_testkit::skip(&format!("no PostgreSQL of its own: {why}"));
                None
            }
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A superuser's URL.
    pub fn url(&self) -> String {
        format!("postgres://wiredesk@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it; `immediate` is as a crash, `fast` ends what is under way in order.
    pub fn stop(&self, mode: &str) {
        let stopped = script("postgres.sh", &["stop", &self.folder.to_string_lossy(), mode], &[]);
        stopped.unwrap_or_else(|e| panic!("{e}"));
    }

    /// Starts it again.
    ///
    /// # Errors
    /// What the script says.
    pub fn again(&self) -> Result<(), String> {
        script("postgres.sh", &["start", &self.folder.to_string_lossy(), &self.port.to_string()], &[])
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let _ = script("postgres.sh", &["stop", &self.folder.to_string_lossy(), "immediate"], &[]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An Apache Kafka of one broker or several; stopped and removed with this value.
pub struct OwnKafka {
    folder: PathBuf,
    port: u16,
    brokers: u16,
    properties: String,
}

impl OwnKafka {
    /// A single broker; with `advertised`, it has a second listener, which it tells its clients to reach by that port.
    pub fn start(advertised: Option<u16>) -> Option<Self> {
        Self::start_in(folder().unwrap_or_else(|e| panic!("{e}")), advertised, "")
    }

    /// The same in this folder, with more properties.
    pub fn start_in(folder: PathBuf, advertised: Option<u16>, more: &str) -> Option<Self> {
        let ports = free_ports(3);
        let (port, inner) = (ports[0], ports[2]);
        let listeners = advertised.map(|advertised| {
            format!(
                "listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{},PROXIED://127.0.0.1:{inner}\n\
                 advertised.listeners=PLAINTEXT://127.0.0.1:{port},PROXIED://127.0.0.1:{advertised}\n\
                 listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT\n",
                port + 1
            )
        });
        let properties = format!("{}{more}", listeners.unwrap_or_default());
        Self { folder, port, brokers: 1, properties }.started()
    }

    /// Three brokers that replicate to each other; two must have a record before it counts.
    pub fn cluster() -> Option<Self> {
        let port = free_ports(6)[0];
        let folder = folder().unwrap_or_else(|e| panic!("{e}"));
        Self { folder, port, brokers: 3, properties: String::new() }.started()
    }

    fn started(self) -> Option<Self> {
        // It says what is missing where `make test` could start no Kafka.
        wiredesk_testkit::kafka()?;
        match self.again() {
            Ok(()) => Some(self),
            Err(why) => {
                wiredesk_testkit::skip(&format!("no Apache Kafka of its own: {why}"));
                None
            }
        }
    }

    /// Bootstrap servers.
    pub fn servers(&self) -> String {
        let ports = (0..self.brokers).map(|broker| format!("127.0.0.1:{}", self.port + 2 * broker));
        ports.collect::<Vec<_>>().join(",")
    }

    /// Port of the listener that a proxy stands before; for a single broker.
    pub fn inner(&self) -> u16 {
        self.port + 2
    }

    /// Where it keeps everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts it again, or what of it is not running.
    ///
    /// # Errors
    /// What the script says.
    pub fn again(&self) -> Result<(), String> {
        let (folder, port) = (self.folder.to_string_lossy(), self.port.to_string());
        let brokers = self.brokers.to_string();
        let mut env = vec![("KAFKA_PROPERTIES", self.properties.as_str())];
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/kafka");
        let cache = cache.to_string_lossy();
        if std::env::var_os("KAFKA_CACHE").is_none() {
            env.push(("KAFKA_CACHE", &cache));
        }
        script("kafka.sh", &["start", &folder, &port, &brokers], &env)
    }

    /// Stops it in order.
    pub fn stop(&self) {
        script("kafka.sh", &["stop", &self.folder.to_string_lossy()], &[]).unwrap_or_else(|e| panic!("{e}"));
    }

    /// `kill -9` of this broker, counted from 1.
    pub fn kill(&self, broker: u16) {
        let folder = self.home(broker);
        let killed: std::io::Result<Output> = Command::new("kill").args(["-9", &self.pid(broker)]).output();
        let killed = killed.unwrap_or_else(|e| panic!("kill: {e}"));
        assert!(killed.status.success(), "broker {broker} did not run: {}", folder.display());
        for _ in 0..500 {
            if !self.runs(broker) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("broker {broker} runs on after kill -9");
    }

    fn home(&self, broker: u16) -> PathBuf {
        if self.brokers == 1 { self.folder.clone() } else { self.folder.join(broker.to_string()) }
    }

    /// Which process this broker is; empty where it was never started, or was stopped in order.
    pub fn pid(&self, broker: u16) -> String {
        let pid = std::fs::read_to_string(self.home(broker).join("kafka.pid")).unwrap_or_default();
        pid.trim().to_owned()
    }

    /// Is this broker's process there?
    pub fn runs(&self, broker: u16) -> bool {
        let pid = self.pid(broker);
        let asked = || Command::new("kill").args(["-0", &pid]).output();
        !pid.is_empty() && asked().is_ok_and(|answer| answer.status.success())
    }
}

impl Drop for OwnKafka {
    fn drop(&mut self) {
        // Nothing of it is wanted any more.
        for broker in 1..=self.brokers {
            let pid = self.pid(broker);
            if !pid.is_empty() {
                let _ = Command::new("kill").args(["-9", &pid]).output();
            }
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
