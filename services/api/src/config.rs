//! Where the API listens, and how much it keeps for live readers.

use serde::{Deserialize, Serialize};

/// `[api]`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port; port 0 takes a free one, which is logged.
    pub listen: String,
    /// Live readers at most; one more is answered 503.
    pub max_streams: usize,
    /// Events kept for a live reader that reads slowly; one that falls further behind catches up from the topic.
    pub stream_buffer: usize,
    /// Largest page of a list.
    pub max_page: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned(), max_streams: 200, stream_buffer: 1024, max_page: 200 }
    }
}
