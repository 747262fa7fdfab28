//! A wiredesk process: started, killed, told to stop.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The executable: `WIREDESK_BIN`, else the release build of this workspace.
pub fn executable() -> Option<PathBuf> {
    let named = std::env::var_os("WIREDESK_BIN").map(PathBuf::from);
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/wiredesk");
    let found = named.unwrap_or(built);
    if !found.is_file() {
        wiredesk_testkit::skip("the executable is not built; run the tests by `make test`");
        return None;
    }
    Some(found)
}

/// A running process; killed when it is dropped.
pub struct Process {
    child: Child,
    /// Where its output goes.
    pub log: PathBuf,
}

impl Process {
    /// Starts the executable with these arguments and environment, its output appended to `log`.
    pub fn start(args: &[&str], env: &[(String, String)], log: &Path) -> std::io::Result<Self> {
        let Some(executable) = executable() else {
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no executable"));
        };
        let out = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new(executable);
        command.args(args).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        for name in ["DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "WIREDESK_CONFIG", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.envs(env.iter().map(|(k, v)| (k, v)));
        Ok(Self { child: command.spawn()?, log: log.to_owned() })
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Memory that it holds now, and the most that it ever held, in megabytes.
    pub fn memory(&self) -> (f64, f64) {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
        };
        (of("VmRSS:").unwrap_or_default(), of("VmHWM:").unwrap_or_default())
    }

    /// Has it ended, and how?
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// `kill -9`, at once; returns when it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; waits up to `patience` for the drain, and hands back how it ended (`None`: it had to be killed).
    pub fn stop(mut self, patience: Duration) -> Option<ExitStatus> {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// The end of its output.
    pub fn tail(&self) -> String {
        let text =
            std::fs::read(&self.log).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
