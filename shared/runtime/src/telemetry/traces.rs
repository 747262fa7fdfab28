//! Traces to an OpenTelemetry collector over OTLP (HTTP, protobuf); off unless an endpoint is configured.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{Request, Response};
use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::secret::SecretUrl;

/// `[telemetry]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Address of an OpenTelemetry collector, such as `http://localhost:4318`; without one no traces are exported. Credentials in it
    /// are never printed.
    pub otlp_endpoint: Option<SecretUrl>,
}

/// Why logs or traces cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The log filter cannot be read.
    #[error(
        "the log filter {filter:?} cannot be read ({error}); it is written as RUST_LOG is, such as info,wiredesk_fetcher=debug"
    )]
    Filter {
        /// The filter.
        filter: String,
        /// What is wrong.
        error: String,
    },
    /// The endpoint cannot be used.
    #[error("traces cannot be exported to {endpoint}: {error}; mend [telemetry] otlp_endpoint")]
    Endpoint {
        /// The endpoint, its password masked.
        endpoint: String,
        /// What is wrong.
        error: String,
    },
    /// Logs have been started already.
    #[error("logs cannot be started: {0}")]
    Start(String),
}

impl TraceError {
    /// Starting the same way again gives the same answer.
    pub fn is_transient(&self) -> bool {
        false
    }
}

/// The export of traces, or its absence.
pub struct Traces {
    provider: Option<SdkTracerProvider>,
}

impl Traces {
    /// Starts the export where an endpoint is configured. Call inside the tokio runtime.
    ///
    /// # Errors
    /// [`TraceError::Endpoint`] where the endpoint is no address.
    pub fn start(config: &TelemetryConfig) -> Result<Self, TraceError> {
        let Some(secret) = config.otlp_endpoint.as_ref().filter(|e| !e.reveal().is_empty()) else {
            return Ok(Self { provider: None });
        };
        let endpoint = secret.reveal();
        let wrong = |error: String| TraceError::Endpoint { endpoint: secret.masked(), error };
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|e| wrong(e.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(OnRuntime { client, runtime: Handle::current() })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(traces_url(endpoint))
            .build()
            .map_err(|e| wrong(e.to_string()))?;
        let resource = Resource::builder()
            .with_service_name("wiredesk")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider: Some(provider) })
    }

    /// The layer that turns spans into traces.
    pub fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer = self.provider.as_ref()?.tracer("wiredesk");
        Some(tracing_opentelemetry::layer().with_tracer(tracer))
    }

    /// Sends what is left, and stops.
    pub async fn shutdown(self) {
        let Some(provider) = self.provider else { return };
        // It blocks until the exporter is done, and the exporter needs this runtime.
        let done = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if let Ok(Err(error)) = done {
            tracing::warn!("the last traces could not be exported: {error}");
        }
    }
}

fn traces_url(endpoint: &str) -> String {
    let base = endpoint.trim_end_matches('/');
    if base.ends_with("/v1/traces") { base.to_owned() } else { format!("{base}/v1/traces") }
}

/// The exporter's own thread has no reactor: its requests run on ours.
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

impl fmt::Debug for OnRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRuntime")
    }
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
