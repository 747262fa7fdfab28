//! Limits of the client.

use serde::{Deserialize, Serialize};

/// Limits of the client, and the networks that it may reach besides public ones.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetConfig {
    /// Networks in CIDR form that may be reached although they are not public, such as `127.0.0.1/32`.
    pub allow: Vec<String>,
    /// Longest wait for a connection, TLS included, in seconds.
    pub connect_seconds: u64,
    /// Longest silence while a response is awaited or read, in seconds.
    pub idle_seconds: u64,
    /// Longest time for a request with all its redirects and the whole body, in seconds.
    pub total_seconds: u64,
    /// Largest body in bytes, counted after decompression.
    pub max_body_bytes: usize,
    /// Most redirects that are followed.
    pub max_redirects: usize,
}

impl Default for NetConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_seconds: 10,
            idle_seconds: 15,
            total_seconds: 45,
            max_body_bytes: 16 * 1024 * 1024,
            max_redirects: 5,
        }
    }
}
