//! Why a configuration cannot be used.

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {error}; name another with --config")]
    Read {
        /// Its path.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
    /// The file has a key or value that it may not have.
    #[error("{path}, line {line}: {message}")]
    File {
        /// Its path.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, with a suggestion.
        message: String,
    },
    /// An environment variable or flag has a key or value that it may not have.
    #[error("{place}: {message}")]
    Setting {
        /// The variable or flag.
        place: String,
        /// What is wrong, with a suggestion.
        message: String,
    },
    /// A flag is not of the form `a.b=c`.
    #[error("--set {0:?} is not of the form section.key=value")]
    Flag(String),
}

impl ConfigError {
    /// Reading the same configuration again gives the same answer.
    pub fn is_transient(&self) -> bool {
        false
    }
}
