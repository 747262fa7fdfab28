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
}

impl Failure {
    /// Anything that says what is wrong.
    pub fn of(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// 1 or 2.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) | Self::Failed(what) => f.write_str(what),
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
        Self::Failed(error.to_string())
    }
}
