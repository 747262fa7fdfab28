//! The settings that all our clients share, and those of each kind, with the reason for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;

use super::config::KafkaConfig;
use super::trouble::Trouble;
use crate::error::BusError;

/// Sends librdkafka's log lines to `tracing`, and notes what keeps it from the brokers.
#[derive(Clone, Debug, Default)]
pub(super) struct Logging {
    pub trouble: Arc<Trouble>,
}

/// How long other brokers are waited for after one has refused this client for good.
const GRACE: Duration = Duration::from_secs(2);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl ClientContext for Logging {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        use RDKafkaLogLevel::{Alert, Critical, Emerg, Error, Notice, Warning};
        match level {
            Emerg | Alert | Critical | Error => tracing::error!(facility, "kafka: {message}"),
            Warning => tracing::warn!(facility, "kafka: {message}"),
            Notice => tracing::info!(facility, "kafka: {message}"),
            _ => tracing::debug!(facility, "kafka: {message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, "kafka: {reason}");
        self.trouble.note(&error, reason);
    }
}

impl ConsumerContext for Logging {}

/// What every client has.
pub(super) fn base(config: &KafkaConfig) -> Result<ClientConfig, BusError> {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", &config.bootstrap_servers)
        .set("client.id", &config.client_id)
        .set("security.protocol", config.security_protocol.to_lowercase())
        .set("allow.auto.create.topics", "false")
        // A laptop's broker that restarts is found again within seconds.
        .set("reconnect.backoff.max.ms", "2000")
        .set("socket.keepalive.enable", "true")
        // A broker that is gone without a word: the default would wait a minute for its answer, half of one for a connection.
        .set("socket.timeout.ms", "8000")
        .set("socket.connection.setup.timeout.ms", "5000");
    if config.security_protocol.to_lowercase().contains("sasl") {
        let password = match &config.sasl_password_file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|e| BusError::Config(format!("sasl_password_file {}: {e}", file.display())))?
                .trim_end()
                .to_owned(),
            None => config.sasl_password.reveal().to_owned(),
        };
        client
            .set("sasl.mechanism", &config.sasl_mechanism)
            .set("sasl.username", &config.sasl_username)
            .set("sasl.password", password);
    }
    let files = [
        ("ssl.ca.location", &config.ssl_ca_file),
        ("ssl.certificate.location", &config.ssl_certificate_file),
        ("ssl.key.location", &config.ssl_key_file),
    ];
    for (name, file) in files {
        if let Some(file) = file {
            client.set(name, file.to_string_lossy());
        }
    }
    if !config.ssl_key_password.is_empty() {
        client.set("ssl.key.password", config.ssl_key_password.reveal());
    }
    Ok(client)
}

/// The user's own settings come last.
pub(super) fn finish(mut client: ClientConfig, config: &KafkaConfig) -> ClientConfig {
    for (name, value) in config.properties.reveal() {
        client.set(name, value);
    }
    client
}

/// Of everything that reads.
pub(super) fn consuming(config: &KafkaConfig, group: &str) -> Result<ClientConfig, BusError> {
    let mut client = base(config)?;
    client
        .set("group.id", group)
        .set("isolation.level", "read_committed")
        // Only what was processed is committed.
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        // Positions are resolved before a partition is assigned; this is for those that were deleted since.
        .set("auto.offset.reset", "earliest")
        // Prefetch is per partition by default, and adds up.
        .set("queued.min.messages", "1000")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.message.max.bytes", "1048576")
        .set("fetch.max.bytes", "16777216")
        .set("fetch.wait.max.ms", "100");
    Ok(client)
}

/// Of a member of a group.
pub(super) fn member(config: &KafkaConfig, group: &str) -> Result<ClientConfig, BusError> {
    let mut client = consuming(config, group)?;
    client
        // Cooperative assignors and manual commits have lost offsets (librdkafka#4059).
        .set("partition.assignment.strategy", "range")
        .set("session.timeout.ms", config.session_timeout_ms.to_string())
        .set("heartbeat.interval.ms", (config.session_timeout_ms / 5).max(200).to_string());
    Ok(finish(client, config))
}

/// Of a reader outside any group: it never joins the group that it names.
pub(super) fn reading(config: &KafkaConfig) -> Result<ClientConfig, BusError> {
    let mut client = consuming(config, &format!("{}-reader", config.client_id))?;
    // The statistics say how far past the last record the log was read: transaction markers give no event.
    client.set("statistics.interval.ms", "200");
    Ok(finish(client, config))
}

/// Of everything that writes.
pub(super) fn producing(config: &KafkaConfig) -> Result<ClientConfig, BusError> {
    let mut client = base(config)?;
    client
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // As Kafka's Java clients do, so that keys are where other clients look for them.
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "5")
        .set("compression.codec", "lz4")
        // Each topic has its own limit, and records are held to it before they are sent.
        .set("message.max.bytes", "67108864")
        .set("queue.buffering.max.kbytes", "131072")
        .set("delivery.timeout.ms", config.send_timeout_ms.to_string());
    Ok(client)
}

/// A client that only asks questions; dropped on a thread of its own, because that may take a while.
pub(super) struct Asker(Option<Arc<BaseConsumer<Logging>>>);

impl Asker {
    /// One that asks for a group, or about topics alone: that needs no right on any group.
    pub fn new(config: &KafkaConfig, group: Option<&str>) -> Result<Self, BusError> {
        let mut settings = consuming(config, group.unwrap_or_default())?;
        if group.is_none() {
            settings.remove("group.id");
        }
        let client = finish(settings, config);
        let asker = client.create_with_context(Logging::default()).map_err(super::fault::config)?;
        Ok(Self(Some(Arc::new(asker))))
    }

    /// Asks, on a thread where waiting is allowed.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&BaseConsumer<Logging>) -> Result<T, BusError> + Send + 'static,
    ) -> Result<T, BusError> {
        let Some(client) = self.0.clone() else {
            return Err(BusError::Unavailable("the bus was closed".to_owned()));
        };
        let trouble = client.context().trouble.clone();
        let (answered, watched) = (Arc::new(AtomicBool::new(false)), client.clone());
        let done = answered.clone();
        let asking = tokio::task::spawn_blocking(move || {
            let answer = question(&client);
            answered.store(true, Ordering::Release);
            answer
        });
        // Trouble is told through the client's events, which nobody else takes: they must not pile up either.
        let told = trouble.clone();
        let watching = tokio::task::spawn_blocking(move || {
            while !done.load(Ordering::Acquire) {
                let _ = watched.poll(LOOK);
                if let Some(lasting) = told.lasting(GRACE) {
                    return Some(lasting);
                }
            }
            None
        });
        let ended = |error: tokio::task::JoinError| BusError::Unavailable(error.to_string());
        tokio::pin!(asking);
        let answer = tokio::select! {
            biased;
            answer = &mut asking => answer.map_err(ended)?,
            watched = watching => match watched.map_err(ended)? {
                Some(lasting) => return Err(lasting),
                None => asking.await.map_err(ended)?,
            },
        };
        match answer {
            Ok(answer) => {
                trouble.over();
                Ok(answer)
            }
            Err(error) => Err(trouble.explain(error)),
        }
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        let client = self.0.take();
        std::thread::spawn(move || drop(client));
    }
}

/// The time to wait for an answer.
pub(super) fn patience(config: &KafkaConfig) -> Duration {
    Duration::from_millis(config.request_timeout_ms)
}
