//! Why a request gave no response.

use bytes::Bytes;

/// Why a request gave no response.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NetError {
    /// Not an address at all.
    #[error("{0:?} is not a web address; write it as https://host/path")]
    BadUrl(String),
    /// Not http or https.
    #[error("addresses that start with {0}: are not fetched, only http: and https:")]
    Scheme(String),
    /// Credentials in the address would end up in logs and in items.
    #[error("the address holds a user name or password; put them into the source's headers")]
    Userinfo,
    /// Not a network.
    #[error("{0:?} is not a network in CIDR form such as 10.1.0.0/16")]
    BadNetwork(String),
    /// A header that HTTP cannot carry.
    #[error("the header {0:?} has a name or value that HTTP cannot carry")]
    BadHeader(String),
    /// The host is, or resolves to, an address that is not public.
    #[error("{host} leads to {address}, which is {kind}; add its network to `allow` if it is meant")]
    Forbidden {
        /// Host of the hop.
        host: String,
        /// The address.
        address: String,
        /// What sort of address it is.
        kind: &'static str,
    },
    /// More redirects than are followed.
    #[error("the address redirects more than {0} times")]
    Redirects(usize),
    /// A redirect that says not where to.
    #[error("the server answers {0} without saying where to")]
    NoLocation(u16),
    /// No connection.
    #[error("unreachable: {host} does not answer ({detail})")]
    Unreachable {
        /// Host of the hop.
        host: String,
        /// The library's words.
        detail: String,
    },
    /// The server was too slow.
    #[error("unreachable: {host} took longer than {seconds} s ({what})")]
    Timeout {
        /// Host of the hop.
        host: String,
        /// Which limit, in words.
        what: &'static str,
        /// The limit.
        seconds: u64,
    },
    /// The body is larger than the cap.
    #[error("the body is larger than the {limit} bytes allowed ({seen} bytes {how})")]
    TooLarge {
        /// The cap, in bytes after decompression.
        limit: usize,
        /// How many bytes there were, at least.
        seen: u64,
        /// How that is known: declared, or read before giving up.
        how: &'static str,
        /// The first bytes, at most 4096, to see what it was.
        head: Bytes,
    },
    /// The body broke off or does not decompress.
    #[error("the response of {host} broke off or does not decompress ({detail})")]
    Body {
        /// Host of the hop.
        host: String,
        /// The library's words.
        detail: String,
    },
    /// The client itself could not be made.
    #[error("the HTTP client cannot be set up: {0}; are the system's CA certificates installed?")]
    Setup(String),
}

impl NetError {
    /// May the same request succeed later?
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Timeout { .. } | Self::Body { .. })
    }

    /// A short stable name, used as a metric label.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BadUrl(_) | Self::Scheme(_) | Self::Userinfo | Self::BadHeader(_) | Self::BadNetwork(_) => {
                "bad_request"
            }
            Self::Forbidden { .. } => "forbidden_address",
            Self::Redirects(_) | Self::NoLocation(_) => "redirects",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::TooLarge { .. } => "too_large",
            Self::Body { .. } => "broken_body",
            Self::Setup(_) => "setup",
        }
    }
}
