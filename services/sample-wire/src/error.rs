//! What can go wrong.

use std::path::PathBuf;

/// Errors of the sample wire.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}: {source}; free the port or set sample_wire.listen to another one")]
    Listen {
        /// As configured.
        listen: String,
        /// Why.
        source: std::io::Error,
    },
    /// The epoch file cannot be read or written.
    #[error("cannot keep the sample wire's epoch in {}: {source}; make its folder writable or unset epoch_file", path.display())]
    Epoch {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The epoch file does not hold a time.
    #[error("{} does not hold an RFC 3339 time; delete it to start the sample wire anew", path.display())]
    EpochForm {
        /// The file.
        path: PathBuf,
    },
    /// The speed is not a positive number.
    #[error("speed {0} is not a number greater than 0; set sample_wire.speed to 1")]
    Speed(f64),
    /// A copy file is not as it should be.
    #[error("copy of {wire} cannot be read: {reason}; mend the file under copy/")]
    Copy {
        /// The wire.
        wire: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl SampleError {
    /// Could the same call succeed later?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Listen { .. })
    }
}
