//! How the process ends when something went wrong: 1 failed, 2 wrong usage or configuration.

use std::fmt;
use std::process::ExitCode;

use wiredesk_runtime::config::ConfigError;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The configuration or a flag is wrong: exit code 2.
    Usage(String),
    /// Anything else: exit code 1.
    Failed(String),
    /// Whoever was to read the answer is gone, as `head` is when it has its lines: no fault, exit code 0.
    Unread,
}

impl Failure {
    /// Anything that says what is wrong.
    pub fn of(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// 1 or 2; 0 for what is no fault.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
            Self::Unread => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::Failed(what) => f.write_str(what),
            Self::Unread => f.write_str("nobody reads the answer"),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::Unread;
        }
        Self::Failed(error.to_string())
    }
}
