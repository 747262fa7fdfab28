//! Where the commands of the pages are run: the addresses that the pages print are those of the desk.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::blocks::root;
use crate::Desk;

/// A folder that looks like the top of the tree, with `wiredesk` and the Python of the clients.
pub struct Workplace {
    folder: PathBuf,
    env: Vec<(String, String)>,
    /// What stands in the pages, and what it is here.
    here: Vec<(String, String)>,
}

impl Workplace {
    /// A place to work on this desk.
    ///
    /// # Errors
    /// A sentence.
    pub fn new(desk: &Desk, admin: u16) -> Result<Self, String> {
        let executable = crate::process::executable().ok_or("the executable is not built")?;
        let executable = executable.canonicalize().map_err(|e| format!("{}: {e}", executable.display()))?;
        let folder = std::env::temp_dir().join(wiredesk_testkit::unique("wiredesk-docs"));
        let linked = |from: &Path, name: &str| {
            std::os::unix::fs::symlink(from, folder.join(name)).map_err(|e| format!("{name}: {e}"))
        };
        std::fs::create_dir_all(folder.join("bin")).map_err(|e| format!("{}: {e}", folder.display()))?;
        linked(&executable, "bin/wiredesk")?;
        for name in ["config", "docs", "schemas", "services", "tests"] {
            linked(&root().join(name), name)?;
        }
        let mut env = desk.env();
        let path = std::env::var("PATH").unwrap_or_default();
        env.push(("PATH".to_owned(), format!("{}:{path}", folder.join("bin").display())));
        env.push(("WIREDESK_CONFIG".to_owned(), desk.config().to_string_lossy().into_owned()));
        env.push(("WIREDESK_TOPIC".to_owned(), format!("{}.items.v1", desk.prefix)));
        // What pip has fetched once.
        let wheels = root().join(".cache/clients");
        std::fs::create_dir_all(&wheels).map_err(|e| format!("{}: {e}", wheels.display()))?;
        env.push(("PIP_FIND_LINKS".to_owned(), wheels.to_string_lossy().into_owned()));
        let consumer = executable.with_file_name("wiredesk-consumer");
        let kafka = desk.kafka.clone().unwrap_or_default();
        let mut here = vec![
            ("127.0.0.1:8080".to_owned(), format!("127.0.0.1:{}", desk.api)),
            ("127.0.0.1:8081".to_owned(), format!("127.0.0.1:{admin}")),
            ("127.0.0.1:9092".to_owned(), kafka),
            // Built with the tests: cargo would wait for itself.
            (
                "cargo run --release -p wiredesk-consumer --".to_owned(),
                consumer.to_string_lossy().into_owned(),
            ),
        ];
        for topic in ["items.v1", "stories.v1", "dead.v1"] {
            here.push((format!("wiredesk.{topic}"), format!("{}.{topic}", desk.prefix)));
        }
        Ok(Self { folder, env, here })
    }

    /// The text with this desk's addresses and topics.
    pub fn translated(&self, text: &str) -> String {
        self.here.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here))
    }

    /// Runs a script to its end, or for so many seconds.
    ///
    /// # Errors
    /// The system's words.
    pub fn run(&self, script: &str, seconds: u32, more: &[(&str, &str)]) -> std::io::Result<Output> {
        let mut command = Command::new("timeout");
        // SIGINT, as Ctrl-C sends it, and to all that the script has started.
        command.args(["-s", "INT", "-k", "10", &seconds.to_string(), "bash", "-euo", "pipefail", "-c"]);
        command.arg(self.translated(script)).current_dir(&self.folder).stdin(std::process::Stdio::null());
        for name in ["DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "WIREDESK_CONFIG", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(k, v)| (k, v))).envs(more.iter().copied()).output()
    }

    /// Is this program there?
    pub fn has(&self, program: &str) -> bool {
        self.run(&format!("command -v {program}"), 10, &[]).is_ok_and(|o| o.status.success())
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a command printed, for a message.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    };
    format!("{}\n{}", text(&output.stdout), text(&output.stderr)).trim().to_owned()
}
