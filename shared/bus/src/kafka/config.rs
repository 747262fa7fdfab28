//! How Kafka is reached.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::secret::Secret;

/// Kafka. What has no key of its own goes into `properties`, under librdkafka's names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KafkaConfig {
    /// `host:port` of some brokers, separated by commas.
    pub bootstrap_servers: String,
    /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
    pub security_protocol: String,
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`; used where the protocol has SASL.
    pub sasl_mechanism: String,
    /// User for SASL.
    pub sasl_username: String,
    /// Password for SASL.
    pub sasl_password: Secret,
    /// File with the SASL password, instead of `sasl_password`.
    pub sasl_password_file: Option<PathBuf>,
    /// Certificates of the authorities that the brokers' are checked against (PEM); else the system's.
    pub ssl_ca_file: Option<PathBuf>,
    /// This client's certificate (PEM), for mutual TLS.
    pub ssl_certificate_file: Option<PathBuf>,
    /// The key of `ssl_certificate_file` (PEM).
    pub ssl_key_file: Option<PathBuf>,
    /// The password of `ssl_key_file`.
    pub ssl_key_password: Secret,
    /// How brokers name this client in their logs and quotas.
    pub client_id: String,
    /// How long a member may be silent before its partitions go to others, in milliseconds.
    pub session_timeout_ms: u32,
    /// How long a rebalance waits for a batch that is under way, in milliseconds.
    pub drain_ms: u64,
    /// How long to wait for an answer, in milliseconds.
    pub request_timeout_ms: u64,
    /// How long a send is tried before it fails, in milliseconds.
    pub send_timeout_ms: u64,
    /// How long a transaction may be open before the broker aborts it, in milliseconds.
    pub transaction_timeout_ms: u32,
    /// How long a consumer may get nothing of a partition that has more for it before it rejoins, in seconds; 0 never.
    pub watchdog_seconds: u64,
    /// Replicas of new topics; by default 3, or the number of brokers if that is less.
    pub replication_factor: Option<i32>,
    /// Replicas that must have a record before it counts; by default 2 where there are 3 replicas, else 1.
    pub min_insync_replicas: Option<i32>,
    /// Any other librdkafka settings; they overrule ours.
    pub properties: Properties,
}

impl Default for KafkaConfig {
    fn default() -> Self {
        Self {
            bootstrap_servers: "127.0.0.1:9092".to_owned(),
            security_protocol: "plaintext".to_owned(),
            sasl_mechanism: "SCRAM-SHA-512".to_owned(),
            sasl_username: String::new(),
            sasl_password: Secret::default(),
            sasl_password_file: None,
            ssl_ca_file: None,
            ssl_certificate_file: None,
            ssl_key_file: None,
            ssl_key_password: Secret::default(),
            client_id: "wiredesk".to_owned(),
            session_timeout_ms: 10_000,
            drain_ms: 5_000,
            request_timeout_ms: 30_000,
            send_timeout_ms: 60_000,
            transaction_timeout_ms: 60_000,
            watchdog_seconds: 60,
            replication_factor: None,
            min_insync_replicas: None,
            properties: Properties::default(),
        }
    }
}

/// librdkafka settings by name; those that name a password, secret, token or key print as `***`.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Properties(BTreeMap<String, String>);

impl Properties {
    /// Names and values, for the moment of use.
    pub fn reveal(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        let secret =
            |name: &str| ["password", "secret", "token", "key"].iter().any(|word| name.contains(word));
        self.reveal().map(move |(name, value)| (name, if secret(name) { "***" } else { value }))
    }
}

impl FromIterator<(String, String)> for Properties {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(properties: I) -> Self {
        Self(properties.into_iter().collect())
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.shown()).finish()
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let config = KafkaConfig {
            sasl_password: Secret::from("hunter2"),
            properties: [("ssl.key.password", "hunter3"), ("debug", "broker")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .into_iter()
                .collect(),
            ..KafkaConfig::default()
        };
        let printed = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
        assert!(!printed.contains("hunter"), "{printed}");
        assert!(printed.contains("broker"));
    }
}
