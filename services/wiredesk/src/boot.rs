//! What every service needs before it starts: runtime, logs, Postgres, bus, topics.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::telemetry::{self, Traces};
use wiredesk_runtime::{Deps, Health, RetryConfig, admin, database, shutdown};

use crate::config::RootConfig;
use crate::failure::Failure;

/// Runs a command on a runtime with one worker a core.
pub fn block_on<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // The executable chooses the cryptography once, for every client in it.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return Err(Failure::of("a TLS provider was installed before ours"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(command);
    // A stuck blocking call must not hold the process.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

/// The process: telemetry, health and shutdown.
pub struct Process {
    traces: Traces,
    metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    health: Health,
    shutdown: CancellationToken,
    /// Outlives `shutdown`, so that health can be asked while the stages drain.
    admin_stop: CancellationToken,
}

impl Process {
    /// Starts logs, traces, metrics, and listens for signals.
    pub async fn start(config: &RootConfig) -> Result<Self, Failure> {
        let traces =
            telemetry::start(&config.log, &config.telemetry).map_err(|e| Failure::Usage(e.to_string()))?;
        let shutdown = CancellationToken::new();
        shutdown::on_signals(shutdown.clone(), Duration::from_secs(config.shutdown_timeout_s.0))?;
        Ok(Self {
            traces,
            metrics: telemetry::recorder(),
            health: Health::default(),
            shutdown,
            admin_stop: CancellationToken::new(),
        })
    }

    /// Starts the admin server.
    pub async fn serve_admin(&self, config: &RootConfig) -> Result<SocketAddr, Failure> {
        admin::start(&config.admin, self.health.clone(), self.metrics.clone(), self.admin_stop.clone())
            .await
            .map_err(Failure::of)
    }

    /// What `/readyz` tells, for a part without [`Deps`].
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Cancelled when the process is to stop.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Waits for Postgres.
    pub async fn database(&self, config: &RootConfig) -> Result<PgPool, Failure> {
        database::connect(&config.database, &self.health, &self.shutdown).await.map_err(Failure::of)
    }

    /// Waits for Postgres and connects to the bus.
    pub async fn deps(&self, config: &RootConfig) -> Result<Deps, Failure> {
        let topics = Arc::new(config.topics.table()?);
        let db = self.database(config).await?;
        let bus = wiredesk_bus::connect(&config.bus, &db, &topics).await.map_err(Failure::of)?;
        Ok(Deps {
            bus,
            db,
            topics,
            health: self.health.clone(),
            shutdown: self.shutdown.clone(),
            clock: wiredesk_contract::time::wall_clock,
        })
    }

    /// Brings Postgres up to date and makes the topics that do not exist.
    pub async fn migrate(&self, config: &RootConfig) -> Result<(), Failure> {
        let deps = self.deps(config).await?;
        wiredesk_store::MIGRATIONS
            .run(&deps.db)
            .await
            .map_err(|e| Failure::Failed(format!("Postgres cannot be brought up to date: {e}")))?;
        let mut backoff = Backoff::new(&RetryConfig { first_ms: 200, max_ms: 3_000 });
        loop {
            match deps.bus.ensure_topics(deps.topics.specs()).await {
                Ok(()) => return Ok(()),
                Err(error) if error.is_transient() && backoff.failures() < 30 => {
                    tracing::warn!("the topics cannot be made yet: {error}");
                    if !backoff.pause(&self.shutdown).await {
                        return Err(Failure::of("stopped while waiting for the bus"));
                    }
                }
                Err(error) => return Err(Failure::Failed(format!("the topics cannot be made: {error}"))),
            }
        }
    }

    /// Flushes what telemetry still holds.
    pub async fn end(self) {
        self.admin_stop.cancel();
        self.traces.shutdown().await;
    }
}
