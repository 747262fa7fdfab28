//! What can go wrong on the bus.

/// Why the bus could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The broker or database cannot be reached, or answered with an error that goes away.
    #[error("the bus does not answer ({0}); wiredesk tries again")]
    Unavailable(String),
    /// A record is larger than its topic takes.
    #[error(
        "a record of {size} bytes is larger than the {max} bytes that topic {topic} takes; raise max_bytes in schemas/topics.toml or shorten it"
    )]
    TooLarge {
        /// Topic.
        topic: String,
        /// Bytes of key, payload and headers.
        size: usize,
        /// The topic's limit.
        max: usize,
    },
    /// The topic does not exist.
    #[error("there is no topic {0}; run `wiredesk migrate`")]
    NoTopic(String),
    /// Another member owns the partition now: drop the batch and rejoin.
    #[error("partition {partition} of {topic} belongs to another member of the group now")]
    Fenced {
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
    },
    /// The configuration is wrong: trying again does not help.
    #[error("the bus cannot be used as configured: {0}")]
    Config(String),
}

impl BusError {
    /// May the same call succeed later?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Why a fenced publication did not surely succeed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A newer publisher holds this transactional id: stop.
    #[error("a newer publisher holds the transactional id {0}; this one stops")]
    Fenced(String),
    /// The transaction may or may not have been committed: make a new publisher, read back, then resend what is absent.
    #[error(
        "it is not known whether the transaction was committed ({0}); the topic is read back before anything is sent again"
    )]
    Doubt(String),
    /// Nothing was sent.
    #[error(transparent)]
    Bus(#[from] BusError),
}

impl PublishError {
    /// May a new publisher succeed?
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fenced(_) => false,
            Self::Doubt(_) => true,
            Self::Bus(error) => error.is_transient(),
        }
    }
}
