//! Why a request gave no response.

use bytes::Bytes;

/// Why a request gave no response. No text holds a credential: addresses are named by their host alone.
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
    /// Neither a network nor a host.
    #[error("{0:?} is not a network in CIDR form such as 10.1.0.0/16 nor a host such as wire.example:8080")]
    BadNetwork(String),
    /// No prefix of a translator.
    #[error(
        "{0:?} is no NAT64 prefix: write an IPv6 network of 32, 40, 48, 56, 64 or 96 bits, such as 2a00:1:2:3::/96"
    )]
    BadNat64(String),
    /// A header that HTTP cannot carry, or that is not the source's to set.
    #[error("the header {0:?} has a name or value that HTTP cannot carry, or is the client's own to set")]
    BadHeader(String),
    /// A proxy that cannot be used. Its text is not shown: it may hold a password.
    #[error("the proxy is not written as http://host:port, https://host:port or socks5://host:port")]
    BadProxy,
    /// Certificates that cannot be read.
    #[error("ca_file {path} gives no certificates ({why}); it must be a PEM file with at least one")]
    BadCa {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
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
    /// The name has no address.
    #[error(
        "unreachable: the name {host} has no address ({detail}); check its spelling and this machine's DNS"
    )]
    Unresolved {
        /// Host of the hop.
        host: String,
        /// The resolver's words.
        detail: String,
    },
    /// No connection.
    #[error("unreachable: {host} does not answer ({detail})")]
    Unreachable {
        /// Host of the hop.
        host: String,
        /// The library's words.
        detail: String,
    },
    /// No connection through the source's proxy.
    #[error("unreachable: {host} cannot be had through the proxy {proxy} ({detail})")]
    Proxy {
        /// Host of the hop.
        host: String,
        /// Host and port of the proxy.
        proxy: String,
        /// The library's words.
        detail: String,
    },
    /// No secure connection.
    #[error("no secure connection to {host}: {detail}")]
    Tls {
        /// Host of the hop.
        host: String,
        /// What is wrong and what to do, in words.
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
    /// Too many or too large headers.
    #[error(
        "the headers of {host} are more than {count} or larger than {limit} bytes; raise max_header_bytes if that is meant"
    )]
    Headers {
        /// Host of the hop.
        host: String,
        /// The cap in bytes.
        limit: usize,
        /// Most headers that are read.
        count: usize,
    },
    /// A content coding that nobody asked for.
    #[error(
        "the response of {host} is encoded as {encoding:?}; only gzip, br, zstd and deflate are read, three deep at most"
    )]
    Encoding {
        /// Host of the hop.
        host: String,
        /// What the server said.
        encoding: String,
    },
    /// The body is larger than the cap.
    #[error("the body is larger than the {limit} bytes allowed ({seen} bytes {how})")]
    TooLarge {
        /// The cap, in bytes on the wire and after decompression.
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
        matches!(
            self,
            Self::Unresolved { .. }
                | Self::Unreachable { .. }
                | Self::Proxy { .. }
                | Self::Timeout { .. }
                | Self::Body { .. }
        )
    }

    /// A short stable name, used as a metric label.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BadUrl(_)
            | Self::Scheme(_)
            | Self::Userinfo
            | Self::BadHeader(_)
            | Self::BadNetwork(_)
            | Self::BadNat64(_)
            | Self::BadProxy => "bad_request",
            Self::Forbidden { .. } => "forbidden_address",
            Self::Redirects(_) | Self::NoLocation(_) => "redirects",
            Self::Unresolved { .. } => "unresolved",
            Self::Unreachable { .. } => "unreachable",
            Self::Proxy { .. } => "proxy",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Headers { .. } => "headers",
            Self::Encoding { .. } => "encoding",
            Self::TooLarge { .. } => "too_large",
            Self::Body { .. } => "broken_body",
            Self::Setup(_) | Self::BadCa { .. } => "setup",
        }
    }
}
