//! Limits of the client.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits of the client, and the networks that it may reach besides public ones.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NetConfig {
    /// What may be reached although it is not public: networks in CIDR form such as `127.0.0.1/32`, or host names, each
    /// perhaps with a port: `10.1.0.0/16:8080`, `[fd00::/8]:443`, `wire.internal:8080`.
    pub allow: Vec<String>,
    /// Prefixes that the operator's own network translates to IPv4 (NAT64, RFC 6052), such as `2a00:1:2:3::/96`: what is
    /// in them is judged as the IPv4 address that it carries.
    pub nat64: Vec<String>,
    /// A PEM file with certificates of authorities that are believed besides the system's own.
    pub ca_file: Option<PathBuf>,
    /// Speak HTTP/2 where a server offers it.
    pub http2: bool,
    /// Longest wait for a connection, name look-up and TLS included, in seconds.
    pub connect_seconds: u64,
    /// Longest silence while a response is awaited or read, in seconds; a response's headers must have come whole by then.
    pub idle_seconds: u64,
    /// Longest time for a request with all its redirects and the whole body, in seconds.
    pub total_seconds: u64,
    /// Largest body in bytes, on the wire and after decompression.
    pub max_body_bytes: usize,
    /// Largest sum of a response's header names and values in bytes. Of HTTP/1.1 no more than 417,792 are ever read.
    pub max_header_bytes: usize,
    /// Most redirects that are followed.
    pub max_redirects: usize,
}

impl Default for NetConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            nat64: Vec::new(),
            ca_file: None,
            http2: true,
            connect_seconds: 10,
            idle_seconds: 15,
            total_seconds: 45,
            max_body_bytes: 16 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            max_redirects: 5,
        }
    }
}
