//! What can be wrong with the fetcher's configuration.

/// Why the fetcher cannot start.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A source is not usable.
    #[error("{place}: source {id:?}: {what}")]
    Source {
        /// The file, or `configuration`.
        place: String,
        /// Id of the source.
        id: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// Two sources share an id or an address.
    #[error("{second}: source {id:?} has the same {what} as source {other:?} in {first}; remove one of them")]
    Duplicate {
        /// Id of the second.
        id: String,
        /// Id of the first.
        other: String,
        /// `id`, `address`, `folder`, or `feed` where the addresses only look different.
        what: &'static str,
        /// Where the first is.
        first: String,
        /// Where the second is.
        second: String,
    },
    /// A list cannot be opened.
    #[error("the list of sources {path} cannot be read ({error}); check sources_file and sources_opml")]
    File {
        /// Its path.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
    /// An entry of a list cannot be read as a source.
    #[error("{place}: {what}")]
    Entry {
        /// The file and line.
        place: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A list is not of its form.
    #[error("{path}: the list of sources is not {form}: {detail}")]
    Form {
        /// Its path, with the line where it is known.
        path: String,
        /// `TOML`, `OPML` or `JSON`.
        form: &'static str,
        /// The parser's words, with line and column where it gives them.
        detail: String,
    },
    /// A limit that stops everything.
    #[error("{0} is 0; the least is 1")]
    Zero(&'static str),
    /// What comes by itself cannot be set up so.
    #[error("fetcher.push.{key}: {what}")]
    Push {
        /// The setting.
        key: &'static str,
        /// What is wrong, and what to do.
        what: String,
    },
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Net(#[from] wiredesk_net::NetError),
}

impl FetchError {
    /// The same configuration gives the same answer.
    pub fn is_transient(&self) -> bool {
        false
    }
}
